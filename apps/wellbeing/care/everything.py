"""Everything that is kept about a person for her wellbeing, for her to read elsewhere."""

from typing import Any

from apps.accounts.models import User
from apps.ledger.models import Event
from apps.wellbeing.care.queries import (
    own_bookings,
    own_check_ins,
    own_consents,
    own_notes,
    own_week_sums,
    reads_of,
)
from apps.wellbeing.care.questions import QUESTIONS
from apps.wellbeing.screen import own_rows
from apps.wellbeing.veil.ladder import NAMES, STEPS
from apps.wellbeing.veil.queries import own_veils


def everything(user: User) -> dict[str, Any]:
    """Her account of exposure, limits, shifts and breaks; veils, check-ins, notes, bookings, consents; the private
    events she caused; and who asked for any of it. Units are exposure units; times ISO 8601."""
    rows = own_rows(user)
    names = next(rows)
    return {
        "person": user.pseudonym,
        "account": [dict(zip(names, row, strict=True)) for row in rows],
        "weeks_older_than_90_days": [{**row, "units": row["units"] / 100} for row in own_week_sums(user)],
        "veils": [
            {
                "kind": veil.kind,
                "exposure": veil.exposure,
                "changed_at": veil.changed_at,
                **{name: STEPS[name][1][getattr(veil, name)] for name in NAMES},
            }
            for veil in own_veils(user)
        ],
        "check_ins": [
            {
                "week": one["week"],
                "said": dict(zip(QUESTIONS, one["answers"], strict=True)),
                "shared_at": one["shared_at"],
            }
            for one in own_check_ins(user)
        ],
        "notes": [
            {name: note[name] for name in ("at", "mine", "other", "words")} for note in own_notes(user)
        ],
        "bookings": [
            {"starts_at": slot.starts_at, "minutes": slot.minutes, "place": slot.place}
            for slot in own_bookings(user)
        ],
        "consents": list(own_consents(user).values()),
        "asked_for_by_others": reads_of(user),
        "private_events": [
            {"at": event.occurred_at, "what": event.kind, "case": event.case_id, **event.data}
            for event in Event.objects.filter(actor_id=user.pk, private=True).order_by("id").iterator()
        ],
    }
