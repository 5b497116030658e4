"""What comes into a bank is compared with the items that are here already, as they would be if they came in now."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils.timezone import now

from apps.intake.models import Item
from apps.ledger.operations import record_many
from apps.matching.models import Entry, LookBack, Print, Signal
from apps.matching.operations.screening import match_anew
from apps.matching.prints import FARTHEST, words
from apps.matching.queries import prints_of

PRINTS_AT_ONCE = 5_000
ENTRIES_AT_ONCE = 20_000  # compared with them: more wait for the next look back
SCREENING = "SELECT pg_advisory_xact_lock(hashtext('matching.screening'))"
NUMBERED = "SELECT max(change) FROM (SELECT change FROM matching_entry WHERE change > %s ORDER BY change LIMIT %s) next"


def look_back() -> int:
    """Compare new entries with stored items, one stretch of fingerprints; how many matches that brought.

    Asked again by the tick until nothing is left. Each stretch and where it ended are one transaction: who is
    interrupted begins it again, and of two at once one passes over. An item matches an entry once
    (`match_once_per_item_and_entry`).
    """
    _begin()
    with transaction.atomic():
        look = (
            LookBack.objects.filter(done_at=None)
            .order_by("pk")
            .select_for_update(skip_locked=True, no_key=True)
            .first()
        )
        if look is None:
            return 0
        stretch = list(
            Print.objects.filter(pk__gt=look.at_print, pk__lte=look.upto_print)
            .order_by("pk")
            .values_list("pk", "item_id", "signal", "value")[:PRINTS_AT_ONCE]
        )
        entries = list(
            Entry.objects.filter(
                change__gt=look.after_change, change__lte=look.upto_change, purged_at=None, enabled=True
            ).values_list("pk", "signal", "value")
        )
        items = _near(stretch, entries)
        matched = _match(items, {pk for pk, *_ in entries}) if items else 0
        look.matched += matched
        look.at_print = stretch[-1][0] if len(stretch) == PRINTS_AT_ONCE and entries else look.upto_print
        look.done_at = now() if look.at_print == look.upto_print else None
        look.save(update_fields=["at_print", "matched", "done_at"])
        return matched


@transaction.atomic
def _begin() -> None:
    """Begin looking back for entries nobody looked back for. While nothing is screened: what comes in later meets them."""
    newest = Entry.objects.aggregate(last=Max("change"))["last"] or 0
    if newest <= _looked_upto():
        return
    with connection.cursor() as cursor:
        cursor.execute(SCREENING)
        before = _looked_upto()
        cursor.execute(NUMBERED, [before, ENTRIES_AT_ONCE])
        upto = cursor.fetchone()[0]
    if upto is not None:
        here = Print.objects.aggregate(first=Min("pk"), last=Max("pk"))
        first, last = (here["first"] or 1) - 1, here["last"] or 0
        LookBack.objects.create(
            after_change=before, upto_change=upto, after_print=first, at_print=first, upto_print=last
        )


def _looked_upto() -> int:
    last = LookBack.objects.order_by("-pk").first()
    return last.upto_change if last else 0


def _match(items: set[int], entries: set[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(SCREENING)
    found = list(Item.objects.filter(pk__in=items).order_by("pk"))
    events, matches = match_anew(found, prints_of(found), entries=entries)
    record_many(events)
    return matches


def _near(stretch: list[Any], entries: list[Any]) -> set[int]:
    """Items with a fingerprint near to one of these entries: proposed here, decided by the entry's row and its bank."""
    import numpy  # arrays are a worker's business

    from apps.matching.index import distances

    files = {value for _, signal, value in entries if signal == Signal.SHA256}
    items = {item for _, item, signal, value in stretch if signal == Signal.SHA256 and value in files}
    for kinds in ((Signal.TEXT,), (Signal.PDQ, Signal.FILM)):
        known = "".join(value for _, signal, value in entries if signal in kinds)
        mine = [(item, value) for _, item, signal, value in stretch if signal in kinds and value]
        if not known or not mine:
            continue
        owners = numpy.array([item for item, value in mine for _ in range(len(value) // 64)])
        hashes, asked = words("".join(value for _, value in mine)), words(known)
        if len(asked) <= len(hashes):
            near = numpy.zeros(len(hashes), dtype=bool)
            for one in asked:
                near |= distances(hashes, one) <= FARTHEST
        else:
            near = numpy.array([bool((distances(asked, one) <= FARTHEST).any()) for one in hashes])
        items |= set(owners[near].tolist())
    return items
