from apps.decisions.queries import not_withdrawn
from apps.intake.operations import settle_reports
from apps.ledger.models import Event


def credit_reporters(events: list[Event]) -> None:
    """Whether a report was upheld becomes known once its decision can no longer be taken back.

    A held or unsure decision says nothing yet: the second person's will.
    """
    final = {
        event.data["decision"]: event
        for event in events
        if not event.data["held"] and event.data["outcome"] != "unsure" and event.item_id is not None
    }
    for decision_id in sorted(not_withdrawn(final)):
        event = final[decision_id]
        settle_reports(event.item_id or 0, upheld=event.data["outcome"] == "violates")
