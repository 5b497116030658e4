import apps.migrating
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('decisions', '0001_initial'),
        ('intake', '0001_initial'),
    ]

    operations = [
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
