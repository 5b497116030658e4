"""An item is fingerprinted and compared with every bank, before anybody is shown it."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count
from django.utils.timezone import now

from apps.intake.models import Item, Kind
from apps.ledger.operations import Entry as Event
from apps.ledger.operations import record_many
from apps.matching.draws import drawn
from apps.matching.models import Entry, Match, Print, Says, Signal, facts_of
from apps.matching.operations.clustering import join
from apps.matching.operations.printing import media_of, take_prints
from apps.matching.prints import WHOLE_FILM, alike
from apps.matching.queries import ONLY_PART

FLOOD_WITHIN = timedelta(hours=1)
VERDICTS = (Match.Verdict.AUTO, Match.Verdict.HELD, Match.Verdict.PERSON, Match.Verdict.NOTED)


@dataclass(frozen=True)
class Found:
    """An entry near to one of an item's prints. Bits of 256; the share of a film's frames; which of them is the nearest."""

    entry: Entry
    print: Print
    distance: int
    share: float
    frame: int = 0

    @property
    def at_ms(self) -> int | None:
        """When the nearest frame is shown, in milliseconds from the film's beginning; None where that is not known."""
        return self.print.offsets[self.frame] if self.print.offsets else None


@transaction.atomic
def screen(item_ids: Iterable[int]) -> None:
    """Fingerprint these items, match them against the banks and put near-duplicates together.

    Of each item at its present revision, once: what was screened already is passed over. One transaction at a time does
    this, so that of two near-duplicates that come in together one sees the other. Records `item.matched` with the
    verdict, `cluster.joined`, and `item.screened` for items with media unless the match is to be acted on without anyone
    looking.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('matching.screening'))")
    ids = sorted(set(item_ids))
    items = list(Item.objects.filter(pk__in=ids).exclude(kind=Kind.ACCOUNT).order_by("pk"))
    known = set(Print.objects.filter(item__in=ids).values_list("item_id", "revision"))
    fresh = [item for item in items if (item.pk, item.revision) not in known]
    media = media_of(items)
    prints = take_prints(fresh, media)
    events = _match(fresh, prints)
    acted = {event.item_id for event in events if event.data.get("verdict") == Match.Verdict.AUTO}
    events += join(fresh, prints)
    events += [
        Event("item.screened", item_id=item.pk, data={"revision": item.revision})
        for item in items
        if media.get(item.pk) and item.pk not in acted
    ]
    record_many(events)


def match_anew(
    items: list[Item], prints: dict[int, list[Print]], *, entries: Collection[int]
) -> tuple[list[Event], int]:
    """Match items that are here already with these entries, as if they came in now; (events to record, matches).

    What matched before stays as it is, and counts in what follows for the item. The caller holds the lock of screening.
    """
    before: dict[int, list[Match]] = {}
    revisions = {item.pk: item.revision for item in items}
    for match in Match.objects.filter(item__in=revisions):
        if match.revision == revisions[match.item_id]:
            before.setdefault(match.item_id, []).append(match)
    known = {(match.item_id, match.entry_id) for many in before.values() for match in many}
    found = {
        item: [one for one in many if one.entry.pk in entries and (item, one.entry.pk) not in known]
        for item, many in _found(prints).items()
    }
    return _matched_with(items, {item: many for item, many in found.items() if many}, before)


def _match(items: list[Item], prints: dict[int, list[Print]]) -> list[Event]:
    return _matched_with(items, _found(prints), {})[0]


def _matched_with(
    items: list[Item], found: dict[int, list[Found]], before: dict[int, list[Match]]
) -> tuple[list[Event], int]:
    wanted = {one.entry.pk for many in found.values() for one in many}
    recent: Counter[int] = Counter(
        dict(
            Match.objects.filter(entry__in=wanted, at__gt=now() - FLOOD_WITHIN)
            .values_list("entry_id")
            .annotate(n=Count("id"))
        )
    )
    events: list[Event] = []
    matches: list[Match] = []
    for item in items:
        for one in found.get(item.pk, ()):
            recent[one.entry.pk] += 1
            events += _hold_back_a_flood(one.entry, recent[one.entry.pk])
    # Judged once all are counted: where a flood shows itself, those before it in the same batch wait as well.
    for item in items:
        matches += [_judged(item, one) for one in found.get(item.pk, ())]
    Match.objects.bulk_create(matches)
    by_item: dict[int, list[Match]] = {}
    for match in matches:
        by_item.setdefault(match.item_id, []).append(match)
    told = [_matched(item_id, theirs, before.get(item_id, [])) for item_id, theirs in by_item.items()]
    return events + told, len(matches)


def _found(prints: dict[int, list[Print]]) -> dict[int, list[Found]]:
    """Per item, of each entry its nearest print. Whatever the index proposes, the entry's row and bank decide."""
    from apps.matching import lookup  # arrays are a worker's business

    lookup.follow_entries()
    files = {one.value for many in prints.values() for one in many if one.signal == Signal.SHA256}
    same = Entry.objects.filter(signal=Signal.SHA256, value__in=files, purged_at=None) if files else []
    by_file: dict[str, list[int]] = {}
    for one_file in same:
        by_file.setdefault(one_file.value, []).append(one_file.pk)
    near: list[tuple[Print, int]] = []
    for many in prints.values():
        for one in many:
            if one.signal == Signal.SHA256:
                near += [(one, id) for id in by_file.get(one.value, ())]
            else:
                near += [(one, id) for id in lookup.entries[lookup.kind(one.signal)].near(one.value)]
    entries = Entry.objects.select_related("bank").in_bulk({id for _, id in near})
    found: dict[int, dict[int, Found]] = {}
    for one, id in near:
        entry = entries.get(id)
        if entry is None or not entry.live or not _compared(entry, one.item_id):
            continue
        if one.signal == Signal.SHA256:
            likeness = Found(entry, one, 0, 1.0)
        elif (like := alike(one.value, entry.value, within=entry.bank.distance)) is not None:
            # A picture is itself with or without the bars around it; a film is all of its frames.
            share = like.share if Signal.FILM in (one.signal, entry.signal) else 1.0
            likeness = Found(entry, one, like.distance, share, like.frame)
        else:
            continue
        theirs = found.setdefault(one.item_id, {})
        before = theirs.get(id)
        if before is None or (likeness.share, -likeness.distance) > (before.share, -before.distance):
            theirs[id] = likeness
    return {item_id: list(theirs.values()) for item_id, theirs in found.items()}


def _compared(entry: Entry, item_id: int) -> bool:
    return drawn("enabled", entry.bank_id, item_id) < entry.bank.enabled_ratio


def _hold_back_a_flood(entry: Entry, matches: int) -> list[Event]:
    """An entry that suddenly matches very much is held back, and somebody is asked."""
    since = entry.flood_from
    if (
        entry.held_at is not None
        or matches <= entry.bank.flood_at
        or (since and since > now() - FLOOD_WITHIN)
    ):
        return []
    entry.held_at = now()
    entry.save(update_fields=["held_at"])
    return [
        Event("entry.held_back", data={"entry": entry.pk, "bank": entry.bank_id, "within_an_hour": matches})
    ]


def _judged(item: Item, found: Found) -> Match:
    verdict, because = verdict_on(found.entry, share=found.share, same_kind=_same_kind(found))
    return Match(
        item=item,
        revision=item.revision,
        entry=found.entry,
        signal=found.entry.signal,
        distance=found.distance,
        share=found.share,
        quality=found.print.quality,
        at_ms=found.at_ms,
        opinion=found.entry.opinion,
        bank_revision=found.entry.bank.revision,
        verdict=verdict,
        because=because,
    )


def _same_kind(found: Found) -> bool:
    """A frame that looks like a picture says less than a picture does: somebody looks."""
    return found.entry.signal == found.print.signal


def verdict_on(entry: Entry, *, share: float = 1.0, same_kind: bool = True) -> tuple[str, str]:
    """What follows from a match with an entry as it is now, and why."""
    if entry.opinion == Says.NEGATIVE:
        return Match.Verdict.NOTED, "found not to belong in the bank"
    if entry.opinion == Says.DISPUTED:
        return Match.Verdict.PERSON, "the entry is disputed"
    if entry.opinion == Says.SEED:
        return Match.Verdict.PERSON, "to be looked into"
    if not same_kind or share < WHOLE_FILM:
        return Match.Verdict.PERSON, ONLY_PART
    if entry.held_at is not None:
        return Match.Verdict.HELD, "very many matches at once"
    if entry.bank.verified_at is None:
        return Match.Verdict.PERSON, "the bank is not verified"
    if not entry.bank.actions:
        return Match.Verdict.PERSON, "the bank asks for no action"
    return Match.Verdict.AUTO, "verified and undisputed"


def verdict_of(matches: list[Match]) -> str:
    """What follows for an item from all its matches: a dispute anywhere asks for a person."""
    verdicts = {match.verdict for match in matches}
    if any(match.opinion == Says.DISPUTED for match in matches):
        return Match.Verdict.PERSON
    return next(verdict for verdict in VERDICTS if verdict in verdicts)


def _matched(item_id: int, matches: list[Match], before: list[Match]) -> Event:
    verdict = verdict_of([*before, *matches])
    if verdict not in {match.verdict for match in matches}:
        verdict = Match.Verdict.PERSON if before else verdict
    nearest = min(
        (match for match in matches if match.verdict == verdict or verdict == Match.Verdict.PERSON),
        key=lambda match: (match.distance, match.pk),
    )
    data = {
        **facts_of(nearest),
        "revision": nearest.revision,
        "entries": sorted(match.entry_id for match in matches),
        "verdict": verdict,
    }
    return Event("item.matched", item_id=item_id, data=data)


@transaction.atomic
def leave_to_a_person(*, match_ids: Iterable[int], because: str) -> None:
    """What was to be decided automatically, or held back, is left to a person after all; says so as a match anew."""
    left = list(
        Match.objects.select_related("entry")
        .filter(pk__in=list(match_ids), verdict__in=[Match.Verdict.AUTO, Match.Verdict.HELD])
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    Match.objects.filter(pk__in=[match.pk for match in left]).update(
        verdict=Match.Verdict.PERSON, because=because[:80]
    )
    events = [
        Event(
            "item.matched",
            item_id=match.item_id,
            data={
                **facts_of(match),
                "revision": match.revision,
                "entries": [match.entry_id],
                "verdict": Match.Verdict.PERSON,
                "because": because,
            },
        )
        for match in left
    ]
    screened = [
        Event("item.screened", item_id=item_id, data={"revision": revision})
        for item_id, revision in sorted({(match.item_id, match.revision) for match in left})
    ]
    record_many(events + screened)


def hold_back(*, match_ids: Iterable[int]) -> None:
    """What was to be decided automatically waits with the rest of a flood. The caller is in a transaction."""
    Match.objects.filter(pk__in=list(match_ids), verdict=Match.Verdict.AUTO).update(
        verdict=Match.Verdict.HELD, because="very many matches at once"
    )
