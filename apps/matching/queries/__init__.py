"""The questions others ask of matching: which cluster, which matches, how contexts differ."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now

from apps.accounts.models import MachineKey, User
from apps.intake.models import Item
from apps.matching.models import (
    Bank,
    Cluster,
    Entry,
    Exchange,
    LookBack,
    Match,
    Member,
    Opinion,
    OwedOpinion,
    Print,
    Says,
    Signal,
)  # fmt: skip
from apps.matching.prints import BITS, WHOLE_FILM
from apps.statements import among

CONTEXT = ("author", "language", "caption")  # what may not differ; MATCHING_CONTEXT sets fewer
SAME_CAPTION_WITHIN = 8  # bits
MEMBERS_SHOWN = 50
PAGE = 50
ONLY_PART = "only part of it is alike"
MEMBERS = "SELECT item_id, cluster_id FROM matching_member WHERE "


def prints_of(items: Iterable[Item]) -> dict[int, list[Print]]:
    """The fingerprints of items at their present revision."""
    revisions = {item.pk: item.revision for item in items}
    found: dict[int, list[Print]] = {}
    for one in Print.objects.filter(item__in=revisions).order_by("item", "position", "id"):
        if one.revision == revisions[one.item_id]:
            found.setdefault(one.item_id, []).append(one)
    return found


def prints_at(places: Iterable[tuple[int, int, str]]) -> dict[tuple[int, int, str], str]:
    """The first fingerprint of each (item, revision, kind), as hexadecimal digits. One query."""
    wanted = set(places)
    rows = Print.objects.filter(item__in={item for item, _, _ in wanted}).order_by("-position")
    return {(one.item_id, one.revision, one.signal): one.value for one in rows}


def clusters_of(item_ids: Iterable[int]) -> dict[int, int]:
    """Item id → cluster id, of those that are in one; an item that stands alone is absent. One query."""
    asked = list(item_ids)
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS + among("item_id", asked))
        found: dict[int, int] = dict(cursor.fetchall())
    return {item: found[item] for item in found.keys() & set(asked)} if found else {}


def revisions_in_clusters(item_ids: Iterable[int]) -> dict[int, int]:
    """Item id → the revision at which it was put into its cluster, of those that are in one. One query."""
    return dict(Member.objects.filter(item__in=list(item_ids)).values_list("item_id", "revision"))


ALIKE_WITHIN = (
    64  # bits: two hashes of different pictures differ in about 128, and hardly ever in fewer than this
)


def nearest_hashes(item_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Item id → the nearest fingerprint of a bank in use that did not match it: bits, threshold and bank.

    Items that matched, and items with nothing within 64 bits, are absent. Compares each print with every entry: for
    the few items of which somebody asks why they were missed. Three queries.
    """
    from apps.matching import lookup  # arrays are a worker's business

    items = Item.objects.filter(pk__in=list(item_ids)).only("pk", "revision")
    prints = prints_of(items)
    lookup.follow_entries()
    near: dict[int, tuple[int, int]] = {}
    for item_id, rows in prints.items():
        for row in rows:
            if row.signal == Signal.SHA256:
                continue
            found = lookup.entries[lookup.kind(row.signal)].nearest(row.value)
            if found and found[1] <= ALIKE_WITHIN and found[1] < near.get(item_id, (0, BITS))[1]:
                near[item_id] = found
    entries = Entry.objects.filter(enabled=True, purged_at=None, bank__enabled_ratio__gt=0)
    known = entries.select_related("bank").in_bulk([entry for entry, _ in near.values()])
    return {
        item_id: {"bits": bits, "threshold": known[entry].bank.distance, "bank": known[entry].bank.name}
        for item_id, (entry, bits) in near.items()
        if entry in known and bits > known[entry].bank.distance
    }


def members_of(cluster_id: int, *, limit: int = 1_000) -> list[int]:
    """The items of a cluster, its first one first."""
    return list(
        Member.objects.filter(cluster=cluster_id).order_by("id").values_list("item_id", flat=True)[:limit]
    )


def members_left_to_people(cluster_ids: Iterable[int]) -> list[int]:
    """The items of clusters, but for those that a match with a bank decides. One query."""
    by_machine = Match.objects.filter(
        item=OuterRef("item"), revision=OuterRef("item__revision"), verdict=Match.Verdict.AUTO
    )
    members = Member.objects.filter(~Exists(by_machine), cluster__in=list(cluster_ids))
    return list(members.order_by("id").values_list("item_id", flat=True))


def decided_clusters(cluster_ids: Iterable[int]) -> dict[int, int]:
    """Cluster id → the decision its members share, of those that have one."""
    found = Cluster.objects.filter(pk__in=list(cluster_ids), decision_id__isnull=False, decides=True)
    return {id: decision for id, decision in found.values_list("pk", "decision_id") if decision is not None}


def leads_without_decision(cluster_ids: Iterable[int]) -> dict[int, int]:
    """Cluster id → its first item, of the clusters for which nothing was ever decided."""
    return dict(
        Cluster.objects.filter(pk__in=list(cluster_ids), decision_id=None).values_list("pk", "lead_id")
    )


def differences(lead: Item, members: Iterable[Item]) -> dict[int, set[str]]:
    """In what each member's context differs from the lead's: author, language, caption (the text beside media).

    Only what the house counts as context (MATCHING_CONTEXT). Texts are compared by fingerprint; a caption too short
    for one is compared with others as none.
    """
    counted = set(getattr(settings, "MATCHING_CONTEXT", CONTEXT))
    others = list(members)
    prints = prints_of([lead, *others])
    mine = _caption(prints.get(lead.pk, []))
    found: dict[int, set[str]] = {}
    for other in others:
        differs = set()
        if other.author_id is None or other.author_id != lead.author_id:
            differs.add("author")
        if other.language != lead.language:
            differs.add("language")
        theirs = _caption(prints.get(other.pk, []))
        if (mine or theirs) and not (mine and theirs and _bits(mine, theirs) <= SAME_CAPTION_WITHIN):
            differs.add("caption")
        found[other.pk] = differs & counted
    return found


def _caption(prints: list[Print]) -> str:
    return next((one.value for one in prints if one.signal == Signal.TEXT), "")


def _bits(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def matched_rules(item_ids: Iterable[int]) -> dict[int, list[str]]:
    """The rules under which a person is asked about these items, by matches of their present
    revision, or because a near-duplicate was decided and their context differs. Two queries."""
    ids = list(item_ids)
    rows = Match.objects.filter(item__in=ids, verdict=Match.Verdict.PERSON).values_list(
        "item_id", "entry__bank__rule_code", "revision", "item__revision"
    )
    found: dict[int, set[str]] = {}
    for item_id, code, revision, present in rows:
        if revision == present:
            found.setdefault(item_id, set()).add(code)
    asked = Member.objects.filter(item__in=ids).exclude(asked=[]).values_list("item_id", "asked")
    for item_id, codes in asked:
        found.setdefault(item_id, set()).update(codes)
    return {item_id: sorted(codes) for item_id, codes in found.items()}


def matches_of(item: Item, *, limit: int = 12) -> list[dict[str, Any]]:
    """What the banks know of an item, for whoever is to judge it: numbers, opinions and reasons, never media."""
    matches = list(
        Match.objects.filter(item=item, revision=item.revision).select_related("entry__bank")[:limit]
    )
    voices = opinions_on([match.entry_id for match in matches])
    before = _seen_before([match.entry_id for match in matches], item)
    return [
        {
            "match": match,
            "entry": match.entry,
            "bank": match.entry.bank,
            "signal": match.get_signal_display(),
            "opinions": sorted(voices[match.entry_id].items()),
            "seen": before.get(match.entry_id, 0),
            "verdict": match.get_verdict_display(),
        }
        for match in matches
    ]


def opinions_on(entry_ids: Iterable[int]) -> dict[int, Counter[str]]:
    """How many hold what of each entry, its source among them; nobody is named."""
    ids = list(entry_ids)
    voices: dict[int, Counter[str]] = {id: Counter() for id in ids}
    for id, says in Entry.objects.filter(pk__in=ids).values_list("pk", "source_says"):
        voices[id][says] += 1
    for id, says in Opinion.objects.filter(entry__in=ids, withdrawn_at=None).values_list("entry_id", "says"):
        voices[id][says] += 1
    return voices


def opinions_of(entry: Entry, *, limit: int = 50) -> list[tuple[Opinion, str]]:
    """What is held of an entry here, newest first, each with who holds it: a pseudonym, or the name of a program's key."""
    said = list(entry.opinions.select_related("person")[:limit])
    programs = MachineKey.objects.in_bulk({one.key_id for one in said if one.key_id})
    return [
        (one, one.person.pseudonym if one.person else programs[one.key_id].name if one.key_id else "")
        for one in said
    ]


def opinion_by(person: User, entry: Entry) -> Opinion | None:
    """What a person holds of an entry now, if anything."""
    return entry.opinions.filter(person=person, withdrawn_at=None).first()


def added_by(entry: Entry) -> str:
    """Who added an entry: a pseudonym, the name of a program's key, or '' for a file or an exchange."""
    if entry.added_by is not None:
        return entry.added_by.pseudonym
    program = MachineKey.objects.filter(pk=entry.key_id).first() if entry.key_id else None
    return program.name if program else ""


def _seen_before(entry_ids: list[int], item: Item) -> Counter[int]:
    seen: Counter[int] = Counter()
    for entry_id in entry_ids:
        others = Match.objects.filter(entry=entry_id).exclude(item=item)
        seen[entry_id] = len(others.values_list("id")[:100])
    return seen


def items_like(entry_ids: Iterable[int], *, but: int, limit: int = 20) -> list[int]:
    """Other items that matched any of these entries, newest first."""
    found = Match.objects.filter(entry__in=list(entry_ids)).exclude(item=but).order_by("-id")
    return list(dict.fromkeys(found.values_list("item_id", flat=True)[:limit]))


def cluster_of(item: Item) -> dict[str, Any] | None:
    """The cluster an item is in, with how far its members' contexts are from its own; None when it stands alone."""
    member = Member.objects.filter(item=item).select_related("cluster").first()
    if member is None:
        return None
    ids = members_of(member.cluster_id, limit=MEMBERS_SHOWN + 1)
    others = Item.objects.filter(pk__in=[id for id in ids if id != item.pk])
    differ = differences(item, others)
    tally = Counter(word for words in differ.values() for word in words)
    return {
        "cluster": member.cluster,
        "others": len(differ),
        "more": len(ids) > MEMBERS_SHOWN,
        "same": sum(not words for words in differ.values()),
        "tally": [{"what": word, "n": n} for word, n in sorted(tally.items())],
        "distance": member.distance,
        "signal": member.get_signal_display(),
    }


def banks() -> QuerySet[Bank]:
    return Bank.objects.select_related("created_by", "verified_by")


def entries_page(bank: Bank, *, after: int = 0, only: str = "") -> tuple[list[Entry], int]:
    """One page of a bank's entries, newest first, and the id to go on from (0: that is all)."""
    found = Entry.objects.filter(bank=bank).order_by("-id")
    if after:
        found = found.filter(id__lt=after)
    if only in Says.values:
        found = found.filter(opinion=only)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else 0


def looking_back() -> LookBack | None:
    """What is being compared with the items that were here before it; None when nothing is."""
    return LookBack.objects.filter(done_at=None).order_by("pk").first()


def owed_to(exchange: Exchange, *, limit: int = 20) -> list[OwedOpinion]:
    """What is owed to an exchange, or was, newest first."""
    return list(OwedOpinion.objects.filter(exchange=exchange).order_by("-id")[:limit])


def held_back() -> list[Entry]:
    """Entries that are held back because they suddenly matched very much, longest first."""
    return list(Entry.objects.filter(held_at__isnull=False).select_related("bank").order_by("held_at")[:PAGE])


def matches_held(entry: Entry) -> int:
    """How many matches wait for the answer; counted to a thousand."""
    return len(Match.objects.filter(entry=entry, verdict=Match.Verdict.HELD).values_list("id")[:1_000])


def latest_matches(entry: Entry, *, limit: int = 20) -> list[Match]:
    return list(Match.objects.filter(entry=entry).select_related("item").order_by("-id")[:limit])


def still_automatic(match_id: int) -> Match | None:
    """The match, if what it rests on still stands at this moment: its entry is locked against being disputed meanwhile.

    Call it in the transaction that decides, after the item's lock.
    """
    match = (
        Match.objects.select_related("entry__bank").filter(pk=match_id, verdict=Match.Verdict.AUTO).first()
    )
    if match is None:
        return None
    entry = Entry.objects.select_for_update(no_key=True, of=("self",)).get(pk=match.entry_id)
    stands = entry.live and entry.held_at is None and entry.opinion == Says.POSITIVE
    disputed = Match.objects.filter(
        Q(entry__opinion=Says.DISPUTED), item=match.item_id, revision=match.revision, entry__enabled=True
    )
    if not stands or match.entry.bank.verified_at is None or disputed.exists():
        return None
    match.entry.opinion = entry.opinion
    return match


def stale(exchange: Any, *, days: int = 85) -> bool:
    """Whether an exchange was not read for so long that its deletions may have been missed (they expire after 90 days)."""
    return exchange.fetched_at is not None and (now() - exchange.fetched_at).days >= days


def judged_entries(items: Mapping[int, int]) -> dict[int, list[tuple[int, str]]]:
    """Per item at a revision: (entry, rule of its bank) of whole matches a person was to judge. One query.

    Of these her decision says something; a likeness of parts alone says nothing about the entry.
    """
    found = Match.objects.filter(
        item__in=items, verdict__in=[Match.Verdict.PERSON, Match.Verdict.HELD], share__gte=WHOLE_FILM
    ).exclude(because=ONLY_PART)
    judged: dict[int, list[tuple[int, str]]] = {}
    for item, revision, entry, rule in found.values_list(
        "item_id", "revision", "entry_id", "entry__bank__rule_code"
    ):
        if items[item] == revision:
            judged.setdefault(item, []).append((entry, rule))
    return judged
