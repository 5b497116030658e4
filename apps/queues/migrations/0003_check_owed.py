import apps.migrating
import pgtrigger.compiler
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('briefing', '0001_initial'),
        ('guidelines', '0001_initial'),
        ('queues', '0002_no_index_twice'),
    ]

    operations = [
        apps.migrating.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='claim_is_never_under_a_check_she_owes', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (\n                        SELECT 1 FROM queues_case cs\n                        JOIN guidelines_guidelineversion version\n                          ON version.state IN ('published', 'retired') AND version.published_at <= NEW.started_at\n                         AND (version.retired_at IS NULL OR NEW.started_at < version.retired_at)\n                        JOIN guidelines_ruleversion asks\n                          ON asks.version_id = version.id AND asks.code = ANY(cs.rule_codes) AND asks.check_required\n                        WHERE cs.id = NEW.case_id\n                          AND jsonb_array_length(asks.violating_examples) + jsonb_array_length(asks.allowed_examples) > 1\n                          AND NOT EXISTS (\n                              SELECT 1 FROM briefing_checkattempt attempt\n                              JOIN guidelines_ruleversion seen ON seen.id = attempt.rule_version_id\n                              WHERE attempt.user_id = NEW.holder_id AND attempt.passed\n                                AND seen.identity = asks.identity AND seen.title = asks.title\n                                AND seen.description = asks.description\n                                AND seen.violating_examples = asks.violating_examples\n                                AND seen.allowed_examples = asks.allowed_examples)\n                    ) THEN\n                        RAISE EXCEPTION 'claim_is_never_under_a_check_she_owes'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='15611ecf7dd0186c598f9b66ccb8fc903fa691a1', operation='INSERT', pgid='pgtrigger_claim_is_never_under_a_check_she_owes_038ab', table='queues_claim', when='BEFORE')),
        ),
    ]
