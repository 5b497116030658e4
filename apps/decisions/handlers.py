from apps.decisions.operations import act_on_match, carry, carry_to_new, reverse_members, settle_cluster
from apps.decisions.operations.unattended import lock_items
from apps.decisions.queries import not_withdrawn
from apps.decisions.verdict import upholds
from apps.guidelines.queries import in_force
from apps.intake.operations import settle_reports
from apps.ledger.models import Event
from apps.matching.operations import opine_by_decision, withdraw_of_decision
from apps.matching.queries import clusters_of, judged_entries


def credit_reporters(events: list[Event]) -> None:
    """Whether a report was upheld becomes known once its decision can no longer be taken back.

    A held or unsure decision says nothing yet: the second person's will. One that measures never does.
    """
    final = {
        event.data["decision"]: event
        for event in events
        if not event.data["held"]
        and not event.data.get("measures")
        and event.data["outcome"] != "unsure"
        and event.item_id is not None
    }
    # In the order of the decisions, so that the last one on an item is the one that counts.
    settle_reports(
        {
            final[decision].item_id or 0: final[decision].data["outcome"] == "violates"
            for decision in sorted(not_withdrawn(final))
        }
    )


def act_on_matches(events: list[Event]) -> None:
    """Items match verified banks: decided without anybody seeing them, or left to a person for a reason."""
    matched = [event for event in events if event.data["verdict"] == "auto" and event.item_id is not None]
    lock_items(event.item_id or 0 for event in matched)
    for event in matched:
        act_on_match(event.data["match"])


def settle_clusters(events: list[Event]) -> None:
    """Decisions of people that can no longer be taken back: near-duplicates are decided so."""
    made = {event.data["decision"]: event.item_id or 0 for event in events if _settles(event)}
    clustered = clusters_of(made.values())
    for decision in sorted(not_withdrawn(id for id, item in made.items() if item in clustered)):
        settle_cluster(decision)


def carry_on(events: list[Event]) -> None:
    """A cluster was decided, or there are more members to carry it to."""
    for event in events:
        data = event.data
        carry(cluster_id=data["cluster"], decision_id=data["decision"], after=data.get("after", 0))


def carry_to_newcomers(events: list[Event]) -> None:
    """Items joined clusters, some of which are decided."""
    carry_to_new([event.item_id for event in events if event.item_id is not None])


def reverse_sets(events: list[Event]) -> None:
    for event in events:
        reverse_members(set_id=event.data["set"], after=event.data["after"])


def tell_banks(events: list[Event]) -> None:
    """A person decided an item that matches: at once she confirms or disputes the entries; taking it back, neither."""
    judged = judged_entries(
        {event.item_id or 0: event.data.get("revision", 0) for event in events if _settles(event)}
    )
    for event in events:
        if event.kind == "decision.withdrawn":
            withdraw_of_decision([event.data["withdrawn"]])
            continue
        for entry, rule in judged.get(event.item_id or 0, ()) if _settles(event) else ():
            upheld = upholds(event.data["outcome"], event.data["rules"], rule, in_force())
            if upheld is not None:
                opine_by_decision(
                    person_id=event.actor_id or 0,
                    entry_ids=[entry],
                    upheld=upheld,
                    decision_id=event.data["decision"],
                    item_id=event.item_id or 0,
                )


def _settles(event: Event) -> bool:
    """A person's decision that is neither held nor unsure."""
    data = event.data
    by_a_person = (
        event.kind == "decision.made" and data.get("origin") == "human" and event.actor_id is not None
    )
    return by_a_person and not data["held"] and data["outcome"] != "unsure"
