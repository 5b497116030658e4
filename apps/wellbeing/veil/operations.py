"""Setting veils: one's own, never below the organisation's floor; the floor, by the wellbeing lead."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.wellbeing.errors import BelowTheFloor, InvalidVeil
from apps.wellbeing.veil.ladder import KINDS, LEVELS, MOST, NAMES, STEPS, Veil
from apps.wellbeing.veil.models import PersonVeil, VeilFloor
from apps.wellbeing.veil.queries import floors

REASON_AT_MOST = 500


@transaction.atomic
def set_own_veil(kind: str, wanted: dict[str, int], *, actor: User, level: int | None = None) -> None:
    """Set how one kind of content is covered for her: at all levels, or at one.

    At all levels the floor is kept where it asks for more; at one level a wish below the floor is refused with
    BelowTheFloor, by the database too. Settings that are not of the kind are InvalidVeil. No reason, no trace
    for anybody else.
    """
    _check(wanted, KINDS.get(kind, ()))
    standing = floors()
    for exposure in LEVELS if level is None else [level]:
        floor = standing[exposure].veil
        veil = Veil(**wanted)
        below = [name for name in veil.below(floor) if name in wanted]
        if level is not None and below:
            raise BelowTheFloor(errors=[_below(name, exposure, floor) for name in below])
        try:
            with transaction.atomic():
                PersonVeil.objects.update_or_create(
                    user=actor,
                    kind=kind,
                    exposure=exposure,
                    defaults={**veil.over(floor).values(), "changed_at": now()},
                )
        except IntegrityError as refusal:
            if "veil_is_never_below_the_floor" not in str(refusal):
                raise
            raise BelowTheFloor  # the floor was raised in this very moment
    record("veil.changed_own", actor=actor, private=True)


@transaction.atomic
def forget_own_veils(*, actor: User) -> None:
    """Back to what everybody starts with."""
    PersonVeil.objects.filter(user=actor).delete()
    record("veil.changed_own", actor=actor, private=True)


@transaction.atomic
def set_floor(exposure: int, wanted: dict[str, int], *, reason: str, actor: User) -> VeilFloor:
    """Set the least that is covered at an exposure level; everybody's veils below it are lifted at once.

    Raises InvalidVeil for what is not on a ladder, or without a reason.
    """
    _check(wanted, NAMES)
    if exposure not in LEVELS:
        raise InvalidVeil(errors=[{"field": "exposure", "reason": "Exposure goes from 0 to 4."}])
    reason = reason.strip()
    if not reason or len(reason) > REASON_AT_MOST:
        words = f"Say why, in {REASON_AT_MOST} characters or fewer: it is kept with the change."
        raise InvalidVeil(errors=[{"field": "reason", "reason": words}])
    floor = VeilFloor.objects.select_for_update().get(pk=exposure)
    before = floor.veil.values()
    after = {**before, **wanted}
    if after == before:
        raise InvalidVeil("This is the floor in force already. Nothing was changed.")
    for name, value in after.items():
        setattr(floor, name, value)
    floor.reason, floor.set_by, floor.set_at = reason, actor, now()
    floor.save()
    changes = {name: [before[name], after[name]] for name in NAMES if before[name] != after[name]}
    record("veil.floor_set", actor=actor, exposure=exposure, changes=changes)
    return floor


def _check(wanted: dict[str, Any], names: tuple[str, ...]) -> None:
    errors = [
        {"field": name, "reason": "Please choose one of the steps."}
        for name, value in wanted.items()
        if name not in names or not isinstance(value, int) or not 0 <= value <= MOST[name]
    ]
    if errors or not wanted:
        raise InvalidVeil(errors=errors)


def _below(name: str, exposure: int, floor: Veil) -> dict[str, str]:
    least = STEPS[name][1][getattr(floor, name)]
    return {
        "field": name,
        "reason": f"At exposure {exposure} the organisation asks at least for: {least.lower()}.",
    }
