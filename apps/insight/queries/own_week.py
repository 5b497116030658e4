"""What one person's work did in a week, for her alone. Feedback about what the work is for; never a count to compare."""

from datetime import date, timedelta
from typing import Any

from django.db import connection

from apps.accounts.models import User

# Found by her own looks, which are indexed by person and time: the cost follows her week, not everybody's.
NOTE = """
WITH hers AS (
    SELECT decision.id, decision.item_id, decision.outcome, decision.actions, decision.held, decision.purpose,
           decision.about_minor, decision.views_at_decision
    FROM wellbeing_exposureentry entry
    JOIN queues_claim claim ON claim.id = entry.claim_id AND claim.ending = 'decided'
    JOIN LATERAL (
        SELECT one.*, item.minors AS about_minor FROM decisions_decision one
        JOIN intake_item item ON item.id = one.item_id
        WHERE one.case_id = claim.case_id AND one.claim_id = claim.id AND one.decider_id = entry.user_id
          AND NOT one.withdraws
          AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = one.id AND undo.withdraws)
    ) decision ON true
    WHERE entry.user_id = %(user)s AND entry.at >= %(begins)s AND entry.at < %(ends)s
)
SELECT (SELECT count(*) FROM hers),
       (SELECT count(*) FROM hers WHERE outcome = 'violates' AND NOT held AND 'remove' = ANY(actions)),
       (SELECT count(*) FROM hers WHERE outcome = 'no_violation'),
       (SELECT count(*) FROM hers WHERE about_minor AND outcome = 'violates'),
       (SELECT count(DISTINCT report.reporter_id) FROM hers JOIN intake_report report ON report.item_id = hers.item_id
        WHERE hers.outcome = 'violates'),
       (SELECT count(*) FROM hers JOIN decisions_decision later ON later.supersedes_id = hers.id
        WHERE NOT later.withdraws AND later.outcome = hers.outcome
          AND later.purpose IN ('approval', 'second_look', 'second_opinion')),
       (SELECT count(*) FROM hers JOIN decisions_decision later ON later.item_id = hers.item_id AND later.id > hers.id
        WHERE later.purpose = 'appeal' AND NOT later.withdraws AND later.outcome = hers.outcome),
       (SELECT count(*) FROM hers WHERE purpose = 'appeal'),
       (SELECT count(DISTINCT mark.rule_version_id) FROM briefing_unclearmark mark
        JOIN guidelines_ruleversion worded ON worded.id = mark.rule_version_id
        JOIN guidelines_ruleversion anew ON anew.identity = worded.identity AND anew.id <> worded.id
             AND (anew.title, anew.description, anew.violating_examples, anew.allowed_examples)
                 IS DISTINCT FROM (worded.title, worded.description, worded.violating_examples, worded.allowed_examples)
        JOIN guidelines_guidelineversion version ON version.id = anew.version_id
        WHERE mark.user_id = %(user)s AND version.published_at >= mark.at
          AND version.published_at >= %(begins)s AND version.published_at < %(ends)s)
"""
NAMES = (
    "decided", "removed", "left_up", "about_minors", "reporters", "confirmed", "appeals_upheld", "appeals_heard",
    "rules_improved",
)  # fmt: skip


def own_week(user: User, monday: date) -> dict[str, Any]:
    """The counts of one of her weeks, Monday to Sunday (UTC). One query."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {"user": user.pk, "begins": monday, "ends": monday + timedelta(days=7)})
        return dict(zip(NAMES, cursor.fetchone(), strict=True))
