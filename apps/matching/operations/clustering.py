"""Near-duplicates are put together, so that one decision can serve them all."""

from typing import Any

from django.db import transaction
from django.db.models import Window
from django.db.models.functions import RowNumber

from apps.intake.models import Item
from apps.ledger.operations import Entry as Event
from apps.ledger.operations import record, record_many
from apps.matching.models import Cluster, Member, Print, Signal
from apps.matching.prints import LETTERS_TO_CLUSTER, TEXT_TWINS_WITHIN, WHOLE_FILM, Likeness, alike
from apps.matching.queries import prints_of

CANDIDATES_AT_MOST = 20


def join(items: list[Item], prints: dict[int, list[Print]]) -> list[Event]:
    """Put each of these items into the cluster of the nearest item it is a near-duplicate of; the events of it.

    Each is compared with the first items of clusters and with items that stand alone, so that a cluster never drifts
    from member to member. An item that has become another since leaves its cluster. The caller holds the lock of screening.
    """
    from apps.matching import lookup  # arrays are a worker's business

    events = _leave(items)
    lookup.follow_prints()
    proposed = _proposed({item.pk: prints.get(item.pk, []) for item in items})
    batch = {item.pk for item in items}
    others = {id for ids in proposed.values() for id in ids} | batch
    placed, leads = {}, {}
    known = Member.objects.filter(item__in=others).values_list("item_id", "cluster_id", "cluster__lead")
    for item_id, cluster_id, lead_id in known:
        placed[item_id], leads[cluster_id] = cluster_id, lead_id
    placed |= {lead_id: cluster_id for cluster_id, lead_id in leads.items()}
    elsewhere = (others | set(leads.values())) - batch
    found = dict(prints)
    if elsewhere:
        found |= prints_of(Item.objects.filter(pk__in=elsewhere).only("pk", "revision"))
    members: list[Member] = []
    for item in items:
        if item.pk in placed:  # one of its own batch was put to it
            continue
        best: tuple[int, int, str] | None = None
        # Members speak for their cluster's first item: in a flood many of them are nearer than it is.
        for other in dict.fromkeys(leads.get(placed.get(id, 0), id) for id in proposed[item.pk]):
            if other not in found or other == item.pk:
                continue
            like = _twins(prints.get(item.pk, []), found[other])
            if like and (best is None or (like[0], other) < best[:2]):
                best = (like[0], other, like[1])
        if best is None:
            continue
        distance, lead, signal = best
        if lead not in placed:
            cluster, _ = Cluster.objects.get_or_create(lead_id=lead)
            revision = found[lead][0].revision
            members.append(
                Member(item_id=lead, cluster=cluster, revision=revision, signal=signal, distance=0)
            )
            placed[lead], leads[cluster.pk] = cluster.pk, lead
        cluster_id = placed[item.pk] = placed[lead]
        about = {"revision": item.revision, "signal": signal, "distance": distance}
        members.append(Member(item=item, cluster_id=cluster_id, **about))
        data = {"cluster": cluster_id, "lead": lead, "signal": signal, "distance": distance}
        events.append(Event("cluster.joined", item_id=item.pk, data=data))
    Member.objects.bulk_create(members)
    return events


def _leave(items: list[Item]) -> list[Event]:
    """Items whose content is another one now: out of their clusters. What was first in one leaves the place to the next
    member, whose content is still what the cluster is about; of a cluster without others nothing is decided any more."""
    events: list[Event] = []
    anew = [item for item in items if item.revision > 1]  # nothing else was looked at before
    if not anew:
        return events
    for member in Member.objects.filter(item__in=anew):
        events.append(Event("cluster.left", item_id=member.item_id, data={"cluster": member.cluster_id}))
        member.delete()
    for cluster in Cluster.objects.filter(lead__in=anew).order_by("pk").select_for_update(no_key=True):
        heir = Member.objects.filter(cluster=cluster).order_by("id").first()
        if heir is not None:
            cluster.lead_id = heir.item_id
        else:
            cluster.decision_id, cluster.decides = None, True
        cluster.save(update_fields=["lead", "decision_id", "decides"])
    return events


def _proposed(prints: dict[int, list[Print]]) -> dict[int, list[int]]:
    """For each item, those before it with a print near to one of its own; nearest first. Two queries, however many items.

    Prints are numbered in the order in which items are looked at: those that come later leave the places to those before.
    """
    from apps.matching import lookup  # arrays are a worker's business

    near: dict[int, dict[int, int]] = {}
    first = {item_id: min((one.pk for one in own), default=0) for item_id, own in prints.items()}
    files = _same_files({one.value for own in prints.values() for one in own if one.signal == Signal.SHA256})
    for item_id, own in prints.items():
        bits = near.setdefault(item_id, {})
        has_media = any(one.signal != Signal.TEXT for one in own)
        for one in own:
            if one.signal == Signal.SHA256:
                bits |= dict.fromkeys(files.get(one.value, ()), 0)
            elif one.signal != Signal.TEXT:
                bits |= lookup.prints["pdq"].near(one.value)
            elif not has_media and (one.quality or 0) >= LETTERS_TO_CLUSTER:
                bits |= lookup.prints["text"].near(one.value, TEXT_TWINS_WITHIN)
    closest = {
        item_id: sorted((id for id in bits if id < first[item_id]), key=lambda id: (bits[id], id))[
            : CANDIDATES_AT_MOST * 5
        ]
        for item_id, bits in near.items()
    }
    wanted = {id for ids in closest.values() for id in ids}
    owners = dict(Print.objects.filter(pk__in=wanted).values_list("pk", "item_id"))
    return {
        item_id: list(dict.fromkeys(owners[id] for id in ids if id in owners))[:CANDIDATES_AT_MOST]
        for item_id, ids in closest.items()
    }


def _same_files(values: set[str]) -> dict[str, list[int]]:
    """The oldest prints of each file: the first item of a cluster is among them."""
    if not values:
        return {}
    ranked = Print.objects.filter(signal=Signal.SHA256, value__in=values).annotate(
        nth=Window(RowNumber(), partition_by="value", order_by="id")
    )
    found: dict[str, list[int]] = {}
    for value, id in ranked.filter(nth__lte=CANDIDATES_AT_MOST).values_list("value", "id"):
        found.setdefault(value, []).append(id)
    return found


def _twins(one: list[Print], other: list[Print]) -> tuple[int, str] | None:
    """Whether two items are near-duplicates: all their media are, place by place; or, without media, their texts."""
    left, right = _media(one), _media(other)
    if not left and not right:
        texts = [
            next(
                (p.value for p in side if p.signal == Signal.TEXT and (p.quality or 0) >= LETTERS_TO_CLUSTER),
                "",
            )
            for side in (one, other)
        ]
        like = alike(*texts, within=TEXT_TWINS_WITHIN) if all(texts) else None
        return (like.distance, Signal.TEXT) if like else None
    if not left or left.keys() != right.keys():
        return None
    worst, signal = 0, str(Signal.SHA256)
    for place, mine in left.items():
        nearest = _nearest(mine, right[place])
        if nearest is None:
            return None
        if nearest[0] >= worst:
            worst, signal = nearest
    return worst, signal


def _media(prints: list[Print]) -> dict[int, dict[str, str]]:
    media: dict[int, dict[str, str]] = {}
    for one in prints:
        if one.signal != Signal.TEXT:
            media.setdefault(one.position, {})[one.signal] = one.value
    return media


def _nearest(mine: dict[str, str], theirs: dict[str, str]) -> tuple[int, str] | None:
    if mine.get(Signal.SHA256) and mine.get(Signal.SHA256) == theirs.get(Signal.SHA256):
        return 0, str(Signal.SHA256)
    for signal in (Signal.PDQ, Signal.FILM):
        if signal in mine and signal in theirs:
            like: Likeness | None = alike(mine[signal], theirs[signal])
            if like and (signal == Signal.PDQ or like.share >= WHOLE_FILM):
                return like.distance, str(signal)
    return None


@transaction.atomic
def cluster_decided(
    *, cluster_id: int, decision_id: int, outcome: str, actor_id: int | None, item_id: int
) -> None:
    """Note the decision that the members of a cluster share from now on; records `cluster.decided`."""
    cluster = Cluster.objects.select_for_update(no_key=True).get(pk=cluster_id)
    if cluster.decision_id is not None and cluster.decision_id >= decision_id:
        return
    cluster.decision_id, cluster.decides = decision_id, True
    cluster.save(update_fields=["decision_id", "decides"])
    data: dict[str, Any] = {"cluster": cluster_id, "decision": decision_id, "outcome": outcome}
    record("cluster.decided", actor=actor_id, item=item_id, **data)


@transaction.atomic
def ask_about(*, item_ids: list[int], rules: list[str], decision_id: int) -> None:
    """A near-duplicate was decided, and the context of these differs: a person is asked about each of them."""
    Member.objects.filter(item__in=item_ids).update(asked=rules)
    record_many(
        [
            Event("cluster.context_differs", item_id=item_id, data={"decision": decision_id, "rules": rules})
            for item_id in item_ids
        ]
    )


@transaction.atomic
def cluster_undecided(*, cluster_id: int, actor_id: int) -> None:
    """What was decided for a cluster was reversed: who joins it is looked at again."""
    cluster = Cluster.objects.select_for_update(no_key=True).get(pk=cluster_id)
    cluster.decides = False
    cluster.save(update_fields=["decides"])
    record("cluster.undecided", actor=actor_id, item=cluster.lead_id, cluster=cluster_id)
