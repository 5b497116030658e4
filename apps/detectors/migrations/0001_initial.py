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
        ('intake', '0001_initial'),
        ('queues', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='CardWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('detector', models.CharField(max_length=80)),
                ('version', models.CharField(max_length=40)),
                ('rule_code', models.CharField(max_length=20)),
                ('over', models.BooleanField()),
                ('scored', models.IntegerField(db_default=0, default=0)),
                ('upheld', models.IntegerField(db_default=0, default=0)),
                ('refused', models.IntegerField(db_default=0, default=0)),
                ('unsure', models.IntegerField(db_default=0, default=0)),
                ('outside', models.IntegerField(db_default=0, default=0)),
                ('drawn', models.IntegerField(db_default=0, default=0)),
                ('drawn_upheld', models.IntegerField(db_default=0, default=0)),
                ('weight', models.FloatField(db_default=0, default=0)),
                ('weight_upheld', models.FloatField(db_default=0, default=0)),
                ('square', models.FloatField(db_default=0, default=0)),
                ('looked', models.IntegerField(db_default=0, default=0)),
                ('units', models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('week', 'detector', 'version', 'rule_code', 'over'), name='card_week_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='Disagreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision_id', models.BigIntegerField()),
                ('item_id', models.BigIntegerField()),
                ('case_id', models.BigIntegerField()),
                ('detector', models.CharField(max_length=80)),
                ('version', models.CharField(max_length=40)),
                ('rule_code', models.CharField(max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('score', models.FloatField()),
                ('threshold', models.FloatField()),
                ('missed', models.BooleanField()),
                ('decided_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['detector', 'rule_code', '-decision_id'], name='disagreement_newest'), models.Index(fields=['decided_at'], name='disagreement_by_age')],
                'constraints': [models.UniqueConstraint(fields=('decision_id', 'detector', 'version', 'rule_code'), name='disagreement_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='FoundWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('rule_code', models.CharField(max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('found', models.IntegerField(db_default=0, default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rule_code', 'week', 'language'), name='found_week_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rates', models.JSONField()),
                ('per_day', models.PositiveIntegerField()),
                ('margin', models.FloatField(default=0.1)),
                ('reason', models.CharField(max_length=300)),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='plan_gives_a_reason'), models.CheckConstraint(condition=models.Q(('margin__range', (0, 1))), name='plan_margin_0_to_1')],
            },
        ),
        apps.migrating.CreateModel(
            name='FrameWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('stratum', models.CharField(max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('unflagged', models.IntegerField(db_default=0, default=0)),
                ('covered', models.IntegerField(db_default=0, default=0)),
                ('expected', models.FloatField(db_default=0, default=0)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detectors.plan')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('week', 'plan', 'stratum', 'language'), name='frame_week_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='Frame',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_id', models.BigIntegerField()),
                ('upto_id', models.BigIntegerField(unique=True)),
                ('expected', models.FloatField(default=0)),
                ('at', models.DateTimeField()),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='frames', to='detectors.plan')),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='frame_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('upto_id__gte', models.F('from_id'))), name='frame_ends_after_it_begins')],
            },
        ),
        apps.migrating.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stratum', models.CharField(max_length=20)),
                ('probability', models.FloatField()),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('drawn_at', models.DateTimeField()),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.case')),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.item')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='detectors.plan')),
            ],
            options={
                'indexes': [models.Index(fields=['drawn_at'], name='draw_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('probability__gt', 0), ('probability__lte', 1)), name='draw_has_a_probability')],
            },
        ),
        apps.migrating.CreateModel(
            name='ScoreWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('detector', models.CharField(max_length=80)),
                ('version', models.CharField(max_length=40)),
                ('rule_code', models.CharField(max_length=20)),
                ('over', models.BooleanField()),
                ('scored', models.IntegerField(db_default=0, default=0)),
                ('upheld', models.IntegerField(db_default=0, default=0)),
                ('refused', models.IntegerField(db_default=0, default=0)),
                ('unsure', models.IntegerField(db_default=0, default=0)),
                ('outside', models.IntegerField(db_default=0, default=0)),
                ('drawn', models.IntegerField(db_default=0, default=0)),
                ('drawn_upheld', models.IntegerField(db_default=0, default=0)),
                ('weight', models.FloatField(db_default=0, default=0)),
                ('weight_upheld', models.FloatField(db_default=0, default=0)),
                ('square', models.FloatField(db_default=0, default=0)),
                ('looked', models.IntegerField(db_default=0, default=0)),
                ('units', models.BigIntegerField(db_default=0, default=0)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('bucket', models.PositiveSmallIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('detector', 'rule_code', 'week', 'version', 'language', 'bucket', 'over'), name='score_week_once'), models.CheckConstraint(condition=models.Q(('bucket__range', (0, 100))), name='score_in_hundredths')],
            },
        ),
        apps.migrating.CreateModel(
            name='ThresholdChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('detector', models.CharField(max_length=80)),
                ('version', models.CharField(max_length=40)),
                ('rule_code', models.CharField(max_length=20)),
                ('before', models.FloatField(null=True)),
                ('threshold', models.FloatField()),
                ('reason', models.CharField(max_length=500)),
                ('preview', models.JSONField()),
                ('state', models.CharField(choices=[('proposed', 'Waits for a second person'), ('approved', 'Approved'), ('refused', 'Not approved'), ('withdrawn', 'Taken back')], default='proposed', max_length=10)),
                ('number', models.PositiveIntegerField(null=True)),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_because', models.CharField(blank=True, default='', max_length=500)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('threshold__range', (0, 1))), name='threshold_0_to_1'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='threshold_change_gives_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('settled_by', None), ('state', 'proposed')), models.Q(('settled_by', models.F('proposed_by')), ('state', 'withdrawn')), models.Q(('settled_by__isnull', False), ('state__in', ['approved', 'refused']), models.Q(('settled_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='threshold_is_settled_by_a_second_person'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='threshold_settled_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('number__gte', 1), ('number__isnull', False), ('state', 'approved')), models.Q(models.Q(('state', 'approved'), _negated=True), ('number', None)), _connector='OR'), name='threshold_approved_has_a_number'), models.UniqueConstraint(fields=('detector', 'version', 'rule_code', 'number'), name='threshold_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('detector', 'version', 'rule_code'), name='threshold_one_proposal_at_a_time')],
            },
        ),
        apps.migrating.CreateModel(
            name='Judged',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision_id', models.BigIntegerField()),
                ('outcome', models.CharField(max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('caught', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=150), default=list, size=None)),
                ('decided_at', models.DateTimeField()),
                ('draw', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='judged', to='detectors.draw')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['violates', 'no_violation'])), name='judged_is_definite')],
            },
        ),
        apps.migrating.CreateModel(
            name='Mode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('detector', models.CharField(max_length=80)),
                ('version', models.CharField(blank=True, default='', max_length=40)),
                ('shadow', models.BooleanField()),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['detector', '-id'], name='mode_by_detector')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='mode_gives_a_reason')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='mode',
            trigger=pgtrigger.compiler.Trigger(name='mode_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='965b58468bc92181910de539917dcc2401ae8ffc', operation='UPDATE OR DELETE', pgid='pgtrigger_mode_is_never_changed_fd7f5', table='detectors_mode', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='plan',
            trigger=pgtrigger.compiler.Trigger(name='plan_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='63c3a54920ffd1d06d839ec7800d4724585c4fca', operation='UPDATE OR DELETE', pgid='pgtrigger_plan_is_never_changed_0d098', table='detectors_plan', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='frame',
            trigger=pgtrigger.compiler.Trigger(name='frame_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='80ef56fbe9aba06eb6a5939f446c4c3419943c56', operation='UPDATE OR DELETE', pgid='pgtrigger_frame_is_never_changed_e9928', table='detectors_frame', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='frame',
            trigger=pgtrigger.compiler.Trigger(name='item_is_in_one_frame_at_most', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM detectors_frame other WHERE other.upto_id >= NEW.from_id) THEN\n                        RAISE EXCEPTION 'item_is_in_one_frame_at_most' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='2ee7f5dc6ec64f1731de26313d9fd0325f7af113', operation='INSERT', pgid='pgtrigger_item_is_in_one_frame_at_most_884bd', table='detectors_frame', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='draw',
            trigger=pgtrigger.compiler.Trigger(name='draw_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b52074050276387eb56db91609cf671a54cb0b3d', operation='UPDATE OR DELETE', pgid='pgtrigger_draw_is_never_changed_9175a', table='detectors_draw', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='thresholdchange',
            trigger=pgtrigger.compiler.Trigger(name='threshold_change_is_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='30dd7dc37ddf59034f35ed6dc3c3dc3a61a129a6', operation='DELETE', pgid='pgtrigger_threshold_change_is_never_deleted_50bbb', table='detectors_thresholdchange', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='thresholdchange',
            trigger=pgtrigger.compiler.Trigger(name='threshold_change_is_settled_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF OLD.state = 'proposed'\n                        AND (to_jsonb(NEW) - ARRAY['state', 'number', 'settled_by_id', 'settled_at', 'settled_because'])\n                          = (to_jsonb(OLD) - ARRAY['state', 'number', 'settled_by_id', 'settled_at', 'settled_because'])\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'threshold_change_is_settled_once' USING ERRCODE = 'check_violation';\n                ", hash='d076b40ae5b9f1da5446d3bb9187ae9c98855d2b', operation='UPDATE', pgid='pgtrigger_threshold_change_is_settled_once_0bee5', table='detectors_thresholdchange', when='BEFORE')),
        ),
    ]
