import apps.migrating
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='NoticeTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('language', models.CharField(max_length=8)),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('published_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'language', 'number'), name='notice_template_numbered_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'author_restricted'), ('text__contains', '{rules}'), ('text__contains', '{actions}'), ('text__contains', '{facts}'), ('text__contains', '{automation}'), ('text__contains', '{link}'), ('text__contains', '{appeal}'), ('text__contains', '{until}')), models.Q(('kind', 'author_restricted_appeal'), ('text__contains', '{rules}'), ('text__contains', '{actions}'), ('text__contains', '{reasons}'), ('text__contains', '{link}'), ('text__contains', '{appeal}'), ('text__contains', '{until}')), models.Q(('kind', 'author_cleared_appeal'), ('text__contains', '{reasons}'), ('text__contains', '{link}')), models.Q(('kind', 'reporter_restricted'), ('text__contains', '{rules}'), ('text__contains', '{actions}'), ('text__contains', '{automation}'), ('text__contains', '{link}'), ('text__contains', '{appeal}'), ('text__contains', '{until}')), models.Q(('kind', 'reporter_cleared'), ('text__contains', '{automation}'), ('text__contains', '{link}'), ('text__contains', '{appeal}'), ('text__contains', '{until}')), models.Q(('kind', 'reporter_restricted_appeal'), ('text__contains', '{rules}'), ('text__contains', '{actions}'), ('text__contains', '{reasons}'), ('text__contains', '{link}'), ('text__contains', '{appeal}'), ('text__contains', '{until}')), models.Q(('kind', 'reporter_cleared_appeal'), ('text__contains', '{reasons}'), ('text__contains', '{link}'), ('text__contains', '{appeal}'), ('text__contains', '{until}')), _connector='OR'), name='notice_template_has_every_placeholder'), models.CheckConstraint(condition=models.Q(('number__gte', 2)), name='notice_template_follows_the_first')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='noticetemplate',
            trigger=pgtrigger.compiler.Trigger(name='notice_template_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='30f71b3a16b9e2dcc4c819afae2dc3ffe23d21c6', operation='UPDATE OR DELETE', pgid='pgtrigger_notice_template_is_never_changed_bb8ee', table='notices_noticetemplate', when='BEFORE')),
        ),
    ]
