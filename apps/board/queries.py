from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch

from apps.board.models import BoardCase, Dispute, Precedent, Ruling
from apps.guidelines.models import RuleVersion
from apps.guidelines.queries import in_force
from apps.strikes.models import Suspension

A_PAGE = 50


def cases() -> list[BoardCase]:
    return list(BoardCase.objects.select_related("item").prefetch_related("rulings")[:A_PAGE])


def still_due() -> list[Ruling]:
    """Rulings that wait to be carried out or answered, the most urgent first."""
    due = Ruling.objects.filter(carried_out_at=None, answered_at=None).select_related("case")
    return list(due.order_by("due_at")[:A_PAGE])


def disputes() -> list[Dispute]:
    """The newest disputes before out-of-court bodies."""
    return list(Dispute.objects.order_by("-id")[:A_PAGE])


def rulings_of(case: BoardCase) -> list[Ruling]:
    precedents = Prefetch("precedents", Precedent.objects.select_related("by"))
    people = ("recorded_by", "carried_out_by", "answered_by")
    return list(case.rulings.select_related(*people).prefetch_related(precedents))


def suspensions_of(rulings: Iterable[Ruling]) -> dict[int, Suspension]:
    """The suspensions that rulings led to, by their decisions."""
    decisions = [one.decision_id for one in rulings if one.decision_id]
    found = Suspension.objects.filter(decision__in=decisions, action="account_suspend")
    return {one.decision_id: one for one in found}


def published_answers() -> list[Ruling]:
    """Recommendations with their public answers, newest first."""
    answered = Ruling.objects.filter(kind=Ruling.Kind.ADVISORY, answered_at__isnull=False)
    return list(answered.select_related("case").order_by("-answered_at")[:A_PAGE])


def precedents_of(code: str) -> list[Precedent]:
    """What the board's rulings mean for a rule, by the code it has now or had once; newest first."""
    identities = RuleVersion.objects.filter(code=code).values_list("identity", flat=True).distinct()
    return list(Precedent.objects.filter(rule__in=list(identities)).select_related("ruling__case")[:20])


def codes_of(precedents: Iterable[Precedent]) -> dict[Any, str]:
    """The codes that rules have now, by identity."""
    wanted = {one.rule for one in precedents}
    rows = RuleVersion.objects.filter(identity__in=wanted).order_by("version_id")
    return dict(rows.values_list("identity", "code"))


def identity_of(code: str) -> Any:
    """The identity of a rule in force; None when there is none with this code."""
    rule = in_force().rules.get(code)
    return RuleVersion.objects.values_list("identity", flat=True).get(pk=rule.id) if rule else None
