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
        ('decisions', '0001_initial'),
        ('guidelines', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='CitedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('rule_code', models.CharField(max_length=20)),
                ('outcome', models.CharField(max_length=12)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('detection_source', models.CharField(max_length=20)),
                ('n', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rule_code', 'day', 'outcome', 'language', 'detection_source'), name='cited_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='Replay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('days', models.PositiveSmallIntegerField()),
                ('left_out', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('closed_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replays', to='guidelines.guidelineversion')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        apps.migrating.CreateModel(
            name='ReplayCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('replay', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='rehearsal.replay')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('replay', 'decision'), name='replay_draws_a_decision_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='ReplayVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('outcome', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation'), ('unsure', 'Not sure')], max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='rehearsal.replaycase')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'person'), name='replay_is_judged_once_per_person'), models.CheckConstraint(condition=models.Q(('outcome__in', ['violates', 'no_violation', 'unsure'])), name='replay_outcome_valid'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'violates'), _negated=True), ('rule_codes__len__gt', 0), _connector='OR'), name='replay_of_a_violation_cites_a_rule')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='replayverdict',
            trigger=pgtrigger.compiler.Trigger(name='replay_verdict_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9c463ffcb240602e0bbb8aceef2669a26e1e74d6', operation='UPDATE', pgid='pgtrigger_replay_verdict_is_never_changed_93a4b', table='rehearsal_replayverdict', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='replayverdict',
            trigger=pgtrigger.compiler.Trigger(name='replay_is_blind', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM rehearsal_replaycase drawn\n                               JOIN rehearsal_replay replay ON replay.id = drawn.replay_id\n                               WHERE drawn.id = NEW.case_id AND replay.closed_at IS NOT NULL)\n                        OR EXISTS (SELECT 1 FROM rehearsal_replaycase drawn\n                                   JOIN decisions_decision decided ON decided.id = drawn.decision_id\n                                   JOIN decisions_decision earlier ON earlier.item_id = decided.item_id\n                                   WHERE drawn.id = NEW.case_id AND earlier.decider_id = NEW.person_id) THEN\n                        RAISE EXCEPTION 'replay_is_blind' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='1d4088595683569b2870caa8de045ffe70d6bddc', operation='INSERT', pgid='pgtrigger_replay_is_blind_eeb71', table='rehearsal_replayverdict', when='BEFORE')),
        ),
    ]
