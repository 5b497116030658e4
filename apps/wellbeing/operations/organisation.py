"""The organisation's limits and ceilings, and who has done this work before."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.wellbeing.errors import InvalidLimits, InvalidPractice, LimitsMoved
from apps.wellbeing.limits import DAYS_LEAST, DAYS_MOST, LIMITS, REASON_AT_MOST, SHIPPED_CEILINGS, Wanted
from apps.wellbeing.models import Ceilings, LimitSet, Practice
from apps.wellbeing.queries import ceilings_in_force, limits_in_force

WHY = "Say why: it stays in the history for everyone after you."


@transaction.atomic
def set_limits(wanted: Wanted, *, reason: str, days: int, based_on: int, actor: User) -> LimitSet:
    """Put a new set of the organisation's limits in force for `days`, as a new row; running shifts keep theirs.

    When its time is over, the set before it counts again. `based_on` is the set its author saw. Raises
    InvalidLimits with every field that cannot be, and LimitsMoved when another set came between.
    """
    errors = wanted.problems(ceilings_in_force())
    if not reason.strip():
        errors.append({"field": "reason", "reason": WHY})
    elif len(reason.strip()) > REASON_AT_MOST:
        errors.append(
            {"field": "reason", "reason": f"Please say it in {REASON_AT_MOST} characters or fewer."}
        )
    if not DAYS_LEAST <= days <= DAYS_MOST:
        sentence = f"Limits are set for {DAYS_LEAST} to {DAYS_MOST} days, then somebody looks at them again."
        errors.append({"field": "days", "reason": sentence})
    if errors:
        raise InvalidLimits(errors=errors)
    LimitSet.objects.select_for_update(no_key=True).get(pk=limits_in_force().pk)  # one at a time
    before = limits_in_force()
    if before.pk != based_on:
        raise LimitsMoved
    at = now()
    until = at + timedelta(days=days)
    longer = before.expires_at is not None and until - before.expires_at > timedelta(hours=1)
    if wanted == Wanted.of(before) and not longer:
        raise InvalidLimits("These are the limits in force already. Nothing was changed.")
    try:
        with transaction.atomic():
            limits = LimitSet.objects.create(
                **wanted.values(), reason=reason.strip(), set_by=actor, set_at=at, expires_at=until
            )
    except IntegrityError as refusal:  # the ceilings fell between the look at them and the writing
        if "limit_set_within_the_ceilings" not in str(refusal):
            raise
        raise InvalidLimits("The organisation's ceilings have just changed. Nothing was changed.") from None
    record("limits.set", actor=actor, limit_set=limits.pk, before=before.pk)
    return limits


@transaction.atomic
def set_ceilings(*, bounds: Mapping[str, tuple[int, int]], reason: str, actor: User | None) -> Ceilings:
    """Put new ceilings in force; limits that are now beyond them are brought within, at once and for good.

    `bounds` names any of the limits, the others keep theirs. Raises InvalidLimits. Running shifts keep the limits
    they began with.
    """
    known = SHIPPED_CEILINGS | ceilings_in_force()
    problems = [
        {"field": name, "reason": f"There is no limit “{name}”, or its least is above its most."}
        for name, (least, most) in bounds.items()
        if name not in LIMITS or not 0 <= least <= most
    ]
    if not reason.strip():
        problems.append({"field": "reason", "reason": "Say why: ceilings are the organisation's decision."})
    if problems:
        raise InvalidLimits(errors=problems)
    LimitSet.objects.select_for_update(no_key=True).get(pk=limits_in_force().pk)
    wanted = known | {name: (least, most) for name, (least, most) in bounds.items()}
    ceilings = Ceilings.objects.create(bounds=wanted, reason=reason.strip())
    before = limits_in_force()
    # What never expires comes first, so that no expiry ever leads back to a set beyond the ceilings.
    for source in dict.fromkeys((LimitSet.objects.filter(expires_at=None).latest("id"), before)):
        _within(source, wanted)
    record("limits.ceilings_set", actor=actor, ceilings=ceilings.pk, limit_set=limits_in_force().pk)
    return ceilings


def _within(source: LimitSet, bounds: Mapping[str, tuple[int, int]]) -> None:
    """The same limits, as near as the ceilings let them be, as a new set of the same duration."""
    values = Wanted.of(source).values()
    clipped = {name: min(max(value, bounds[name][0]), bounds[name][1]) for name, value in values.items()}
    LimitSet.objects.create(
        **clipped,
        reason="Brought within the organisation's new ceilings.",
        set_at=now(),
        expires_at=source.expires_at,
    )


@transaction.atomic
def vouch(*, actor: User, person: User, since: datetime, reason: str) -> Practice:
    """Write that somebody has moderated since then, so that her budget is not a newcomer's. Raises InvalidPractice."""
    errors = []
    if since > now():
        errors.append({"field": "since", "reason": "This must be a day that has been."})
    if not reason.strip():
        errors.append({"field": "reason", "reason": "Say why: what she did before, and where."})
    if person.pk == actor.pk:
        errors.append({"field": "person", "reason": "Nobody can say this of herself."})
    if errors:
        raise InvalidPractice(errors=errors)
    practice, _ = Practice.objects.update_or_create(
        user=person,
        defaults={"since": since, "vouched_by": actor, "reason": reason.strip()[:300], "noted_at": now()},
    )
    record("practice.vouched", actor=actor, private=True, person=person.pk)
    return practice
