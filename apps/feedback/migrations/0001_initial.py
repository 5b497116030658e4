import apps.migrating
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('decisions', '0001_initial'),
        ('intake', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='PendingLabel',
            fields=[
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='decisions.decision')),
                ('final_after', models.DateTimeField(db_index=True)),
            ],
        ),
        apps.migrating.CreateModel(
            name='SplitCluster',
            fields=[
                ('cluster', models.BigIntegerField(primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=40)),
            ],
        ),
        apps.migrating.CreateModel(
            name='SplitGroup',
            fields=[
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='intake.item')),
                ('cluster', models.BigIntegerField()),
                ('key', models.CharField(max_length=40)),
            ],
        ),
        apps.migrating.CreateModel(
            name='Label',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('provisional', 'May still be appealed'), ('final', 'The window for appeals is closed'), ('superseded', 'Another decision took its place and said the same'), ('overturned', 'Another decision took its place and said otherwise'), ('removed', 'Must no longer be trained on')], max_length=11)),
                ('because', models.CharField(blank=True, default='', max_length=200)),
                ('at', models.DateTimeField()),
                ('corrects', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='feedback.label')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='labels', to='decisions.decision')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['provisional', 'final', 'superseded', 'overturned', 'removed'])), name='label_state_valid'), models.UniqueConstraint(condition=models.Q(('corrects', None)), fields=('decision',), name='label_begins_once_per_decision'), models.UniqueConstraint(condition=models.Q(('state', 'final')), fields=('decision',), name='label_becomes_final_once'), models.UniqueConstraint(condition=models.Q(('state', 'removed')), fields=('decision',), name='label_is_removed_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'removed'), _negated=True), models.Q(('because', ''), _negated=True), _connector='OR'), name='removed_label_says_why')],
            },
        ),
        apps.migrating.CreateModel(
            name='SplitVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('seed', models.CharField(max_length=60)),
                ('train', models.FloatField()),
                ('validation', models.FloatField()),
                ('test_from', models.DateTimeField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('train__gt', 0), ('validation__gte', 0), ('train__lt', django.db.models.expressions.CombinedExpression(models.Value(1), '-', models.F('validation')))), name='split_shares_leave_something_to_test_on')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='splitcluster',
            trigger=pgtrigger.compiler.Trigger(name='split_cluster_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7ed5cf35467eda0f4318d059fa5ed9d2fe9a0b41', operation='UPDATE OR DELETE', pgid='pgtrigger_split_cluster_is_never_changed_ecc6c', table='feedback_splitcluster', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='splitgroup',
            trigger=pgtrigger.compiler.Trigger(name='split_group_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='89785b6168f7e399b85dc393e9870f150854785b', operation='UPDATE OR DELETE', pgid='pgtrigger_split_group_is_never_changed_558bb', table='feedback_splitgroup', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='label',
            trigger=pgtrigger.compiler.Trigger(name='label_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='53498ef81ff4aaab5041dcfffb1513b20021f3a3', operation='UPDATE OR DELETE', pgid='pgtrigger_label_is_never_changed_607c3', table='feedback_label', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='label',
            trigger=pgtrigger.compiler.Trigger(name='label_corrects_one_of_the_same_decision', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.corrects_id IS NOT NULL)', func="\n                    IF NOT EXISTS (SELECT 1 FROM feedback_label before\n                                   WHERE before.id = NEW.corrects_id AND before.decision_id = NEW.decision_id\n                                     AND before.state <> 'removed') THEN\n                        RAISE EXCEPTION 'label_corrects_one_of_the_same_decision' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='dc5ad498833522dc7541b1c10cf9346e12553bc8', operation='INSERT', pgid='pgtrigger_label_corrects_one_of_the_same_decision_8708b', table='feedback_label', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='splitversion',
            trigger=pgtrigger.compiler.Trigger(name='split_version_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='31fc7d01fb089adb0a99df520349ce7136287cc2', operation='UPDATE OR DELETE', pgid='pgtrigger_split_version_is_never_changed_347c7', table='feedback_splitversion', when='BEFORE')),
        ),
    ]
