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
        ('intake', '0001_initial'),
        ('queues', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item_revision', models.PositiveIntegerField()),
                ('purpose', models.CharField(choices=[('review', 'Review'), ('re_review', 'Re-review'), ('second_opinion', 'Second opinion'), ('approval', 'Approval by a second person'), ('appeal', 'Appeal'), ('second_look', 'Second look'), ('adjudication', 'Adjudication'), ('golden', 'Golden'), ('authority_request', 'Authority request')], max_length=20)),
                ('claim_id', models.BigIntegerField(null=True)),
                ('origin', models.CharField(choices=[('human', 'A person'), ('auto', 'Automatic'), ('hash_propagated', 'Propagated from a near-duplicate')], default='human', max_length=16)),
                ('outcome', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation'), ('unsure', 'Not sure')], max_length=12)),
                ('ground', models.CharField(default='guideline', max_length=10)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('actions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('rationale', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('confidence', models.CharField(blank=True, default='', max_length=8)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('detection_source', models.CharField(max_length=20)),
                ('reveal_state', models.CharField(blank=True, default='', max_length=10)),
                ('evidence_sha256', models.CharField(max_length=64)),
                ('views_at_decision', models.BigIntegerField(null=True)),
                ('withdraws', models.BooleanField(default=False)),
                ('measures', models.BooleanField(db_default=False, default=False)),
                ('held', models.BooleanField(default=False)),
                ('demo', models.BooleanField(default=False)),
                ('decided_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='queues.case')),
                ('decider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('guideline_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.guidelineversion')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='intake.item')),
                ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='decisions.decision')),
            ],
            options={
                'indexes': [models.Index(fields=['item', 'id'], name='decision_by_item'), models.Index(fields=['decided_at'], name='decision_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['violates', 'no_violation', 'unsure'])), name='decision_outcome_valid'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'violates'), _negated=True), ('withdraws', True), ('rule_codes__len__gt', 0), _connector='OR'), name='decision_of_a_violation_cites_a_rule'), models.CheckConstraint(condition=models.Q(('withdraws', False), ('supersedes__isnull', False), _connector='OR'), name='decision_withdraws_an_earlier_one'), models.CheckConstraint(condition=models.Q(('measures', False), ('withdraws', True), ('supersedes', None), _connector='OR'), name='decision_that_measures_supersedes_nothing'), models.CheckConstraint(condition=models.Q(models.Q(('purpose__in', ['second_look', 'golden']), _negated=True), ('measures', True), _connector='OR'), name='second_look_and_golden_only_measure'), models.CheckConstraint(condition=models.Q(models.Q(('purpose', 'appeal'), _negated=True), ('withdraws', True), ('origin', 'human'), _connector='OR'), name='appeal_is_decided_by_a_person'), models.CheckConstraint(condition=models.Q(models.Q(('purpose', 'appeal'), _negated=True), ('withdraws', True), models.Q(('outcome', 'unsure'), _negated=True), _connector='OR'), name='appeal_is_decided_one_way_or_the_other'), models.CheckConstraint(condition=models.Q(models.Q(('origin', 'human'), _negated=True), ('decider__isnull', False), _connector='OR'), name='decision_by_a_person_names_her')],
            },
        ),
        apps.migrating.CreateModel(
            name='DecisionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cited', to='decisions.decision')),
                ('rule_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.ruleversion')),
            ],
            options={
                'indexes': [models.Index(fields=['rule_version', 'decision'], name='citation_by_rule')],
                'constraints': [models.UniqueConstraint(fields=('decision', 'rule_version'), name='rule_cited_once_per_decision')],
            },
        ),
        apps.migrating.CreateModel(
            name='DecisionSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('match', 'Match with a bank'), ('cluster', 'Near-duplicates')], max_length=8)),
                ('entry_id', models.BigIntegerField(null=True)),
                ('cluster_id', models.BigIntegerField(null=True)),
                ('rule_code', models.CharField(max_length=20)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reversed_at', models.DateTimeField(null=True)),
                ('reversed_because', models.CharField(blank=True, default='', max_length=300)),
                ('reversed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('root', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='decisions.decision')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('cluster_id', None), ('entry_id__isnull', False), ('kind', 'match'), ('root', None)), models.Q(('cluster_id__isnull', False), ('entry_id', None), ('kind', 'cluster'), ('root__isnull', False)), _connector='OR'), name='decision_set_has_one_cause'), models.UniqueConstraint(condition=models.Q(('reversed_at', None)), fields=('entry_id',), name='decision_set_one_open_per_entry'), models.UniqueConstraint(fields=('root',), name='decision_set_once_per_root'), models.CheckConstraint(condition=models.Q(models.Q(('reversed_at', None), ('reversed_because', ''), ('reversed_by', None)), models.Q(('reversed_at__isnull', False), ('reversed_by__isnull', False), models.Q(('reversed_because', ''), _negated=True)), _connector='OR'), name='decision_set_reversed_says_who_and_why')],
            },
        ),
        apps.migrating.CreateModel(
            name='DecisionInSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='in_set', to='decisions.decision')),
                ('set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='decisions.decisionset')),
            ],
        ),
        apps.migrating.CreateModel(
            name='DecisionWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('explanation', models.TextField(blank=True, default='')),
                ('private_note', models.TextField(blank=True, default='')),
                ('parameters', models.JSONField(default=dict)),
                ('evidence', models.JSONField(default=dict)),
                ('erased_at', models.DateTimeField(null=True)),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='words', to='decisions.decision')),
            ],
        ),
        apps.migrating.CreateModel(
            name='Enforcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=40)),
                ('parameters', models.JSONField(default=dict)),
                ('due_at', models.DateTimeField()),
                ('decided_by', models.CharField(default='human', max_length=16)),
                ('detection_source', models.CharField(max_length=20)),
                ('posted_at', models.DateTimeField(null=True)),
                ('first_report_at', models.DateTimeField(null=True)),
                ('first_flag_at', models.DateTimeField(null=True)),
                ('effective_at', models.DateTimeField(null=True)),
                ('views_at_effect', models.BigIntegerField(null=True)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enforcements', to='decisions.decision')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enforcements', to='intake.item')),
                ('reverses', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='decisions.enforcement')),
            ],
            options={
                'indexes': [models.Index(fields=['item', 'id'], name='enforcement_by_item')],
            },
        ),
        apps.migrating.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('because', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[('pending', 'Waiting for a second person'), ('approved', 'Approved'), ('replaced', 'Decided differently'), ('withdrawn', 'Taken back')], default='pending', max_length=10)),
                ('resolved_at', models.DateTimeField(null=True)),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='hold', to='decisions.decision')),
                ('resolved_by', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resolves', to='decisions.decision')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('resolved_by', None), ('state__in', ['pending', 'withdrawn'])), models.Q(('resolved_by__isnull', False), ('state__in', ['approved', 'replaced'])), _connector='OR'), name='hold_resolved_names_the_decision')],
            },
        ),
        apps.migrating.CreateModel(
            name='MatchAudit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match_id', models.BigIntegerField()),
                ('added_by_id', models.BigIntegerField(null=True)),
                ('verdict', models.CharField(blank=True, choices=[('stands', 'The match stands'), ('wrong', 'The match is wrong')], default='', max_length=8)),
                ('why', models.CharField(blank=True, default='', max_length=300)),
                ('drawn_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('answered_at', models.DateTimeField(null=True)),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='audit', to='decisions.decision')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('verdict', '')), fields=['id'], name='match_audit_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('person', None), ('verdict', '')), models.Q(('answered_at__isnull', False), ('person__isnull', False), ('verdict__in', ['stands', 'wrong']), models.Q(('why', ''), _negated=True)), _connector='OR'), name='match_audit_answered_says_who_and_why'), models.CheckConstraint(condition=models.Q(('added_by_id', None), ('person', None), models.Q(('person_id', models.F('added_by_id')), _negated=True), _connector='OR'), name='match_is_never_audited_by_who_added_it')],
            },
        ),
        apps.migrating.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(max_length=8)),
                ('language', models.CharField(max_length=8)),
                ('text', models.TextField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='decisions.decision')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('decision', 'audience'), name='notice_once_per_audience'), models.CheckConstraint(condition=models.Q(('audience__in', ['author', 'reporter'])), name='notice_audience_valid')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='decision_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3cf6584de1160316ab35e58280f4f7204cbe4132', operation='UPDATE OR DELETE', pgid='pgtrigger_decision_is_never_changed_6faf5', table='decisions_decision', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='decision_is_made_under_the_version_in_force', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT NEW.withdraws AND NOT NEW.demo)', func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM guidelines_guidelineversion version\n                        WHERE version.id = NEW.guideline_version_id AND version.state IN ('published', 'retired')\n                          AND version.published_at <= NEW.decided_at\n                          AND (version.retired_at IS NULL OR NEW.decided_at < version.retired_at)\n                    ) THEN\n                        RAISE EXCEPTION 'decision_is_made_under_the_version_in_force' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='6b7f4dc4aa8e69c81568bd544a2cf6dc78e3363d', operation='INSERT', pgid='pgtrigger_decision_is_made_under_the_version_in_force_0d38a', table='decisions_decision', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='second_person_never_decided_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.purpose IN ('second_opinion', 'approval', 'appeal', 'second_look', 'adjudication') AND NOT NEW.withdraws)", func="\n                    -- The item's row is the lock: a rival first decision must wait or be seen.\n                    PERFORM 1 FROM intake_item WHERE id = NEW.item_id FOR NO KEY UPDATE;\n                    IF EXISTS (\n                        SELECT 1 FROM decisions_decision earlier\n                        WHERE earlier.item_id = NEW.item_id AND earlier.decider_id = NEW.decider_id\n                          AND NOT earlier.withdraws\n                          AND NOT EXISTS (SELECT 1 FROM decisions_decision undo\n                                          WHERE undo.supersedes_id = earlier.id AND undo.withdraws)\n                    ) THEN\n                        RAISE EXCEPTION 'second_person_never_decided_before' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='61ee8cab0748a55a11b978222a5f13020852ef58', operation='INSERT', pgid='pgtrigger_second_person_never_decided_before_69f5e', table='decisions_decision', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='decisionrule',
            trigger=pgtrigger.compiler.Trigger(name='citation_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='957c972b9ec4f519363bd7af8fd611d52c298235', operation='UPDATE OR DELETE', pgid='pgtrigger_citation_is_never_changed_cbec5', table='decisions_decisionrule', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='decisionrule',
            trigger=pgtrigger.compiler.Trigger(name='decision_cites_only_published_rules', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM guidelines_ruleversion rule\n                        JOIN guidelines_guidelineversion version ON version.id = rule.version_id\n                        WHERE rule.id = NEW.rule_version_id AND version.state IN ('published', 'retired')\n                          AND version.id = (SELECT guideline_version_id FROM decisions_decision WHERE id = NEW.decision_id)\n                    ) THEN\n                        RAISE EXCEPTION 'decision_cites_only_published_rules' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='403a100ea30ca9842b864f0601b02cb810b4eb77', operation='INSERT', pgid='pgtrigger_decision_cites_only_published_rules_bbe37', table='decisions_decisionrule', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='decisionset',
            trigger=pgtrigger.compiler.Trigger(name='decision_set_is_reversed_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL\n                        AND (to_jsonb(NEW) - 'reversed_at' - 'reversed_by_id' - 'reversed_because')\n                          = (to_jsonb(OLD) - 'reversed_at' - 'reversed_by_id' - 'reversed_because') THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'decision_set_is_reversed_once' USING ERRCODE = 'check_violation';\n                ", hash='e7be9a7eabc5191e7ce8a1e4b1244c3edad6af9b', operation='UPDATE OR DELETE', pgid='pgtrigger_decision_set_is_reversed_once_b33d5', table='decisions_decisionset', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='decisioninset',
            trigger=pgtrigger.compiler.Trigger(name='decision_stays_in_its_set', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a6723c8bec3fe8b1573384d4d0f0563114906d6c', operation='UPDATE OR DELETE', pgid='pgtrigger_decision_stays_in_its_set_aea54', table='decisions_decisioninset', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='decisioninset',
            trigger=pgtrigger.compiler.Trigger(name='reversed_set_takes_in_no_more', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE ended timestamptz;', func="\n                    -- The set's row is the lock: whoever reverses it waits for this decision, or this one for him.\n                    SELECT reversed_at INTO ended FROM decisions_decisionset WHERE id = NEW.set_id FOR SHARE;\n                    IF ended IS NOT NULL THEN\n                        RAISE EXCEPTION 'reversed_set_takes_in_no_more' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='46e96976078246807348536d26e3ae7ab51aa639', operation='INSERT', pgid='pgtrigger_reversed_set_takes_in_no_more_7f2c6', table='decisions_decisioninset', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='enforcement',
            trigger=pgtrigger.compiler.Trigger(name='enforcement_changes_only_by_taking_effect_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.effective_at IS NULL AND OLD.views_at_effect IS NULL\n                        AND NEW.effective_at IS NOT NULL\n                        AND (to_jsonb(NEW) - 'effective_at' - 'views_at_effect')\n                          = (to_jsonb(OLD) - 'effective_at' - 'views_at_effect') THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'enforcement_changes_only_by_taking_effect_once'\n                        USING ERRCODE = 'check_violation';\n                ", hash='f43fe190c4a3ce3b32c79e68b909371722f4b24e', operation='UPDATE OR DELETE', pgid='pgtrigger_enforcement_changes_only_by_taking_effect_once_489f2', table='decisions_enforcement', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='hold',
            trigger=pgtrigger.compiler.Trigger(name='approver_is_never_the_decider', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.resolved_by_id IS NOT NULL)', func="\n                    IF (SELECT decider_id FROM decisions_decision WHERE id = NEW.decision_id)\n                        = (SELECT decider_id FROM decisions_decision WHERE id = NEW.resolved_by_id) THEN\n                        RAISE EXCEPTION 'approver_is_never_the_decider' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='7669f2aeb60d3c4d0263de8d7e9144e8291c8652', operation='UPDATE OR INSERT', pgid='pgtrigger_approver_is_never_the_decider_1432a', table='decisions_hold', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='matchaudit',
            trigger=pgtrigger.compiler.Trigger(name='match_audit_is_answered_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' OR OLD.verdict <> '' THEN\n                        RAISE EXCEPTION 'match_audit_is_answered_once' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='d5b4b6000d58055489c1e1ecc6cdb52de4e6ae21', operation='UPDATE OR DELETE', pgid='pgtrigger_match_audit_is_answered_once_f9816', table='decisions_matchaudit', when='BEFORE')),
        ),
    ]
