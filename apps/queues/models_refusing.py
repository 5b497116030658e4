"""What the database asks of every claim, whoever writes it: whose item it is, what it shows, what she has yet to read."""

import pgtrigger

CLAIM_TRIGGERS = [
    pgtrigger.Trigger(
        name="claim_is_never_on_ones_own_item_or_report",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
                    IF EXISTS (
                        SELECT 1 FROM accounts_platformaccount own
                        JOIN queues_case cs ON cs.id = NEW.case_id
                        JOIN intake_item item ON item.id = cs.item_id AND item.source = own.source
                        WHERE own.user_id = NEW.holder_id AND (
                            EXISTS (SELECT 1 FROM intake_author author
                                    WHERE author.id = item.author_id AND author.external_id = own.external_id)
                            OR EXISTS (SELECT 1 FROM intake_report report
                                       JOIN intake_reporter reporter ON reporter.id = report.reporter_id
                                       WHERE report.item_id = item.id AND reporter.external_id = own.external_id)
                        )
                    ) THEN
                        RAISE EXCEPTION 'claim_is_never_on_ones_own_item_or_report'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
    ),
    # Her choices are read only for a case that shows one of the kinds: where they cannot be read,
    # nothing else is handed out anyway.
    pgtrigger.Trigger(
        name="claim_is_never_on_what_she_opted_out_of",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("shows", "integer")],
        func="""
                    SELECT harms INTO shows FROM queues_case WHERE id = NEW.case_id;
                    IF shows <> 0 AND EXISTS (SELECT 1 FROM wellbeing_personlimit own
                                              WHERE own.user_id = NEW.holder_id AND own.avoids & shows <> 0) THEN
                        RAISE EXCEPTION 'claim_is_never_on_what_she_opted_out_of'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
    ),
    # Some look-ups by key, and the attempts are read only when one of the case's rules asks for a check. A check
    # holds for the words it was about: it was passed on a rule version that reads as this one does.
    pgtrigger.Trigger(
        name="claim_is_never_under_a_check_she_owes",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
                    IF EXISTS (
                        SELECT 1 FROM queues_case cs
                        JOIN guidelines_guidelineversion version
                          ON version.state IN ('published', 'retired') AND version.published_at <= NEW.started_at
                         AND (version.retired_at IS NULL OR NEW.started_at < version.retired_at)
                        JOIN guidelines_ruleversion asks
                          ON asks.version_id = version.id AND asks.code = ANY(cs.rule_codes) AND asks.check_required
                        WHERE cs.id = NEW.case_id
                          AND jsonb_array_length(asks.violating_examples) + jsonb_array_length(asks.allowed_examples) > 1
                          AND NOT EXISTS (
                              SELECT 1 FROM briefing_checkattempt attempt
                              JOIN guidelines_ruleversion seen ON seen.id = attempt.rule_version_id
                              WHERE attempt.user_id = NEW.holder_id AND attempt.passed
                                AND seen.identity = asks.identity AND seen.title = asks.title
                                AND seen.description = asks.description
                                AND seen.violating_examples = asks.violating_examples
                                AND seen.allowed_examples = asks.allowed_examples)
                    ) THEN
                        RAISE EXCEPTION 'claim_is_never_under_a_check_she_owes'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
    ),
]
