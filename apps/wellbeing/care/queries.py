"""Reading what is behind the wall, each through its function; and what stands before it: help and free times."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.timezone import now

from apps.accounts.models import User
from apps.wellbeing.care.models import CounsellingSlot, HelpPlace
from apps.wellbeing.care.wall import call, value
from apps.wellbeing.models import Shift

SLOTS_SHOWN = 12
AT_LEAST = 5  # people: below that a number about a team is a number about somebody


def available(people: Iterable[int]) -> set[int]:
    """Who of these people is available: on shift and not on a break. Nothing else plays a part, and no cause is given."""
    live = Shift.objects.filter(user_id__in=list(people), ended_at=None, break_started_at=None)
    return set(live.values_list("user_id", flat=True))


# Her own


def own_check_ins(user: User) -> list[dict[str, Any]]:
    return call("own_check_ins", user.pk)


def own_notes(user: User) -> list[dict[str, Any]]:
    """Notes she got and wrote, newest first, with the other's pseudonym."""
    notes = call("own_notes", user.pk)
    others = {note["from_id"] for note in notes} | {note["to_id"] for note in notes}
    names = dict(User.objects.filter(pk__in=others).values_list("pk", "pseudonym"))
    return [
        {
            "id": note["id"],
            "at": note["at"],
            "words": note["words"],
            "mine": note["from_id"] == user.pk,
            "other": names.get(note["to_id"] if note["from_id"] == user.pk else note["from_id"], "somebody"),
        }
        for note in notes
    ]


def people_open_to_notes(user: User) -> list[User]:
    """Colleagues who take notes, without herself."""
    ids = [row["user_id"] for row in call("open_to_notes")]
    return list(User.objects.filter(pk__in=ids, is_active=True).exclude(pk=user.pk).order_by("pseudonym"))


def is_open_to_notes(user: User) -> bool:
    return any(row["user_id"] == user.pk for row in call("open_to_notes"))


def own_consents(user: User) -> dict[str, dict[str, Any]]:
    return {row["purpose"]: row for row in call("own_consents", user.pk)}


def own_week_sums(user: User) -> list[dict[str, Any]]:
    """What is left of her looks after 90 days. Units in centiunits."""
    return call("own_weeks", user.pk)


def reads_of(user: User) -> list[dict[str, Any]]:
    """Who asked for what is hers, newest first, with the reader's pseudonym; and whether it was given."""
    reads = call("reads_of_me", user.pk)
    names = dict(
        User.objects.filter(pk__in={row["reader_id"] for row in reads}).values_list("pk", "pseudonym")
    )
    return [
        {
            "at": row["at"],
            "by": names.get(row["reader_id"], "a program" if row["key_id"] else "somebody"),
            "what": row["what"],
            "outcome": row["outcome"],
        }
        for row in reads
    ]


def own_bookings(user: User, *, after: datetime | None = None) -> list[CounsellingSlot]:
    """The times she booked, soonest first; a withdrawn one says so. `after`: only from then on."""
    slots = [row["slot_id"] for row in call("own_bookings", user.pk)]
    found = CounsellingSlot.objects.filter(pk__in=slots)
    return list(found.filter(starts_at__gt=after) if after else found)


# Another's


def shared_check_ins(reader: User) -> list[dict[str, Any]]:
    """Check-ins their writers shared, for a wellbeing lead. Every person read is written down."""
    rows = call("shared_check_ins", reader.pk)
    names = dict(User.objects.filter(pk__in={row["user_id"] for row in rows}).values_list("pk", "pseudonym"))
    return [{**row, "who": names.get(row["user_id"], "somebody")} for row in rows]


def weeks_of_another(
    person_id: int | None, *, reader: User | None, key_id: int | None = None
) -> list[dict[str, Any]] | None:
    """Another person's weekly exposure, in centiunits; None when refused. Given or refused, it is written down.

    Given only to a wellbeing lead, and only where the person consented to be named. The caller must not be
    inside a transaction that a refusal takes back.
    """
    rows = call("weeks_of_another", reader.pk if reader else None, key_id, person_id)
    if not rows[0]["given"]:
        return None
    return [row for row in rows if row["week"] is not None]


# Help


def help_places(user: User) -> list[dict[str, Any]]:
    """Every place by country and language; those in her languages first, worldwide last."""
    found = list(HelpPlace.objects.select_related("verified_by"))
    groups: dict[tuple[str, str], list[HelpPlace]] = {}
    for place in found:
        groups.setdefault((place.country, place.language), []).append(place)
    mine = set(user.languages) - {"en"}
    order = sorted(groups, key=lambda key: (key[1] not in mine, key[0] == "", key))
    return [
        {"country": country, "language": language, "places": groups[country, language]}
        for country, language in order
    ]


def free_slots(at: datetime | None = None) -> list[CounsellingSlot]:
    """The next times that nobody has booked."""
    coming = list(
        CounsellingSlot.objects.filter(starts_at__gt=at or now(), withdrawn_at=None)[: SLOTS_SHOWN * 5]
    )
    taken = {row["slot_id"] for row in call("taken_slots", [slot.pk for slot in coming])}
    return [slot for slot in coming if slot.pk not in taken][:SLOTS_SHOWN]


def offered_slots() -> list[dict[str, Any]]:
    """What the wellbeing lead offers, with whether it is taken; never by whom."""
    coming = list(CounsellingSlot.objects.filter(starts_at__gt=now(), withdrawn_at=None))
    taken = {row["slot_id"] for row in call("taken_slots", [slot.pk for slot in coming])}
    return [{"slot": slot, "taken": slot.pk in taken} for slot in coming]


# For a study


def study_rows(reader: User) -> list[dict[str, Any]]:
    """Weeks of everybody who consented, under numbers drawn anew; nothing below five people. Written down for each."""
    return call("study_weeks", reader.pk)


def consented() -> int:
    return int(value("consented"))
