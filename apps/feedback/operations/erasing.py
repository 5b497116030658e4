"""What was erased is taken out of all training: its decisions become tombstones."""

from django.db import connection, transaction

from apps.feedback.operations.labelling import remove_labels

AT_A_TIME = 1_000  # decisions in one transaction
# Both ways in are small indexes of what was erased. What no person decided was never exported.
ERASED = """
SELECT decision.id FROM (
    SELECT words.decision_id AS id FROM decisions_decisionwords words WHERE words.erased_at IS NOT NULL
    UNION
    SELECT said.id FROM intake_itemcontent content
    JOIN decisions_decision said ON said.item_id = content.item_id AND said.item_revision = content.revision
    WHERE content.erased_at IS NOT NULL
) gone
JOIN decisions_decision decision ON decision.id = gone.id AND decision.origin = 'human'
WHERE NOT EXISTS (SELECT 1 FROM feedback_label removed WHERE removed.decision_id = decision.id AND removed.state = 'removed')
ORDER BY decision.id LIMIT %s
"""


def forget_erased() -> int:
    """Remove the labels of decisions whose evidence was erased, or the content they were made about; how many.

    Whoever erased it, and however. The next export has none of them, and names each among its tombstones as
    `erased`. May run beside itself: a label is removed once.
    """
    removed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ERASED, [AT_A_TIME])
            found = [decision for (decision,) in cursor.fetchall()]
            removed += remove_labels(decisions=found, because="erased", actor=None) if found else 0
        if len(found) < AT_A_TIME:
            return removed
