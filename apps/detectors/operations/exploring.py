"""The exploration: a known chance for items nobody and nothing has flagged to be looked at all the same."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils.timezone import now

from apps.accounts.models import User
from apps.detectors.access import MINDERS
from apps.detectors.errors import PlanUnusable
from apps.detectors.models import Draw, Frame, FrameWeek, Plan
from apps.detectors.queries.exploration import Candidate, candidates, plan_in_force
from apps.detectors.scores import monday
from apps.detectors.strata import EXPENSIVE, STRATA, stratum_of
from apps.errors import NotAllowed
from apps.guidelines.queries import in_force
from apps.intake.models import Item
from apps.ledger.operations import record
from apps.queues.operations import open_unprompted
from apps.sums import Sums

SETTLED = timedelta(minutes=10)  # by then reports and scores that come with an item are there
AT_ONCE = 5_000  # items looked through in one go
PER_DAY_AT_MOST = 5_000
_chance: Callable[[], float] = random.SystemRandom().random


@transaction.atomic
def set_plan(*, actor: User, rates: Mapping[str, float], per_day: int, margin: float, reason: str) -> Plan:
    """Set at which rates strata are drawn from now on. Rates of 0 draw nothing. Raises NotAllowed, PlanUnusable."""
    if not actor.has_role(*MINDERS):
        raise NotAllowed("The exploration is planned by supervisors, policy leads and admins.")
    errors = [
        {"field": name, "reason": "A rate lies between 0 and 1."}
        for name, rate in rates.items()
        if name not in STRATA or not 0 <= rate <= 1
    ]
    if not 1 <= per_day <= PER_DAY_AT_MOST:
        errors.append({"field": "per_day", "reason": f"Between 1 and {PER_DAY_AT_MOST:,} a day."})
    if not 0 < margin <= 1:
        errors.append({"field": "margin", "reason": "Between 0 and 1, such as 0.1."})
    if not reason.strip():
        errors.append({"field": "reason", "reason": "Say why."})
    if errors:
        raise PlanUnusable(errors=errors)
    plan = Plan.objects.create(
        rates={name: float(rates.get(name, 0)) for name in STRATA},
        per_day=per_day,
        margin=margin,
        reason=reason.strip()[:300],
        set_by=actor,
    )
    record("exploration.planned", actor=actor, plan=plan.pk, rates=plan.rates, per_day=per_day)
    return plan


def explore(*, chance: Callable[[], float] | None = None, at: datetime | None = None) -> int:
    """Look through the items that came in since the last time, and draw; how many were drawn.

    Each item is looked through once, ten minutes after it came in. Whoever has no case, report or score over a
    threshold by then is unflagged and gets its stratum's chance, drawn for it alone (Poisson sampling), so that the
    probability kept with a draw is exactly the one it had.
    """
    plan = plan_in_force()
    if plan is None:
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('detectors'), hashtext('explore'))")
            if not cursor.fetchone()[0]:
                return 0
        return _explore(plan, chance or _chance, at or now())


def _explore(plan: Plan, chance: Callable[[], float], at: datetime) -> int:
    last = Frame.objects.aggregate(upto=Max("upto_id"))["upto"]
    if last is None:  # from now on: what came in before the first plan is nobody's frame
        first = (
            Item.objects.filter(received_at__gte=plan.since)
            .order_by("id")
            .values_list("id", flat=True)
            .first()
        )
        if first is None:
            return 0
        last = first - 1
    ids = _came_in(last, at - SETTLED)
    if not ids:
        return 0
    found = candidates(ids)
    chances = probabilities(plan, found, _expected_today(at))
    drawn = {
        one.item_id: (name, pi)
        for one, (name, pi) in zip(found, chances, strict=True)
        if pi > 0 and chance() < pi
    }
    cases = open_unprompted(drawn)
    expected = sum(pi for _, pi in chances)
    Frame.objects.create(plan=plan, from_id=last + 1, upto_id=ids[-1], expected=expected, at=at)
    _count(plan, found, chances, at)
    languages = {one.item_id: one.language for one in found}
    Draw.objects.bulk_create(
        Draw(
            item_id=item,
            case_id=case,
            plan=plan,
            stratum=drawn[item][0],
            probability=drawn[item][1],
            language=languages[item],
            drawn_at=at,
        )
        for item, case in sorted(cases.items())
    )
    if cases:
        record("exploration.drawn", actor=None, plan=plan.pk, unflagged=len(found), drawn=len(cases))
    return len(cases)


def probabilities(plan: Plan, found: Sequence[Candidate], spent: float) -> list[tuple[str, float]]:
    """The stratum and the chance of each: its rate, scaled so that no more than `per_day` are expected in a day.

    What is light to look at is served first: what it leaves of the day is for the rest. Only expected numbers are
    looked at, never what the draws of the day came to, so that the chances stay those of a probability sample.
    """
    edition = in_force()
    heavy = {code for code, rule in edition.rules.items() if rule.exposure >= EXPENSIVE}
    margin = plan.margin if plan.rates.get("uncertain") else None
    named = [stratum_of(one, margin=margin, heavy_rules=heavy) for one in found]
    rates = [float(plan.rates.get(name, 0)) for name in named]
    left = max(0.0, plan.per_day - spent)
    factors: dict[bool, float] = {}
    for light in (True, False):
        wanted = sum(rate for name, rate in zip(named, rates, strict=True) if STRATA[name].light is light)
        factors[light] = min(1.0, left / wanted) if wanted else 1.0
        left = max(0.0, left - wanted * factors[light])
    return [(name, rate * factors[STRATA[name].light]) for name, rate in zip(named, rates, strict=True)]


def _came_in(last: int, before: datetime) -> list[int]:
    """The next ids in order, up to the first that is too new."""
    rows = Item.objects.filter(id__gt=last).order_by("id").values_list("id", "received_at")[:AT_ONCE]
    ids = []
    for item, received in rows:
        if received > before:
            break
        ids.append(item)
    return ids


def _expected_today(at: datetime) -> float:
    """How many draws the frames of the last 24 hours led one to expect, under whichever plan."""
    frames = Frame.objects.filter(at__gt=at - timedelta(days=1), at__lte=at)
    return float(frames.aggregate(sum=Sum("expected"))["sum"] or 0)


def _count(plan: Plan, found: Sequence[Candidate], chances: Sequence[tuple[str, float]], at: Any) -> None:
    sums = Sums(FrameWeek, "week", "plan_id", "stratum", "language")
    for one, (name, pi) in zip(found, chances, strict=True):
        sums.add(
            monday(at.date()), plan.pk, name, one.language, unflagged=1, covered=int(pi > 0), expected=pi
        )
    sums.write()
