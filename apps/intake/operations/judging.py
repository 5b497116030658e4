from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from apps.intake.models import Report, Reporter
from apps.ledger.operations import Entry, record_many
from apps.statements import Statement

# Only reports judged otherwise before are touched, so that hearing of a decision twice changes nothing.
SETTLE = Statement(
    "intake_settle_reports",
    """
    WITH told AS (
        SELECT * FROM unnest(%(items)s::bigint[], %(upheld)s::boolean[]) AS told (item_id, upheld)
    ), judged AS (
        SELECT r.id, r.item_id, r.reporter_id, r.upheld AS before, told.upheld
        FROM told JOIN intake_report r ON r.item_id = told.item_id
        WHERE r.upheld IS DISTINCT FROM told.upheld
        ORDER BY r.id FOR NO KEY UPDATE OF r
    ), marked AS (
        UPDATE intake_report r SET upheld = judged.upheld FROM judged WHERE r.id = judged.id
    ), sums AS (
        SELECT reporter_id,
            sum((upheld IS NOT NULL)::int - (before IS NOT NULL)::int) AS judged,
            sum(COALESCE(upheld, false)::int - COALESCE(before, false)::int) AS upheld
        FROM judged WHERE reporter_id IS NOT NULL GROUP BY reporter_id
    ), people AS (
        SELECT id FROM intake_reporter WHERE id IN (SELECT reporter_id FROM sums) ORDER BY id FOR NO KEY UPDATE
    ), counted AS (
        UPDATE intake_reporter p SET judged = p.judged + sums.judged, upheld = p.upheld + sums.upheld
        FROM sums JOIN people ON people.id = sums.reporter_id WHERE p.id = sums.reporter_id
    )
    SELECT item_id, upheld, count(*) FROM judged GROUP BY item_id, upheld ORDER BY item_id
    """,
)


@transaction.atomic
def settle_reports(found: Mapping[int, bool | None]) -> int:
    """Judge the reports on items, by the items' ids: True if one broke a rule, False if not, None if that was taken back.

    Each report counts once for its reporter, as last judged. Returns how many reports were judged anew.
    The number of statements does not grow with the number of items.
    """
    if not found:
        return 0
    rows = SETTLE.rows({"items": list(found), "upheld": list(found.values())})
    record_many(
        [
            Entry("reports.judged", item_id=item, data={"upheld": upheld, "reports": reports})
            for item, upheld, reports in rows
        ]
    )
    return sum(reports for _, _, reports in rows)


@transaction.atomic
def uphold(*, report_id: int) -> bool:
    """Count one report as well-founded after all: the law carried what no rule of ours did. False when it counts so."""
    report = Report.objects.select_for_update(of=("self",), no_key=True).filter(pk=report_id).first()
    if report is None or report.upheld is True:
        return False
    judged_before = report.upheld is not None
    report.upheld = True
    report.save(update_fields=["upheld"])
    Reporter.objects.filter(pk=report.reporter_id or 0).update(
        judged=F("judged") + (0 if judged_before else 1), upheld=F("upheld") + 1
    )
    return True
