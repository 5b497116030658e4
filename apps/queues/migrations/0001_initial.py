import apps.migrating
import django.contrib.postgres.fields
import django.db.models.constraints
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
        ('intake', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('review', 'Review'), ('re_review', 'Re-review'), ('second_opinion', 'Second opinion'), ('approval', 'Approval by a second person'), ('appeal', 'Appeal'), ('second_look', 'Second look'), ('adjudication', 'Adjudication'), ('golden', 'Golden'), ('authority_request', 'Authority request')], default='review', max_length=20)),
                ('state', models.CharField(choices=[('preparing', 'Being prepared'), ('waiting', 'Waiting'), ('claimed', 'With a moderator'), ('done', 'Done')], default='waiting', max_length=10)),
                ('severity', models.PositiveSmallIntegerField()),
                ('exposure', models.PositiveSmallIntegerField()),
                ('units', models.PositiveIntegerField()),
                ('harms', models.PositiveIntegerField(db_default=0, default=0)),
                ('priority', models.PositiveSmallIntegerField(default=0)),
                ('breakdown', models.JSONField(default=list)),
                ('rank', models.BigIntegerField()),
                ('due_at', models.DateTimeField()),
                ('due_because', models.CharField(blank=True, default='', max_length=60)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('detection_source', models.CharField(max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('about_decision_id', models.BigIntegerField(null=True)),
                ('item_revision', models.PositiveIntegerField(default=1)),
                ('placed_by_hand', models.BooleanField(default=False)),
                ('folded_into', models.BigIntegerField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('ready_by', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='intake.item')),
            ],
        ),
        apps.migrating.CreateModel(
            name='ItemReach',
            fields=[
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='intake.item')),
                ('judged_revision', models.PositiveIntegerField(db_default=0, default=0)),
                ('judged_views', models.BigIntegerField(db_default=0, default=0)),
                ('judged_decision', models.BigIntegerField(db_default=0, default=0)),
                ('removed', models.BooleanField(db_default=False, default=False)),
                ('asked_revision', models.PositiveIntegerField(db_default=0, default=0)),
                ('asked_views', models.BigIntegerField(db_default=0, default=0)),
            ],
        ),
        apps.migrating.CreateModel(
            name='Lane',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('exposure', models.PositiveSmallIntegerField()),
                ('language', models.CharField(max_length=8)),
                ('units', models.PositiveIntegerField()),
                ('harms', models.PositiveIntegerField(db_default=0, default=0)),
            ],
        ),
        apps.migrating.CreateModel(
            name='CaseNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='queues.case')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='case',
            name='lane',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='queues.lane'),
        ),
        apps.migrating.CreateModel(
            name='Milestones',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('rows', models.JSONField()),
                ('surge', models.FloatField(default=3)),
                ('ahead_hours', models.FloatField(default=1)),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('number',), name='milestones_number_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='milestones_say_why'), models.CheckConstraint(condition=models.Q(('ahead_hours__gt', 0), ('surge__gte', 1)), name='milestones_ask_for_a_surge')],
            },
        ),
        apps.migrating.CreateModel(
            name='Queue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=80, unique=True)),
                ('description', models.CharField(blank=True, default='', max_length=300)),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('moderator', 'Moderator'), ('senior_moderator', 'Senior moderator'), ('policy_lead', 'Policy lead'), ('supervisor', 'Supervisor'), ('wellbeing_lead', 'Wellbeing lead'), ('legal_reviewer', 'Legal reviewer'), ('admin', 'Admin')], max_length=20), default=list, size=None)),
                ('skill', models.CharField(blank=True, default='', max_length=40)),
                ('claim_minutes', models.PositiveSmallIntegerField(default=15)),
                ('is_default', models.BooleanField(default=False)),
                ('active', models.BooleanField(default=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('mixes', models.BooleanField(db_default=True, default=True)),
                ('version', models.PositiveIntegerField(db_default=1, default=1)),
                ('escalates_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.queue')),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='queue_one_default'), models.CheckConstraint(condition=models.Q(('is_default', False), ('active', True), _connector='OR'), name='queue_default_is_active'), models.CheckConstraint(condition=models.Q(('claim_minutes__gte', 1)), name='queue_claim_lasts_a_minute')],
            },
        ),
        migrations.AddField(
            model_name='lane',
            name='queue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lanes', to='queues.queue'),
        ),
        migrations.AddConstraint(
            model_name='lane',
            constraint=models.UniqueConstraint(fields=('queue', 'exposure', 'language', 'units', 'harms'), name='lane_once'),
        ),
        migrations.AddConstraint(
            model_name='lane',
            constraint=models.CheckConstraint(condition=models.Q(('exposure__range', (0, 4))), name='lane_exposure_0_to_4'),
        ),
        migrations.AddField(
            model_name='case',
            name='queue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='queues.queue'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['lane', 'rank', 'id'], name='case_waiting_in_lane'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['rank', 'id'], include=('lane',), name='case_waiting_by_rank'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'preparing')), fields=['ready_by'], name='case_preparing'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['queue', '-id'], name='case_by_queue'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['queue', 'due_at'], name='case_waiting_by_due'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['item'], name='case_by_item'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'done'), _negated=True), fields=('item', 'purpose'), name='case_one_open_per_item_and_purpose'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['preparing', 'waiting', 'claimed', 'done'])), name='case_state_valid'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('closed_at', None)), _connector='OR'), name='case_done_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('severity__range', (1, 5))), name='case_severity_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('exposure__range', (0, 4))), name='case_exposure_0_to_4'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('priority__range', (0, 100))), name='case_priority_0_to_100'),
        ),
        apps.migrating.CreateModel(
            name='RoutingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('position', models.PositiveIntegerField()),
                ('conditions', models.JSONField(blank=True, default=dict)),
                ('active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('queue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='routing_rules', to='queues.queue')),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('position',), name='routing_rule_one_per_position')],
            },
        ),
        apps.migrating.CreateModel(
            name='ReachAsk',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='reach_ask', serialize=False, to='queues.case')),
                ('milestone', models.BigIntegerField()),
                ('views', models.BigIntegerField()),
                ('views_per_hour', models.FloatField(null=True)),
                ('accelerating', models.BooleanField(default=False)),
                ('judged_views', models.BigIntegerField(null=True)),
                ('policy', models.CharField(blank=True, default='', max_length=10)),
                ('country', models.CharField(blank=True, default='', max_length=2)),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('accelerating', True), ('views__gte', models.F('milestone')), _connector='OR'), name='reach_ask_is_at_its_milestone_or_accelerating')],
            },
        ),
        apps.migrating.CreateModel(
            name='Barred',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('skipped', 'Skipped'), ('conflict', 'Own item or own report'), ('decided', 'Decided before')], max_length=10)),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='barred', to='queues.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'user'), name='barred_once_per_case_and_person')],
            },
        ),
        apps.migrating.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shift_id', models.BigIntegerField(null=True)),
                ('exposure', models.PositiveSmallIntegerField()),
                ('level', models.PositiveSmallIntegerField(db_default=4, default=4)),
                ('used_before', models.PositiveIntegerField()),
                ('budget', models.PositiveIntegerField()),
                ('reserved', models.PositiveIntegerField()),
                ('owed', models.BooleanField(default=False)),
                ('again', models.BooleanField(db_default=False, default=False)),
                ('seconds_revealed', models.FloatField(null=True)),
                ('seconds_before_page', models.FloatField(db_default=0, default=0)),
                ('started_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(blank=True, choices=[('decided', 'Decided'), ('skipped', 'Skipped'), ('escalated', 'Escalated'), ('released', 'Returned to the queue'), ('expired', 'Ran out of time'), ('reassigned', 'Given to someone else'), ('undone', 'Given back by an undo')], default='', max_length=10)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='queues.case')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['expires_at'], name='claim_live_by_expiry'), models.Index(fields=['case'], name='claim_by_case'), models.Index(condition=models.Q(('ended_at__isnull', False), ('owed', True)), fields=['id'], name='claim_owed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case',), name='claim_one_live_per_case'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('holder',), name='claim_one_live_per_moderator'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('started_at'))), name='claim_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('exposure__lte', 1), models.Q(('budget__gte', django.db.models.expressions.CombinedExpression(models.F('used_before'), '+', models.F('reserved'))), models.Q(('owed', False), models.Q(('ended_at__isnull', False), ('shift_id__isnull', False)), _connector='OR')), _connector='OR'), name='claim_fits_the_budget'), models.CheckConstraint(condition=models.Q(('exposure__lte', models.F('level'))), name='claim_is_never_above_the_level_allowed'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ending', '')), models.Q(('ended_at__isnull', False), models.Q(('ending', ''), _negated=True)), _connector='OR'), name='claim_ended_has_an_ending')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='claim_is_never_on_ones_own_item_or_report', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (\n                        SELECT 1 FROM accounts_platformaccount own\n                        JOIN queues_case cs ON cs.id = NEW.case_id\n                        JOIN intake_item item ON item.id = cs.item_id AND item.source = own.source\n                        WHERE own.user_id = NEW.holder_id AND (\n                            EXISTS (SELECT 1 FROM intake_author author\n                                    WHERE author.id = item.author_id AND author.external_id = own.external_id)\n                            OR EXISTS (SELECT 1 FROM intake_report report\n                                       JOIN intake_reporter reporter ON reporter.id = report.reporter_id\n                                       WHERE report.item_id = item.id AND reporter.external_id = own.external_id)\n                        )\n                    ) THEN\n                        RAISE EXCEPTION 'claim_is_never_on_ones_own_item_or_report'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='e5812b2cb231b8a697407d7238ca16fa7123dc4f', operation='INSERT', pgid='pgtrigger_claim_is_never_on_ones_own_item_or_report_ead9f', table='queues_claim', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='claim_is_never_on_what_she_opted_out_of', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE shows integer;', func="\n                    SELECT harms INTO shows FROM queues_case WHERE id = NEW.case_id;\n                    IF shows <> 0 AND EXISTS (SELECT 1 FROM wellbeing_personlimit own\n                                              WHERE own.user_id = NEW.holder_id AND own.avoids & shows <> 0) THEN\n                        RAISE EXCEPTION 'claim_is_never_on_what_she_opted_out_of'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='b16f1ae3e3457d3c13870b2d858180b955adaf94', operation='INSERT', pgid='pgtrigger_claim_is_never_on_what_she_opted_out_of_4d8c3', table='queues_claim', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='milestones',
            trigger=pgtrigger.compiler.Trigger(name='milestones_are_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e2593fb7f0357df2a4dceaccbebf56d2e41f8263', operation='UPDATE OR DELETE', pgid='pgtrigger_milestones_are_never_changed_6d8f2', table='queues_milestones', when='BEFORE')),
        ),
    ]
