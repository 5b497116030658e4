import apps.migrating
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('guidelines', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='CheckAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wording', models.CharField(max_length=64)),
                ('asked', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), size=None)),
                ('missed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), blank=True, default=list, size=None)),
                ('passed', models.BooleanField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('rule_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.ruleversion')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['rule_version', 'id'], name='check_by_rule')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('passed', True)), fields=('user', 'wording'), name='check_passed_once_per_wording'), models.CheckConstraint(condition=models.Q(('asked__len__gte', 2), ('asked__len__lte', 5)), name='check_asks_two_to_five'), models.CheckConstraint(condition=models.Q(('missed__contained_by', models.F('asked'))), name='check_misses_only_what_was_asked'), models.CheckConstraint(condition=models.Q(models.Q(('missed__len', 0), ('passed', True)), models.Q(('missed__len__gt', 0), ('passed', False)), _connector='OR'), name='check_is_passed_with_every_answer_right')],
            },
        ),
        apps.migrating.CreateModel(
            name='UnclearMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('rule_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.ruleversion')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['rule_version', 'at'], name='unclear_by_rule')],
                'constraints': [models.UniqueConstraint(fields=('user', 'rule_version'), name='wording_marked_unclear_once_per_person')],
            },
        ),
        apps.migrating.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.guidelineversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'version'), name='version_acknowledged_once_per_person')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='acknowledgement',
            trigger=pgtrigger.compiler.Trigger(name='acknowledgement_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6cd7063b92e7fe6645817be0217c905d92de9f1c', operation='UPDATE OR DELETE', pgid='pgtrigger_acknowledgement_is_never_changed_f3ddf', table='briefing_acknowledgement', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='checkattempt',
            trigger=pgtrigger.compiler.Trigger(name='check_attempt_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='14f5164a0bfcf5ba963447b2f8e31d8956cebd0f', operation='UPDATE OR DELETE', pgid='pgtrigger_check_attempt_is_never_changed_6ab36', table='briefing_checkattempt', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='unclearmark',
            trigger=pgtrigger.compiler.Trigger(name='unclear_mark_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e64b5d4dd2bcff3a801afac70a0c69aac25c173d', operation='UPDATE OR DELETE', pgid='pgtrigger_unclear_mark_is_never_changed_8c7ec', table='briefing_unclearmark', when='BEFORE')),
        ),
    ]
