"""Which entries of banks a fingerprint is like: for a program that asks, and for nothing else. No media, no names."""

from dataclasses import dataclass

from apps.matching.errors import HashUnusable
from apps.matching.hashes import trouble_with_hash
from apps.matching.models import Bank, Entry, Signal
from apps.matching.prints import Likeness, alike
from apps.matching.queries import opinions_on

SHOWN_AT_MOST = 100
READ_AT_MOST = 1_000  # nearest ones, where a bank holds very many that are nearly the same


@dataclass(frozen=True)
class Alike:
    """An entry in use within its bank's distance of a fingerprint; `opinions`: how many hold what of it.

    `frame`: of the fingerprint asked about, which frame is the nearest, from 0.
    """

    entry: Entry
    bank: Bank
    distance: int
    share: float
    frame: int
    opinions: dict[str, int]


def entries_like(signal: str, value: str) -> tuple[list[Alike], bool]:
    """Entries in use that this fingerprint would match, nearest first, a hundred at most, and whether there are more.

    Every bank is asked, whatever its enabled ratio. Raises HashUnusable naming the field. Three queries and one for each
    index; the index of all entries is read when a process is first asked.
    """
    if trouble := trouble_with_hash(signal, value):
        raise HashUnusable(trouble[1], errors=[{"field": trouble[0], "reason": trouble[1]}])
    found: list[tuple[Entry, Likeness]] = []
    near = _near(signal, value)
    for entry in near:
        if not entry.live:
            continue
        if signal == Signal.SHA256:
            found.append((entry, Likeness(0)))
        elif (like := alike(value, entry.value, within=entry.bank.distance)) is not None:
            films = Signal.FILM in (signal, entry.signal)
            found.append((entry, like if films else Likeness(like.distance, frame=like.frame)))
    found.sort(key=lambda one: (one[1].distance, -one[1].share, one[0].pk))
    shown = found[:SHOWN_AT_MOST]
    voices = opinions_on([entry.pk for entry, _ in shown])
    alikes = [
        Alike(
            entry, entry.bank, like.distance, like.share, like.frame, dict(sorted(voices[entry.pk].items()))
        )
        for entry, like in shown
    ]
    return alikes, len(found) > SHOWN_AT_MOST or len(near) == READ_AT_MOST


def _near(signal: str, value: str) -> list[Entry]:
    """Entries the index proposes, or those of the very same file; their rows and banks decide."""
    live = Entry.objects.select_related("bank").filter(purged_at=None)
    if signal == Signal.SHA256:
        return list(live.filter(signal=Signal.SHA256, value=value)[:READ_AT_MOST])
    from apps.matching import lookup  # arrays are read only where somebody asks

    lookup.follow_entries()
    near = lookup.entries[lookup.kind(signal)].near(value)
    return list(live.filter(pk__in=sorted(near, key=lambda id: (near[id], id))[:READ_AT_MOST]))
