"""An entry that was held back: somebody has looked, and says whether it goes on."""

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import Entry as Event
from apps.ledger.operations import record, record_many
from apps.matching.errors import NotHeldBack
from apps.matching.models import Entry, Match, Says, facts_of
from apps.matching.operations.opining import opine
from apps.matching.operations.screening import leave_to_a_person, verdict_on


@transaction.atomic
def answer_flood(*, actor: User, entry_id: int, goes_on: bool, why: str) -> int:
    """Let what was held back be decided as usual, or dispute the entry and leave it all to people; how many matches.

    It is not held back again for an hour. Raises NotHeldBack when somebody has answered already, HashUnusable without
    a reason.
    """
    entry = Entry.objects.select_for_update(no_key=True, of=("self",)).select_related("bank").get(pk=entry_id)
    if entry.held_at is None:
        raise NotHeldBack
    opine(actor=actor, entry_id=entry_id, says=Says.POSITIVE if goes_on else Says.NEGATIVE, why=why)
    Entry.objects.filter(pk=entry_id).update(held_at=None, flood_from=now() if goes_on else None)
    entry.refresh_from_db()
    held = list(
        Match.objects.filter(entry=entry, verdict=Match.Verdict.HELD).order_by("pk").select_for_update()
    )
    verdict, because = verdict_on(entry)
    if goes_on and verdict == Match.Verdict.AUTO:
        Match.objects.filter(pk__in=[match.pk for match in held]).update(verdict=verdict, because=because)
        record_many(
            [
                Event(
                    "item.matched",
                    item_id=match.item_id,
                    data={
                        **facts_of(match),
                        "revision": match.revision,
                        "entries": [entry.pk],
                        "verdict": verdict,
                    },
                )
                for match in held
            ]
        )
    else:
        leave_to_a_person(
            match_ids=[match.pk for match in held], because=because or "held back, then disputed"
        )
    record(
        "entry.flood_answered",
        actor=actor,
        bank=entry.bank_id,
        entry=entry.pk,
        goes_on=goes_on,
        held=len(held),
    )
    return len(held)
