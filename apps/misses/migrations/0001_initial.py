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
        ('intake', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='MissDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('cause', models.CharField(blank=True, default='', max_length=16)),
                ('rule_code', models.CharField(blank=True, default='', max_length=20)),
                ('n', models.IntegerField(default=0)),
                ('confirmed', models.IntegerField(default=0)),
                ('views', models.BigIntegerField(default=0)),
                ('views_known', models.IntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'cause', 'rule_code'), name='miss_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='ScoredRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_code', models.CharField(max_length=100)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('detector', models.CharField(max_length=80)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rule_code', 'language', 'detector'), name='scored_rule_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='CausePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('no_detector', 'No detector looks for it'), ('below_threshold', 'Scored below the threshold'), ('hash_missed', 'A known hash was just missed'), ('not_scanned', 'It was not scanned'), ('guideline_gap', 'The guidelines leave a gap'), ('wrong_first', 'The first decision was wrong'), ('new_trend', 'A new trend'), ('language', 'Its language is not covered')], max_length=16, unique=True)),
                ('step', models.CharField(choices=[('lower_threshold', 'Lower a threshold'), ('add_to_bank', 'Add to a hash bank'), ('write_rule', 'Write or sharpen a rule'), ('train_people', 'Train people'), ('detector_request', 'Ask for a detector'), ('other', 'Something else')], max_length=18)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('version', models.PositiveIntegerField(default=1)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('cause__in', ['no_detector', 'below_threshold', 'hash_missed', 'not_scanned', 'guideline_gap', 'wrong_first', 'new_trend', 'language'])), name='cause_plan_cause_valid'), models.CheckConstraint(condition=models.Q(('step__in', ['lower_threshold', 'add_to_bank', 'write_rule', 'train_people', 'detector_request', 'other'])), name='cause_plan_step_valid')],
            },
        ),
        apps.migrating.CreateModel(
            name='Miss',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item_revision', models.PositiveIntegerField()),
                ('found_by', models.CharField(choices=[('report', 'A report'), ('reach', 'High reach'), ('appeal', 'An appeal'), ('re_review', 'A re-review'), ('second_look', 'A second look')], max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('posted_at', models.DateTimeField(null=True)),
                ('found_at', models.DateTimeField()),
                ('views', models.BigIntegerField(null=True)),
                ('suggested', models.CharField(blank=True, choices=[('no_detector', 'No detector looks for it'), ('below_threshold', 'Scored below the threshold'), ('hash_missed', 'A known hash was just missed'), ('not_scanned', 'It was not scanned'), ('guideline_gap', 'The guidelines leave a gap'), ('wrong_first', 'The first decision was wrong'), ('new_trend', 'A new trend'), ('language', 'Its language is not covered')], default='', max_length=16)),
                ('evidence', models.JSONField(default=dict)),
                ('cause', models.CharField(blank=True, choices=[('no_detector', 'No detector looks for it'), ('below_threshold', 'Scored below the threshold'), ('hash_missed', 'A known hash was just missed'), ('not_scanned', 'It was not scanned'), ('guideline_gap', 'The guidelines leave a gap'), ('wrong_first', 'The first decision was wrong'), ('new_trend', 'A new trend'), ('language', 'Its language is not covered')], default='', max_length=16)),
                ('stands_as', models.CharField(blank=True, choices=[('no_detector', 'No detector looks for it'), ('below_threshold', 'Scored below the threshold'), ('hash_missed', 'A known hash was just missed'), ('not_scanned', 'It was not scanned'), ('guideline_gap', 'The guidelines leave a gap'), ('wrong_first', 'The first decision was wrong'), ('new_trend', 'A new trend'), ('language', 'Its language is not covered')], default='', max_length=16)),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('dropped_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.item')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('dropped_at', None)), fields=['stands_as', '-id'], name='miss_by_cause')],
                'constraints': [models.UniqueConstraint(fields=('item', 'item_revision'), name='miss_once_per_item_and_revision'), models.CheckConstraint(condition=models.Q(('found_by__in', ['report', 'reach', 'appeal', 're_review', 'second_look'])), name='miss_found_by_valid'), models.CheckConstraint(condition=models.Q(('cause__in', ['', 'no_detector', 'below_threshold', 'hash_missed', 'not_scanned', 'guideline_gap', 'wrong_first', 'new_trend', 'language']), ('suggested__in', ['', 'no_detector', 'below_threshold', 'hash_missed', 'not_scanned', 'guideline_gap', 'wrong_first', 'new_trend', 'language'])), name='miss_cause_valid'), models.CheckConstraint(condition=models.Q(models.Q(('cause', ''), ('confirmed_at', None), ('confirmed_by', None)), models.Q(models.Q(('cause', ''), _negated=True), ('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='miss_cause_is_confirmed_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('cause', ''), ('stands_as', models.F('suggested'))), models.Q(models.Q(('cause', ''), _negated=True), ('stands_as', models.F('cause'))), _connector='OR'), name='miss_stands_as_what_was_confirmed')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='miss',
            trigger=pgtrigger.compiler.Trigger(name='miss_is_of_a_violation', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM decisions_decision decided WHERE decided.id = NEW.decision_id\n                                   AND decided.item_id = NEW.item_id AND decided.outcome = 'violates') THEN\n                        RAISE EXCEPTION 'miss_is_of_a_violation' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='68158355c4c7fb77d7a7ad04498ffb1aabf15ca8', operation='INSERT OR UPDATE', pgid='pgtrigger_miss_is_of_a_violation_bbf41', table='misses_miss', when='BEFORE')),
        ),
    ]
