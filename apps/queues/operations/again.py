"""An item once more before somebody who must not know that it was decided."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.utils.timezone import now

from apps.guidelines.queries import in_force
from apps.ledger.operations import Entry, record_many
from apps.queues.lanes import lane_for
from apps.queues.models import Barred, Case, Queue
from apps.queues.operations.opening import bar_conflicts
from apps.queues.priority import rank
from apps.queues.queries import case_facts

# The rules that were suspected by a moment: what decisions cited is added to a case afterwards, and would tell.
SUSPECTED = """
    SELECT DISTINCT code FROM (
        SELECT rule_code AS code FROM intake_report WHERE item_id = %(item)s AND received_at <= %(until)s
        UNION ALL
        SELECT score ->> 'rule' FROM (
            SELECT DISTINCT ON (detector) scores FROM intake_flag
            WHERE item_id = %(item)s AND received_at <= %(until)s ORDER BY detector, id DESC) newest,
            LATERAL jsonb_array_elements(newest.scores) score
        WHERE score ->> 'threshold' IS NOT NULL AND (score ->> 'score')::float8 >= (score ->> 'threshold')::float8
    ) found WHERE code <> ''
"""


def suspected_by(item_id: int, until: datetime) -> list[str]:
    """The rules in force that reports and detectors had named by a moment."""
    with connection.cursor() as cursor:
        cursor.execute(SUSPECTED, {"item": item_id, "until": until})
        return sorted({row[0] for row in cursor.fetchall()} & in_force().rules.keys())


def open_as_new(*, first: Case, purpose: str, until: datetime, barred: Iterable[int]) -> Case:
    """Open a case like the first one, as if it had just come in: the same place, as much time as that one had.

    Runs inside the caller's transaction. `until`: what was suspected later is left out. `barred` never get it.
    """
    at = now()
    queue = first.queue if first.queue.active else Queue.objects.get(is_default=True)
    due_at = at + (first.due_at - first.opened_at)
    case = Case.objects.create(
        item_id=first.item_id,
        purpose=purpose,
        state=Case.State.WAITING,
        queue=queue,
        lane_id=lane_for(
            queue_id=queue.pk,
            exposure=first.exposure,
            language=first.language,
            units=first.units,
            harms=first.harms,
        ),
        severity=first.severity,
        exposure=first.exposure,
        units=first.units,
        harms=first.harms,
        priority=first.priority,
        breakdown=first.breakdown,
        rank=rank(due_at, first.priority),
        due_at=due_at,
        due_because=first.due_because,
        rule_codes=suspected_by(first.item_id, until),
        detection_source=first.detection_source,
        language=first.language,
        item_revision=first.item_revision,
        opened_at=at,
    )
    Barred.objects.bulk_create(
        [Barred(case=case, user_id=user, why=Barred.Why.DECIDED) for user in sorted(set(barred))],
        ignore_conflicts=True,
    )
    bar_conflicts([case.pk])
    record_many([Entry("case.opened", None, case.pk, first.item_id, data=case_facts(case))])
    return case
