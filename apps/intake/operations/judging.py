from django.db import connection, transaction

from apps.ledger.operations import record

# Only reports judged otherwise before are touched, so that hearing of a decision twice changes nothing.
SETTLE = """
WITH judged AS (
    SELECT id, reporter_id, upheld AS before FROM intake_report
    WHERE item_id = %(item)s AND upheld IS DISTINCT FROM %(upheld)s::boolean
    ORDER BY id FOR NO KEY UPDATE
), marked AS (
    UPDATE intake_report r SET upheld = %(upheld)s::boolean FROM judged WHERE r.id = judged.id RETURNING r.id
), sums AS (
    SELECT reporter_id,
        sum((%(upheld)s::boolean IS NOT NULL)::int - (before IS NOT NULL)::int) AS judged,
        sum(COALESCE(%(upheld)s::boolean, false)::int - COALESCE(before, false)::int) AS upheld
    FROM judged WHERE reporter_id IS NOT NULL GROUP BY reporter_id
), people AS (
    SELECT id FROM intake_reporter WHERE id IN (SELECT reporter_id FROM sums) ORDER BY id FOR NO KEY UPDATE
), counted AS (
    UPDATE intake_reporter p SET judged = p.judged + sums.judged, upheld = p.upheld + sums.upheld
    FROM sums JOIN people ON people.id = sums.reporter_id WHERE p.id = sums.reporter_id RETURNING p.id
)
SELECT (SELECT count(*) FROM marked), (SELECT count(*) FROM counted)
"""


@transaction.atomic
def settle_reports(item_id: int, upheld: bool | None) -> int:
    """Judge the reports on an item: True if it broke a rule, False if not, None if that was taken back.

    Each report counts once for its reporter, as last judged. Returns how many reports were judged anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"item": item_id, "upheld": upheld})
        reports: int = cursor.fetchone()[0]
    if reports:
        record("reports.judged", actor=None, item=item_id, upheld=upheld, reports=reports)
    return reports
