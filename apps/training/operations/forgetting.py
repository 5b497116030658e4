"""When content is erased, the words that were taken from it go too."""

from django.db import connection, transaction

from apps.ledger.operations import record

GONE = """
    UPDATE {table} kept SET text = '', gone_at = now() FROM decisions_decision decided
    WHERE kept.decision_id = decided.id AND kept.gone_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM intake_itemcontent content
                      WHERE content.item_id = decided.item_id AND content.revision = decided.item_revision
                        AND content.erased_at IS NULL)
"""


@transaction.atomic
def forget_erased() -> int:
    """Empty cases of modules and calibrations whose content was erased, whatever the item says by now; how many. What was
    answered stays."""
    gone = 0
    with connection.cursor() as cursor:
        for table in ("training_modulecase", "training_calibrationcase"):
            cursor.execute(GONE.format(table=table))
            gone += cursor.rowcount
    if gone:
        record("training.words_forgotten", actor=None, cases=gone)
    return gone
