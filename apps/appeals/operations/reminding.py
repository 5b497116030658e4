"""Saying once that an appeal is soon due, and once that it is overdue."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import now

from apps.ledger.operations import Entry, record_many

REMIND = """
    WITH near AS (
        SELECT cs.id, cs.item_id, CASE WHEN cs.due_at <= %(now)s THEN 'overdue' ELSE 'soon' END AS kind
        FROM queues_case cs
        WHERE cs.id IN (SELECT case_id FROM appeals_appeal WHERE state = 'open') AND cs.state <> 'done'
          AND cs.due_at <= %(soon)s
    ), said AS (
        INSERT INTO appeals_appealreminder (case_id, kind) SELECT id, kind FROM near
        ON CONFLICT ON CONSTRAINT appeal_reminded_once DO NOTHING
        RETURNING case_id, kind
    )
    SELECT said.case_id, near.item_id, said.kind FROM said JOIN near ON near.id = said.case_id ORDER BY said.case_id
"""


@transaction.atomic
def remind() -> int:
    """Record `appeal.due_soon` in the last quarter of an appeal's time, and `appeal.overdue` after it; how many."""
    at = now()
    soon = at + timedelta(days=settings.APPEAL_ANSWER_DAYS) / 4
    with connection.cursor() as cursor:
        cursor.execute(REMIND, {"now": at, "soon": soon})
        said = cursor.fetchall()
    record_many(
        [
            Entry("appeal.overdue" if kind == "overdue" else "appeal.due_soon", None, case, item)
            for case, item, kind in said
        ]
    )
    return len(said)
