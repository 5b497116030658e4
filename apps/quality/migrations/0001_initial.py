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
        ('intake', '0001_initial'),
        ('queues', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_label', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation'), ('unsure', 'Not sure')], max_length=12)),
                ('second_label', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation'), ('unsure', 'Not sure')], max_length=12)),
                ('first_rules', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('second_rules', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('rule_code', models.CharField(blank=True, default='', max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('origin', models.CharField(choices=[('human', 'A person'), ('auto', 'Automatic'), ('hash_propagated', 'Propagated from a near-duplicate')], max_length=16)),
                ('agreed', models.BooleanField()),
                ('same_actions', models.BooleanField()),
                ('settled_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('first', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('first_rater', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('guideline_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.guidelineversion')),
                ('second', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('second_rater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        apps.migrating.CreateModel(
            name='Adjudication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('upheld', models.CharField(blank=True, choices=[('first', 'The first decision stood'), ('second', 'The second look was right'), ('neither', 'It was something else'), ('open', 'Not even a third person was sure')], default='', max_length=8)),
                ('changed', models.BooleanField(default=False)),
                ('why', models.TextField(blank=True, default='')),
                ('settled_at', models.DateTimeField(null=True)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='adjudication', to='queues.case')),
                ('decision', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('comparison', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='adjudication', to='quality.comparison')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decision', None), ('settled_at', None), ('upheld', '')), models.Q(('decision__isnull', False), ('settled_at__isnull', False), models.Q(('upheld', ''), _negated=True)), _connector='OR'), name='adjudication_is_settled_as_a_whole')],
            },
        ),
        apps.migrating.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stratum', models.CharField(max_length=100)),
                ('because', models.CharField(max_length=20)),
                ('probability', models.FloatField()),
                ('rule_code', models.CharField(blank=True, default='', max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('origin', models.CharField(max_length=16)),
                ('exposure', models.PositiveSmallIntegerField()),
                ('drawn_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draw', to='queues.case')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draw', to='decisions.decision')),
            ],
        ),
        migrations.AddField(
            model_name='comparison',
            name='draw',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='comparison', to='quality.draw'),
        ),
        migrations.AddIndex(
            model_name='comparison',
            index=models.Index(fields=['rule_code', 'settled_at'], name='comparison_by_rule'),
        ),
        migrations.AddIndex(
            model_name='comparison',
            index=models.Index(fields=['first_rater', 'settled_at'], name='comparison_by_first'),
        ),
        migrations.AddIndex(
            model_name='comparison',
            index=models.Index(fields=['second_rater', 'settled_at'], name='comparison_by_second'),
        ),
        migrations.AddConstraint(
            model_name='comparison',
            constraint=models.CheckConstraint(condition=models.Q(('first_rater', None), models.Q(('first_rater', models.F('second_rater')), _negated=True), _connector='OR'), name='comparison_is_of_two_people'),
        ),
        apps.migrating.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('adjudicated', 'Two people decided differently'), ('golden', 'The answer was known')], max_length=12)),
                ('stood', models.BooleanField()),
                ('outcome', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation')], max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('actions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('why', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-id'], name='finding_by_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['violates', 'no_violation'])), name='finding_is_definite')],
            },
        ),
        apps.migrating.CreateModel(
            name='Golden',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item_revision', models.PositiveIntegerField()),
                ('exposure', models.PositiveSmallIntegerField()),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('outcome', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation')], max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('actions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('rule_code', models.CharField(blank=True, default='', max_length=20)),
                ('text_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('media_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('why', models.TextField(blank=True, default='')),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('retired_at', models.DateTimeField(null=True)),
                ('retired_because', models.CharField(blank=True, choices=[('rule_changed', 'Its rule changed'), ('leaked', 'People know of it'), ('disputed', 'Experienced people came to disagree'), ('item_changed', 'The item changed'), ('item_gone', "The item's content was erased"), ('other', 'Another reason')], default='', max_length=12)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('adjudication', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='golden', to='quality.adjudication')),
                ('guideline_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.guidelineversion')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.item')),
                ('queue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.queue')),
                ('retired_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('retired_at', None)), fields=['queue'], name='golden_in_use'), models.Index(condition=models.Q(('text_sha256', ''), _negated=True), fields=['text_sha256'], name='golden_by_text'), models.Index(condition=models.Q(('media_sha256', ''), _negated=True), fields=['media_sha256'], name='golden_by_media'), models.Index(fields=['item'], name='golden_by_item')],
                'constraints': [models.CheckConstraint(condition=models.Q(('exposure__lte', 2)), name='golden_exposure_at_most_2'), models.CheckConstraint(condition=models.Q(('outcome__in', ['violates', 'no_violation'])), name='golden_answer_is_definite'), models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('item',), name='golden_once_per_item'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at', None), ('retired_because', '')), models.Q(('retired_at__isnull', False), models.Q(('retired_because', ''), _negated=True)), _connector='OR'), name='golden_retired_says_why')],
            },
        ),
        apps.migrating.CreateModel(
            name='GoldenCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('put_in_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expert', models.BooleanField(default=False)),
                ('right', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='golden_case', to='queues.case')),
                ('decision', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('golden', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='given', to='quality.golden')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'answered_at'], name='golden_by_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('golden', 'person'), name='golden_is_given_once_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('decision', None), ('person', None), ('right', None)), models.Q(('answered_at__isnull', False), ('decision__isnull', False), ('person__isnull', False), ('right__isnull', False)), _connector='OR'), name='golden_is_answered_as_a_whole')],
            },
        ),
        apps.migrating.CreateModel(
            name='SamplingPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('random_share', models.FloatField(default=0.04)),
                ('clear_share', models.FloatField(default=0.1)),
                ('automatic_share', models.FloatField(default=0.05)),
                ('propagated_share', models.FloatField(default=0.05)),
                ('extreme_share', models.FloatField(default=0.03)),
                ('golden_share', models.FloatField(default=0.015)),
                ('finer', models.JSONField(default=list)),
                ('seed', models.CharField(max_length=32)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('queue', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sampling_plans', to='queues.queue')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('queue', 'number'), name='plan_once_per_queue_and_number', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('automatic_share__gte', 0.03), ('clear_share__gte', 0.03), ('extreme_share__gte', 0.03), ('propagated_share__gte', 0.03), ('random_share__gte', 0.03), ('automatic_share__lte', 1), ('clear_share__lte', 1), ('extreme_share__lte', 1), ('propagated_share__lte', 1), ('random_share__lte', 1)), name='plan_draws_at_least_three_percent'), models.CheckConstraint(condition=models.Q(('golden_share__range', (0, 0.02))), name='plan_mixes_in_at_most_two_percent'), models.CheckConstraint(condition=models.Q(('created_by', None), models.Q(('reason', ''), _negated=True), _connector='OR'), name='plan_by_a_person_says_why')],
            },
        ),
        migrations.AddField(
            model_name='draw',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.samplingplan'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('probability__gt', 0), ('probability__lte', 1)), name='draw_had_a_probability'),
        ),
        apps.migrating.CreateModel(
            name='Void',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('because', models.CharField(choices=[('item_changed', 'The item changed before the second look'), ('rules_changed', 'The rule changed or was retired between the two looks'), ('item_gone', "The item's content was erased"), ('nobody_left', 'There was nobody else who could look')], max_length=16)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('draw', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='void', to='quality.draw')),
            ],
        ),
        apps.migrating.CreateModel(
            name='Blind',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='blind', serialize=False, to='queues.case')),
                ('until', models.DateTimeField()),
                ('later_by', models.DurationField()),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('first_case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.case')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('case', models.F('first_case')), _negated=True), name='blind_case_is_another_case')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='blind',
            trigger=pgtrigger.compiler.Trigger(name='blind_case_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2f7348fd91c8849b429c656b918d86c441b41206', operation='UPDATE OR DELETE', pgid='pgtrigger_blind_case_is_never_changed_2f7e8', table='quality_blind', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='adjudication',
            trigger=pgtrigger.compiler.Trigger(name='adjudication_is_settled_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.decision_id IS NULL AND NEW.comparison_id = OLD.comparison_id\n                        AND NEW.case_id = OLD.case_id THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'adjudication_is_settled_once' USING ERRCODE = 'check_violation';\n                ", hash='1d2317874c81cb3172f76d91e7c44ffa33e5a411', operation='UPDATE OR DELETE', pgid='pgtrigger_adjudication_is_settled_once_88080', table='quality_adjudication', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='adjudication',
            trigger=pgtrigger.compiler.Trigger(name='adjudicator_is_neither_of_the_two', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.decision_id IS NOT NULL)', func="\n                    IF EXISTS (\n                        SELECT 1 FROM decisions_decision third\n                        JOIN quality_comparison pair ON pair.id = NEW.comparison_id\n                        WHERE third.id = NEW.decision_id\n                          AND (third.decider_id IS NULL OR third.case_id <> NEW.case_id\n                               OR third.decider_id = pair.second_rater_id\n                               OR third.decider_id IS NOT DISTINCT FROM pair.first_rater_id)\n                    ) THEN\n                        RAISE EXCEPTION 'adjudicator_is_neither_of_the_two' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='74d664cd64273679cd33467c000edb442851fac8', operation='INSERT OR UPDATE', pgid='pgtrigger_adjudicator_is_neither_of_the_two_82dd4', table='quality_adjudication', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='comparison',
            trigger=pgtrigger.compiler.Trigger(name='comparison_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2c3c8b1e2e3f05944c701ee1081f73529a8ba0a2', operation='UPDATE OR DELETE', pgid='pgtrigger_comparison_is_never_changed_55a64', table='quality_comparison', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='comparison',
            trigger=pgtrigger.compiler.Trigger(name='comparison_is_of_a_draw_and_its_second_look', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM quality_draw draw\n                        JOIN decisions_decision one ON one.id = draw.decision_id\n                        JOIN decisions_decision two ON two.case_id = draw.case_id\n                        WHERE draw.id = NEW.draw_id AND one.id = NEW.first_id AND two.id = NEW.second_id\n                          AND two.purpose = 'second_look' AND NOT two.withdraws\n                          AND one.decider_id IS NOT DISTINCT FROM NEW.first_rater_id\n                          AND two.decider_id = NEW.second_rater_id\n                    ) THEN\n                        RAISE EXCEPTION 'comparison_is_of_a_draw_and_its_second_look'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='20db1f10503236d012d05ce9222adb7b1b9cfb91', operation='INSERT', pgid='pgtrigger_comparison_is_of_a_draw_and_its_second_look_5c258', table='quality_comparison', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='finding_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ce14659c8e71fa8bc5b4519c1e11851b67e20b8d', operation='UPDATE OR DELETE', pgid='pgtrigger_finding_is_never_changed_5a362', table='quality_finding', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='finding_is_told_to_whoever_decided', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.person_id IS DISTINCT FROM\n                        (SELECT decider_id FROM decisions_decision WHERE id = NEW.decision_id) THEN\n                        RAISE EXCEPTION 'finding_is_told_to_whoever_decided' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='130b1c484df6f81351f1dd129edbc1234576ffce', operation='INSERT', pgid='pgtrigger_finding_is_told_to_whoever_decided_83ef0', table='quality_finding', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='golden',
            trigger=pgtrigger.compiler.Trigger(name='golden_changes_only_by_being_retired_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL\n                        AND (to_jsonb(NEW) - 'retired_at' - 'retired_because' - 'retired_by_id' - 'note')\n                          = (to_jsonb(OLD) - 'retired_at' - 'retired_because' - 'retired_by_id' - 'note') THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'golden_changes_only_by_being_retired_once'\n                        USING ERRCODE = 'check_violation';\n                ", hash='8ab63bc17325711aa5f68d352611375441925795', operation='UPDATE OR DELETE', pgid='pgtrigger_golden_changes_only_by_being_retired_once_dfa14', table='quality_golden', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='golden',
            trigger=pgtrigger.compiler.Trigger(name='golden_is_a_settled_adjudication', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM quality_adjudication settled\n                        JOIN decisions_decision third ON third.id = settled.decision_id\n                        JOIN queues_case cs ON cs.id = settled.case_id\n                        WHERE settled.id = NEW.adjudication_id AND third.item_id = NEW.item_id\n                          AND third.outcome = NEW.outcome AND cs.exposure = NEW.exposure\n                    ) THEN\n                        RAISE EXCEPTION 'golden_is_a_settled_adjudication' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='8336a174fecd909e761b59dc9cb19f740a3fe72e', operation='INSERT', pgid='pgtrigger_golden_is_a_settled_adjudication_28737', table='quality_golden', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='goldencase',
            trigger=pgtrigger.compiler.Trigger(name='golden_is_answered_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.decision_id IS NULL AND NEW.golden_id = OLD.golden_id\n                        AND NEW.case_id = OLD.case_id THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'golden_is_answered_once' USING ERRCODE = 'check_violation';\n                ", hash='33c0ff1f6019237b7995c7de6cf51cd6bf78518d', operation='UPDATE OR DELETE', pgid='pgtrigger_golden_is_answered_once_01027', table='quality_goldencase', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='samplingplan',
            trigger=pgtrigger.compiler.Trigger(name='plan_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8ebc070c82ced765989763f92ab743eafce67015', operation='UPDATE OR DELETE', pgid='pgtrigger_plan_is_never_changed_75775', table='quality_samplingplan', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='draw',
            trigger=pgtrigger.compiler.Trigger(name='draw_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c497236dab02f5189aaaa5afc19b00a74abfd65a', operation='UPDATE OR DELETE', pgid='pgtrigger_draw_is_never_changed_f5fb3', table='quality_draw', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='draw',
            trigger=pgtrigger.compiler.Trigger(name='draw_is_of_a_decision_in_its_own_right', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM decisions_decision decided\n                                   WHERE decided.id = NEW.decision_id AND NOT decided.measures\n                                     AND NOT decided.withdraws) THEN\n                        RAISE EXCEPTION 'draw_is_of_a_decision_in_its_own_right' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='cac61eddd651be6f6a37c2bd1d8536e5c7f6a2f6', operation='INSERT', pgid='pgtrigger_draw_is_of_a_decision_in_its_own_right_d910f', table='quality_draw', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='void',
            trigger=pgtrigger.compiler.Trigger(name='void_draw_stays_void', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ce4da36587b85c1254d14d971c65b50c8dd7391b', operation='UPDATE OR DELETE', pgid='pgtrigger_void_draw_stays_void_de35c', table='quality_void', when='BEFORE')),
        ),
    ]
