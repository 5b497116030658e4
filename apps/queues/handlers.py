from django.utils.dateparse import parse_datetime

from apps.ledger.models import Event
from apps.matching.queries import clusters_of
from apps.queues.operations import ask_again, fold, keep_judged, refresh_cases, release_prepared
from apps.queues.queries import in_no_case

JUDGED = ("decision.made", "decision.withdrawn")


def refresh(events: list[Event]) -> None:
    """Something came in about these items, or somebody is owed a review of them: open or update their cases, and look
    again at what is widely seen.

    Judgements are heard here too, so that one that was made before a count is known when the count is looked at.
    """
    keep_judged(event for event in events if event.kind in JUDGED)
    heard = [event for event in events if event.kind not in JUDGED and event.item_id is not None]
    asked = {
        event.item_id: parse_datetime(event.data["due_by"]) if event.data.get("due_by") else None
        for event in heard
        if event.kind == "review.asked" and event.item_id is not None
    }
    noticed = {
        event.item_id: parse_datetime(event.data["due_by"])
        for event in heard
        if event.kind == "law_notice.review_asked" and event.item_id is not None
    }
    if heard:
        items = {event.item_id for event in heard if event.item_id is not None}
        # What waited as the case of an item that is another one now waits on its own.
        if left := {event.data["cluster"] for event in heard if event.kind == "cluster.left"}:
            items |= set(in_no_case(left))
        refresh_cases(items, asked=asked, noticed=noticed)
    counted = [
        event.item_id for event in heard if event.kind == "views.counted" and event.item_id is not None
    ]
    if counted:
        ask_again(counted)


def prepared(events: list[Event]) -> None:
    """The media of these items are ready to be looked at, and no bank settles them."""
    release_prepared(event.item_id for event in events if event.item_id is not None)


def fold_near_duplicates(events: list[Event]) -> None:
    """Items are near-duplicates of others: one case for those in like context. Also when one that somebody held is back."""
    joined = {event.data["cluster"] for event in events if event.kind == "cluster.joined"}
    back = {event.item_id for event in events if event.kind == "case.returned" and event.item_id is not None}
    if clusters := joined | (set(clusters_of(back).values()) if back else set()):
        fold(clusters)
