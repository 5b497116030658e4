from apps.decisions.queries import not_withdrawn
from apps.intake.operations import settle_reports
from apps.ledger.models import Event


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
