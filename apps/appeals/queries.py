"""Questions about appeals: of a decision, of a case, and how they come out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils.timezone import localdate

from apps.appeals.models import Appeal, AppealDay
from apps.decisions.models import Decision
from apps.decisions.queries import standing
from apps.notices.composing import appeal_window
from apps.queues.models import Case
from apps.statements import among

FEW = 5  # appeals: of fewer, a share says nothing
DAYS = 90
LISTED = 50
APPEALS = "SELECT decision_id, state, outcome, decided_at FROM appeals_appeal WHERE "
WEIGHT = {None: 0, "upheld": 1, "partly": 2, "overturned": 3}


@dataclass(frozen=True)
class AppealState:
    """Where the appeals of one decision stand: `open` while any is, else what went furthest of their outcomes."""

    state: str
    outcome: str | None
    decided_at: datetime | None


def appeals_of(decision_ids: Iterable[int]) -> dict[int, AppealState]:
    """The state of appeals for those of the decisions that were appealed: one query."""
    asked = list(decision_ids)
    with connection.cursor() as cursor:
        cursor.execute(APPEALS + among("decision_id", asked))
        rows = cursor.fetchall()
    found: dict[int, AppealState] = {}
    wanted = set(asked) if rows else set()
    for decision, state, outcome, decided_at in rows:
        if decision not in wanted:
            continue
        said = AppealState(state, outcome, decided_at)
        kept = found.get(decision)
        if kept is None or _rank(said) > _rank(kept):
            found[decision] = said
    return found


def _rank(said: AppealState) -> tuple[bool, int]:
    return said.state == Appeal.State.OPEN, WEIGHT[said.outcome]


def window() -> timedelta:
    """How long after a decision it may be appealed."""
    return appeal_window()


def settled_later(decision: Decision) -> bool:
    """Whether a newer decision on the item stands in its place; what is held or unsure does not yet."""
    later = standing().filter(item_id=decision.item_id, pk__gt=decision.pk, held=False)
    return later.exclude(outcome=Decision.Outcome.UNSURE).exists()


def appeal_case_behind(decision: Decision) -> int | None:
    """The case of appeals in which this decision was made; also when a second person approved it. None: no appeal."""
    if decision.purpose == Case.Purpose.APPEAL:
        return decision.case_id
    if decision.purpose == Case.Purpose.APPROVAL:
        about = Decision.objects.filter(pk=decision.case.about_decision_id or 0, purpose=Case.Purpose.APPEAL)
        return about.values_list("case_id", flat=True).first()
    return None


def latest_of(decision: Decision, side: str) -> Appeal | None:
    """The newest appeal of a decision by one side; through a reporter's link, of whoever came through one."""
    found = Appeal.objects.filter(decision=decision, by=side).select_related(
        "case", "decided_by__guideline_version"
    )
    return found.order_by("-id").first()


@dataclass(frozen=True)
class Rate:
    """How appeals of one kind came out. `share` of them changed the decision, wholly or in part; None of fewer than five."""

    label: str
    decided: int
    overturned: int
    partly: int

    @property
    def share(self) -> float | None:
        return (self.overturned + self.partly) / self.decided if self.decided >= FEW else None


def rates(dimension: str, *, days: int = DAYS) -> list[Rate]:
    """How appeals of the last days came out, by `rule_code`, `language`, `detection_source`, `origin` or `by`."""
    rows = AppealDay.objects.filter(day__gt=localdate() - timedelta(days=days))
    rows = rows.exclude(rule_code="") if dimension == "rule_code" else rows.filter(rule_code="")
    sums = (
        rows.values(dimension)
        .annotate(n=Sum("decided"), o=Sum("overturned"), p=Sum("partly"))
        .order_by("-n", dimension)[:200]
    )
    return [Rate(row[dimension], row["n"], row["o"], row["p"]) for row in sums]


def waiting_cases() -> list[Case]:
    """Open cases of appeals, the one due first at the head; no content is read."""
    ids = Appeal.objects.filter(state=Appeal.State.OPEN).values("case_id")
    return list(
        Case.objects.filter(pk__in=ids)
        .exclude(state=Case.State.DONE)
        .select_related("queue")
        .prefetch_related("appeals")
        .order_by("due_at")[:LISTED]
    )


def lately_decided() -> list[Appeal]:
    """Appeals decided last, newest first."""
    found = Appeal.objects.filter(state=Appeal.State.DECIDED).select_related("decision", "decided_by")
    return list(found.order_by("-id")[:LISTED])
