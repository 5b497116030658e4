import apps.migrating
import django.contrib.postgres.fields
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
        ('guidelines', '0001_initial'),
        ('intake', '0001_initial'),
        ('queues', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='HeardDecision',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('decisions.decision',),
        ),
        apps.migrating.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by', models.CharField(choices=[('author', 'The author'), ('reporter', 'Somebody who reported')], max_length=8)),
                ('party', models.CharField(max_length=64)),
                ('key_id', models.BigIntegerField(null=True)),
                ('lodged_at', models.DateTimeField()),
                ('window_ends_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'Waiting to be heard'), ('decided', 'Decided')], default='open', max_length=8)),
                ('outcome', models.CharField(choices=[('upheld', 'The decision stands'), ('overturned', 'The decision was overturned'), ('partly', 'The decision was changed in part')], max_length=10, null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='queues.case')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settles_appeals', to='decisions.decision')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='decisions.decision')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.item')),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.reporter')),
            ],
            options={
                'indexes': [models.Index(fields=['case'], name='appeal_by_case'), models.Index(condition=models.Q(('state', 'open')), fields=['item'], name='appeal_open_by_item'), models.Index(fields=['-id'], name='appeal_newest')],
                'constraints': [models.UniqueConstraint(fields=('decision', 'by', 'party'), name='appeal_once_per_party'), models.CheckConstraint(condition=models.Q(('by__in', ['author', 'reporter'])), name='appeal_side_valid'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'decided'])), name='appeal_state_valid'), models.CheckConstraint(condition=models.Q(('outcome', None), ('outcome__in', ['upheld', 'overturned', 'partly']), _connector='OR'), name='appeal_outcome_valid'), models.CheckConstraint(condition=models.Q(('lodged_at__lte', models.F('window_ends_at'))), name='appeal_is_lodged_in_time'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('outcome', None), ('state', 'open')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('outcome__isnull', False), ('state', 'decided')), _connector='OR'), name='appeal_decided_names_outcome_and_decision')],
            },
        ),
        apps.migrating.CreateModel(
            name='AppealDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('rule_code', models.CharField(blank=True, default='', max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('detection_source', models.CharField(max_length=20)),
                ('origin', models.CharField(max_length=16)),
                ('by', models.CharField(max_length=8)),
                ('decided', models.PositiveIntegerField(default=0)),
                ('overturned', models.PositiveIntegerField(default=0)),
                ('partly', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'rule_code', 'language', 'detection_source', 'origin', 'by'), name='appeal_day_once'), models.CheckConstraint(condition=models.Q(('decided__gte', django.db.models.expressions.CombinedExpression(models.F('overturned'), '+', models.F('partly')))), name='appeal_day_adds_up')],
            },
        ),
        apps.migrating.CreateModel(
            name='AppealFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.CharField(max_length=200)),
                ('mime', models.CharField(max_length=60)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('veil', models.TextField(blank=True, default='')),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('appeal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='appeals.appeal')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('appeal', 'sha256'), name='appeal_file_kept_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='AppealReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('soon', 'Due within a quarter of the time'), ('overdue', 'Overdue')], max_length=8)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'kind'), name='appeal_reminded_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['soon', 'overdue'])), name='appeal_reminder_kind_valid')],
            },
        ),
        apps.migrating.CreateModel(
            name='AppealWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement', models.TextField()),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('erased_at', models.DateTimeField(null=True)),
                ('appeal', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='appeals.appeal')),
            ],
        ),
        apps.migrating.CreateModel(
            name='FirstJudgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation')], max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('actions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('verdict', models.JSONField(default=dict)),
                ('judged_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='first_judgements', to='queues.case')),
                ('guideline_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.guidelineversion')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'person'), name='appeal_judged_first_once_per_person'), models.CheckConstraint(condition=models.Q(('outcome__in', ['violates', 'no_violation'])), name='first_judgement_outcome_valid')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='hearddecision',
            trigger=pgtrigger.compiler.Trigger(name='appeal_is_judged_before_it_is_decided', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.purpose = 'appeal' AND NOT NEW.withdraws)", func="\n                    IF EXISTS (SELECT 1 FROM appeals_appeal WHERE case_id = NEW.case_id)\n                        AND NOT EXISTS (SELECT 1 FROM appeals_firstjudgement first\n                                        WHERE first.case_id = NEW.case_id AND first.person_id = NEW.decider_id) THEN\n                        RAISE EXCEPTION 'appeal_is_judged_before_it_is_decided' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='207d8309372ec9e3166a144282fb71498dd00d7d', operation='INSERT', pgid='pgtrigger_appeal_is_judged_before_it_is_decided_7f73c', table='decisions_decision', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='appeal_changes_only_by_being_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state = 'decided'\n                        AND (to_jsonb(NEW) - '{state,outcome,decided_by_id,decided_at}'::text[])\n                          = (to_jsonb(OLD) - '{state,outcome,decided_by_id,decided_at}'::text[]) THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'appeal_changes_only_by_being_decided_once' USING ERRCODE = 'check_violation';\n                ", hash='25639759e7886fab7b6b5f4ac8f77a63ae4cc447', operation='UPDATE OR DELETE', pgid='pgtrigger_appeal_changes_only_by_being_decided_once_1470a', table='appeals_appeal', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='appeal_joins_a_case_of_its_item', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM queues_case cs JOIN decisions_decision decided ON decided.id = NEW.decision_id\n                        WHERE cs.id = NEW.case_id AND cs.purpose = 'appeal'\n                          AND cs.item_id = NEW.item_id AND decided.item_id = NEW.item_id\n                    ) THEN\n                        RAISE EXCEPTION 'appeal_joins_a_case_of_its_item' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='8cef6c2c79db3a2180e2e7b9b243639679c7d27a', operation='INSERT', pgid='pgtrigger_appeal_joins_a_case_of_its_item_6a281', table='appeals_appeal', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='firstjudgement',
            trigger=pgtrigger.compiler.Trigger(name='first_judgement_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='80445e8d5bbadfa86763eb44b33835030917c7d2', operation='UPDATE OR DELETE', pgid='pgtrigger_first_judgement_is_never_changed_ffdc2', table='appeals_firstjudgement', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='firstjudgement',
            trigger=pgtrigger.compiler.Trigger(name='first_judgement_is_by_somebody_new', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM queues_case cs JOIN queues_claim claim ON claim.case_id = cs.id\n                                   WHERE cs.id = NEW.case_id AND cs.purpose = 'appeal' AND cs.state = 'claimed'\n                                     AND claim.holder_id = NEW.person_id AND claim.ended_at IS NULL)\n                        OR EXISTS (\n                            SELECT 1 FROM queues_case cs JOIN decisions_decision earlier ON earlier.item_id = cs.item_id\n                            WHERE cs.id = NEW.case_id AND earlier.decider_id = NEW.person_id AND NOT earlier.withdraws\n                              AND NOT EXISTS (SELECT 1 FROM decisions_decision undo\n                                              WHERE undo.supersedes_id = earlier.id AND undo.withdraws)) THEN\n                        RAISE EXCEPTION 'first_judgement_is_by_somebody_new' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='7fea3d91d012d46397c486650416628cf6e20baa', operation='INSERT', pgid='pgtrigger_first_judgement_is_by_somebody_new_2becf', table='appeals_firstjudgement', when='BEFORE')),
        ),
    ]
