"""Which violations were found late, and what the page of causes shows. Nobody who decided is read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from apps.accounts.models import User
from apps.decisions.models import Decision, Enforcement
from apps.guidelines.queries import in_force
from apps.ledger.models import Event
from apps.misses.access import SEES, UNKNOWN
from apps.misses.evidence import in_words
from apps.misses.models import NOT_KNOWN, Cause, CausePlan, Found, Miss, MissDay, Step
from apps.queues.models import Case
from apps.queues.reach import Plan

BY_PEOPLE = ("user_report", "trusted_flagger")
RULES_SHOWN = 3
PAGE = 50
USUAL = {
    Cause.NO_DETECTOR: Step.DETECTOR_REQUEST,
    Cause.BELOW_THRESHOLD: Step.LOWER_THRESHOLD,
    Cause.HASH_MISSED: Step.ADD_TO_BANK,
    Cause.NOT_SCANNED: Step.OTHER,
    Cause.GUIDELINE_GAP: Step.WRITE_RULE,
    Cause.WRONG_FIRST: Step.TRAIN_PEOPLE,
    Cause.NEW_TREND: Step.WRITE_RULE,
    Cause.LANGUAGE: Step.DETECTOR_REQUEST,
}


@dataclass(frozen=True)
class Late:
    """A violation found late: the decision that found it, what found it, and what was decided of that revision before."""

    decision: Decision
    found_by: str
    before: list[Decision]


def standing_of(item_ids: Sequence[int]) -> dict[int, list[Decision]]:
    """The decisions of each item that were not taken back, oldest first; one query."""
    rows = (
        Decision.objects.filter(item__in=item_ids, withdraws=False)
        .exclude(superseded_by__withdraws=True)
        .select_related("case", "case__reach_ask", "item")
        .defer("case__breakdown")
        .order_by("id")
    )
    found: dict[int, list[Decision]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(row)
    return found


def late_of(decisions: Sequence[Decision], milestones: Plan) -> Late | None:
    """The violation that stands, if it was found late; None when none stands, or it was found in time.

    The decision that found it is the first of those that say so without one between them that says otherwise. A held
    decision says nothing yet, and what local law alone asked for is none.
    """
    settled = [one for one in decisions if not one.held and one.outcome != "unsure"]
    if not settled or settled[-1].outcome != "violates" or settled[-1].ground != "guideline":
        return None
    revision = settled[-1].item_revision
    first = settled[-1]
    for one in reversed(settled):
        if one.outcome != "violates" or one.item_revision != revision:
            break
        first = one
    before = [one for one in decisions if one.pk < first.pk and one.item_revision == revision]
    found_by = _found_by(first, any(one.outcome == "no_violation" for one in before), milestones)
    return Late(first, found_by, before) if found_by else None


def _found_by(decision: Decision, cleared: bool, milestones: Plan) -> str:
    purpose = decision.purpose
    if decision.origin != Decision.Origin.HUMAN:
        return ""
    if purpose == Case.Purpose.APPEAL:
        return Found.APPEAL
    if purpose == Case.Purpose.SECOND_LOOK:
        return Found.SECOND_LOOK
    if hasattr(decision.case, "reach_ask") or decision.detection_source == "virality":
        return Found.REACH
    if cleared:
        return Found.RE_REVIEW
    if decision.detection_source in BY_PEOPLE:
        return Found.REPORT
    views = decision.views_at_decision
    return Found.REACH if views is not None and _is_high(decision, views, milestones) else ""


def _is_high(decision: Decision, views: int, milestones: Plan) -> bool:
    rules = in_force().rules
    policies = {rules[code].policy_code for code in decision.rule_codes if code in rules}
    return milestones.row_for(policies, decision.item.country).level(views) > 0


def effective_views(item_ids: Sequence[int]) -> dict[int, int]:
    """The views of each item when something first took effect on it, where the platform told them."""
    rows = Enforcement.objects.filter(
        item__in=item_ids, reverses=None, effective_at__isnull=False, views_at_effect__isnull=False
    ).order_by("item", "effective_at", "id").distinct("item")  # fmt: skip
    return dict(rows.values_list("item_id", "views_at_effect"))  # type: ignore[arg-type]


def unclear_cases(case_ids: Sequence[int]) -> set[int]:
    """Those of the cases that were escalated because the guidelines are unclear."""
    told = Event.objects.filter(case_id__in=set(case_ids), kind="case.escalated", data__unclear=True)
    return {pk for pk in told.values_list("case_id", flat=True) if pk} if case_ids else set()


def items_of(decision_ids: Sequence[int]) -> set[int]:
    return set(Decision.objects.filter(pk__in=decision_ids).values_list("item_id", flat=True))


@dataclass
class Ranked:
    """A cause with what it cost: how many misses, how many of them confirmed, and how many people saw them."""

    cause: str
    n: int = 0
    confirmed: int = 0
    views: int = 0
    views_known: int = 0
    share: float = 0.0
    rules: list[tuple[str, int]] = field(default_factory=list)
    plan: CausePlan | None = None

    @property
    def slug(self) -> str:
        return self.cause or UNKNOWN

    @property
    def label(self) -> str:
        return str(Cause(self.cause).label) if self.cause else "Not known yet"

    @property
    def usual(self) -> str:
        return USUAL[Cause(self.cause)] if self.cause else ""


def ranked(day: date, days: int) -> list[Ranked]:
    """Every cause, the most views at harm first, over the days up to `day`; from sums. Three queries."""
    rows: Any = MissDay.objects.filter(day__gt=day - timedelta(days=days), day__lte=day)
    rows = rows.values("cause", "rule_code").annotate(
        total=Sum("n"), sure=Sum("confirmed"), seen=Sum("views"), known=Sum("views_known")
    )
    found = {cause: Ranked(cause) for cause in (*Cause.values, NOT_KNOWN)}
    for row in rows:
        one = found[row["cause"]]
        if row["rule_code"]:
            if row["total"] > 0:
                one.rules.append((row["rule_code"], row["seen"]))
        else:
            one.n, one.confirmed, one.views, one.views_known = (
                row["total"],
                row["sure"],
                row["seen"],
                row["known"],
            )
    everything = sum(one.views for one in found.values())
    for plan in CausePlan.objects.select_related("owner"):
        found[plan.cause].plan = plan
    for one in found.values():
        one.rules = sorted(one.rules, key=lambda pair: (-pair[1], pair[0]))[:RULES_SHOWN]
        one.share = one.views / everything if everything else 0.0
    return sorted(found.values(), key=lambda one: (-one.views, -one.n, one.label))


def owners() -> Sequence[User]:
    """Who may see to a cause."""
    return list(User.objects.filter(is_active=True, roles__overlap=list(SEES)).order_by("pseudonym"))


def page_of(cause: str, *, after: int = 0, unconfirmed: bool = False) -> tuple[list[Miss], int]:
    """Misses of a cause, newest first, and the number to go on from; 0 when that is all."""
    rows = Miss.objects.filter(stands_as=cause, dropped_at=None).select_related("decision").order_by("-id")
    if unconfirmed:
        rows = rows.filter(cause=NOT_KNOWN)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else 0


def told(miss: Miss) -> list[str]:
    """The evidence of a miss in sentences."""
    return in_words(miss.evidence, miss.language)
