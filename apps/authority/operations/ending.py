"""What clocks say by themselves: that a contest waits for its answer, and to an author that a measure has ended."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import now

from apps.authority.models import Ending
from apps.authority.operations.answering import may_be_told_at
from apps.authority.phrases import ENDED
from apps.decisions.models import Notice
from apps.intake.codes import country_in_words
from apps.ledger.operations import Entry, record, record_many

REMIND = """
    WITH near AS (
        SELECT id, test_id, CASE WHEN due_at <= %(now)s THEN 'overdue' ELSE 'soon' END AS kind
        FROM authority_contest WHERE state = 'open' AND due_at <= %(soon)s
    ), said AS (
        INSERT INTO authority_contestreminder (contest_id, kind) SELECT id, kind FROM near
        ON CONFLICT ON CONSTRAINT contest_reminded_once DO NOTHING
        RETURNING contest_id, kind
    )
    SELECT said.contest_id, said.kind, item.request_id, item.position
    FROM said JOIN near ON near.id = said.contest_id
    JOIN authority_necessitytest measure ON measure.id = near.test_id
    JOIN authority_requestitem item ON item.id = measure.item_id
    ORDER BY said.contest_id
"""


@transaction.atomic
def remind() -> int:
    """Record `authority.contest_due_soon` in the last quarter of a contest's time, and `authority.contest_overdue`
    after it; how many. For the legal reviewers alone: the events are private."""
    at = now()
    soon = at + timedelta(days=settings.APPEAL_ANSWER_DAYS) / 4
    with connection.cursor() as cursor:
        cursor.execute(REMIND, {"now": at, "soon": soon})
        said = cursor.fetchall()
    record_many(
        [
            Entry(
                "authority.contest_overdue" if kind == "overdue" else "authority.contest_due_soon",
                private=True,
                data={"contest": contest, "request": request, "position": position},
            )
            for contest, kind, request, position in said
        ]
    )
    return len(said)


def tell_endings_due(*, limit: int = 100) -> int:
    """Tell the authors who know of a measure, and may be told, that it has ended; how many were."""
    due = Ending.objects.filter(
        told_at=None, due_at__lte=now(), test__item__telling__told_at__isnull=False
    ).order_by("due_at")
    return sum(_tell(pk) for pk in due.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _tell(ending_id: int) -> bool:
    ending = (
        Ending.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("test__item")
        .filter(pk=ending_id, told_at=None)
        .first()
    )
    if ending is None:
        return False
    test = ending.test
    allowed = may_be_told_at(test.item.request_id)
    at = now()
    if allowed > at:
        ending.due_at = allowed
        ending.save(update_fields=["due_at"])
        return False
    said = Notice.objects.get(decision=test.decision_id, audience="author").language
    ending.language = said if said in ENDED else "en"
    ending.text = ENDED[ending.language].format(country=country_in_words(test.country, ending.language))
    ending.told_at = at
    ending.save(update_fields=["language", "text", "told_at"])
    record("authority.ending_told", actor=None, private=True, decision=test.decision_id, ending=ending.pk)
    return True
