from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Sum

from apps.decisions.models import Enforcement
from apps.intake.models import Report
from apps.transparency.models import Statement, StatementDay

SHOWN = 50


def to_state(ids: Iterable[int]) -> list[Enforcement]:
    """Enforcements that have no statement yet and were not taken back, with what a statement is made of."""
    found = Enforcement.objects.filter(pk__in=set(ids), reverses=None, statement=None)
    found = found.exclude(decision__superseded_by__withdraws=True)
    return list(found.select_related("decision", "item").order_by("pk"))


def notified_under_article_16(items: Iterable[int]) -> set[int]:
    """Items whose first report was a notice under Article 16."""
    first = Report.objects.filter(item_id__in=set(items)).order_by("item_id", "id").distinct("item_id")
    return {item for item, notice in first.values_list("item_id", "notice") if notice}


def listed(state: str, before: int | None) -> list[Statement]:
    """Statements in a state, newest first, a page of them."""
    found = Statement.objects.filter(state=state)
    return list((found.filter(pk__lt=before) if before else found).order_by("-pk")[:SHOWN])


def counted() -> dict[str, int]:
    """How many are in each state, from the sums by day."""
    sums = StatementDay.objects.values_list("state").annotate(Sum("statements"))
    return dict.fromkeys(Statement.State.values, 0) | dict(sums)


def of_month(first: date, until: date) -> Iterator[dict[str, Any]]:
    """What was told to the public database of a month, by ranges of ids in short reads."""
    last = 0
    while True:
        rows = list(
            Statement.objects.filter(day__gte=first, day__lt=until, state="sent", pk__gt=last)
            .order_by("pk")
            .values_list("pk", "body", "sent_at")[:1000]
        )
        if not rows:
            return
        last = rows[-1][0]
        for _, body, sent_at in rows:
            yield body | {"created_at": sent_at.isoformat() if sent_at else None}
