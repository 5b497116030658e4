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
        ('decisions', '0001_initial'),
        ('intake', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='ReporterWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('judged', models.PositiveIntegerField()),
                ('upheld', models.PositiveIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reporter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='intake.reporter')),
            ],
            options={
                'indexes': [models.Index(fields=['reporter', '-id'], name='warning_by_reporter')],
            },
        ),
        apps.migrating.CreateModel(
            name='ReporterPause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('judged', models.PositiveIntegerField()),
                ('upheld', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('proposed', 'To be decided'), ('paused', 'Paused'), ('declined', 'Not paused')], default='proposed', max_length=8)),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_at', models.DateTimeField(null=True)),
                ('why', models.CharField(blank=True, default='', max_length=500)),
                ('until', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reporter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='intake.reporter')),
                ('warning', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='strikes.reporterwarning')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('reporter',), name='pause_proposed_once_at_a_time'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'paused', 'declined'])), name='pause_state_valid'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'proposed')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['paused', 'declined']), models.Q(('why', ''), _negated=True)), _connector='OR'), name='pause_is_decided_by_a_person_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'paused'), ('until__isnull', False)), models.Q(models.Q(('state', 'paused'), _negated=True), ('until', None)), _connector='OR'), name='pause_has_an_end')],
            },
        ),
        apps.migrating.CreateModel(
            name='Strike',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_code', models.CharField(max_length=20)),
                ('severity', models.PositiveSmallIntegerField()),
                ('given_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='strikes', to='intake.author')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('enforcement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='strike', to='decisions.enforcement')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.enforcement')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('lifted_at', None)), fields=['author', 'expires_at'], name='strike_standing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('given_at'))), name='strike_expires_after_it_is_given'), models.CheckConstraint(condition=models.Q(('severity__range', (1, 5))), name='strike_severity_1_to_5'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='strike_lifted_names_the_reversal')],
            },
        ),
        apps.migrating.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=40)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(blank=True, choices=[('ran_out', 'Its time was over'), ('reversed', 'The decision was reversed')], default='', max_length=10)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='intake.author')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('enforcement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='suspension', to='decisions.enforcement')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['ends_at'], name='suspension_running'), models.Index(fields=['author'], name='suspension_by_author')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='suspension_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('action__in', ['account_suspend', 'feature_suspend'])), name='suspension_is_of_an_account_or_a_feature'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ending', '')), models.Q(('ended_at__isnull', False), ('ending__in', ['ran_out', 'reversed'])), _connector='OR'), name='suspension_ended_says_how')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='reporterpause',
            trigger=pgtrigger.compiler.Trigger(name='pause_comes_after_a_warning', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM strikes_reporterwarning warned\n                                   WHERE warned.id = NEW.warning_id AND warned.reporter_id = NEW.reporter_id\n                                     AND warned.at < NEW.proposed_at) THEN\n                        RAISE EXCEPTION 'pause_comes_after_a_warning' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='9913974d97357434dbd46b6b4e9adc34cb7a80b0', operation='INSERT', pgid='pgtrigger_pause_comes_after_a_warning_e6bcb', table='strikes_reporterpause', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='reporterpause',
            trigger=pgtrigger.compiler.Trigger(name='pause_changes_only_by_being_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.state = 'proposed' AND NEW.state <> 'proposed' THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'pause_changes_only_by_being_decided_once' USING ERRCODE = 'check_violation';\n                ", hash='65f8b74e7d2203f870533c41eab861c611bd8de3', operation='UPDATE OR DELETE', pgid='pgtrigger_pause_changes_only_by_being_decided_once_6c626', table='strikes_reporterpause', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='strike',
            trigger=pgtrigger.compiler.Trigger(name='strike_is_never_for_law_alone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM decisions_decision made JOIN decisions_enforcement todo ON todo.decision_id = made.id\n                        WHERE made.id = NEW.decision_id AND todo.id = NEW.enforcement_id AND todo.action = 'strike'\n                          AND todo.reverses_id IS NULL AND made.ground <> 'legal_only' AND made.outcome = 'violates'\n                    ) THEN\n                        RAISE EXCEPTION 'strike_is_never_for_law_alone' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='a27e96e4d7480c68a7979ec1b6be8d6f6bc6d631', operation='INSERT', pgid='pgtrigger_strike_is_never_for_law_alone_d2b4f', table='strikes_strike', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='strike',
            trigger=pgtrigger.compiler.Trigger(name='strike_changes_only_by_being_lifted_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL\n                        AND (to_jsonb(NEW) - '{lifted_at,lifted_by_id}'::text[])\n                          = (to_jsonb(OLD) - '{lifted_at,lifted_by_id}'::text[]) THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'strike_changes_only_by_being_lifted_once' USING ERRCODE = 'check_violation';\n                ", hash='a7ad0517e01435c6974f79ee40429c47e762a79a', operation='UPDATE OR DELETE', pgid='pgtrigger_strike_changes_only_by_being_lifted_once_0eefc', table='strikes_strike', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='suspension',
            trigger=pgtrigger.compiler.Trigger(name='suspension_changes_only_by_ending_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL\n                        AND (to_jsonb(NEW) - '{ended_at,ending}'::text[])\n                          = (to_jsonb(OLD) - '{ended_at,ending}'::text[]) THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'suspension_changes_only_by_ending_once' USING ERRCODE = 'check_violation';\n                ", hash='3694efdb0395a7d8fd4ccfb275bd1605b2852528', operation='UPDATE OR DELETE', pgid='pgtrigger_suspension_changes_only_by_ending_once_554b8', table='strikes_suspension', when='BEFORE')),
        ),
    ]
