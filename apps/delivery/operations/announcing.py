"""Who must be told of what: one message for each endpoint that wants to hear of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from apps.authority.models import ContestLetter, Ending
from apps.decisions.models import Decision, Enforcement
from apps.decisions.queries import not_withdrawn, superseded_by
from apps.delivery import payloads
from apps.delivery.models import Delivery, Endpoint, Kind
from apps.detectors.queries.engine import engine_actions
from apps.ledger.models import Event

GIVE_UP_AFTER = timedelta(hours=72)


@dataclass(frozen=True)
class Message:
    """Something to be announced. `id` becomes Webhook-Id: a receiver that has seen it may forget it."""

    id: str
    kind: str
    event_id: int
    occurred_at: datetime
    data: dict[str, Any]

    @property
    def payload(self) -> dict[str, Any]:
        return {
            "type": self.kind,
            "event_id": self.event_id,
            "occurred_at": self.occurred_at.isoformat(),
            "data": self.data,
        }


@transaction.atomic
def announce(events: list[Event]) -> int:
    """Owe every active endpoint a message for each of these events; how many are owed.

    A decision that was taken back meanwhile is not announced, nor is one that is held, unsure or only measures: nothing
    is to be done then, and the decision that settles it will be announced. Announcing an event again owes
    nothing new (`delivery_once_per_endpoint`).
    """
    endpoints = list(Endpoint.objects.filter(active=True))
    if not endpoints:
        return 0
    at = now()
    owed = [
        Delivery(
            endpoint=endpoint,
            message_id=message.id,
            kind=message.kind,
            event_id=message.event_id,
            payload=message.payload,
            next_attempt_at=at,
            give_up_at=at + GIVE_UP_AFTER,
        )
        for message in _messages(events)
        for endpoint in endpoints
        if not endpoint.kinds or message.kind in endpoint.kinds
    ]
    Delivery.objects.bulk_create(owed, ignore_conflicts=True, batch_size=500)
    return len(owed)


def _messages(events: list[Event]) -> Iterator[Message]:
    letters = [event for event in events if event.kind == Kind.LAW_LETTER]
    texts = payloads.letter_data([event.data["letter"] for event in letters]) if letters else {}
    for event in letters:
        data = texts[event.data["letter"]]
        yield Message(f"evt_{event.pk}", Kind.LAW_LETTER, event.pk, event.occurred_at, data)
    if others := [event for event in events if event.kind != Kind.LAW_LETTER]:
        yield from _of_decisions(others)


def _of_decisions(events: list[Event]) -> Iterator[Message]:
    _wait_for_undo({event.case_id for event in events if event.case_id is not None})
    named = {event.data["decision"] for event in events}
    named |= {event.data["decided_by"] for event in events if "decided_by" in event.data}
    standing = not_withdrawn(named)
    decisions = payloads.prefetched(standing)
    replaced = superseded_by(list(standing))
    enforcements = {
        one.pk: one
        for one in Enforcement.objects.filter(
            pk__in=[event.data["enforcement"] for event in events if event.kind.startswith("enforcement.")]
        )
    }
    answered = [event.data["letter"] for event in events if event.kind == "authority.contest_answered"]
    answers = ContestLetter.objects.select_related("contest").in_bulk(answered) if answered else {}
    ended = [event.data["ending"] for event in events if event.kind == "authority.ending_told"]
    endings = Ending.objects.in_bulk(ended) if ended else {}
    made = {event.data["decision"] for event in events if event.kind == "decision.made"}
    actions = engine_actions(decisions[one] for one in made & decisions.keys()) if made else {}
    for event in events:
        decision = decisions.get(event.data["decision"])
        if decision is None:
            continue
        match event.kind:
            case "decision.made":
                yield from _of_decision(event, decision, replaced.get(decision.pk), actions.get(decision.pk))
            case "enforcement.due":
                yield _of_enforcement(event, Kind.ENFORCEMENT_DUE, decision, enforcements)
            case "enforcement.reversed":
                yield _of_enforcement(event, Kind.ENFORCEMENT_REVERSED, decision, enforcements)
            case "label.final" | "label.corrected":
                yield _of_label(event, decision)
            case "suspension.ended" if (
                event.data["ending"] == "ran_out"
            ):  # what was reversed has been said so
                data = payloads.ended_data(event.data, decision)
                yield Message(f"evt_{event.pk}", Kind.SUSPENSION_ENDED, event.pk, event.occurred_at, data)
            case "appeal.decided":
                heard = decisions[event.data["decided_by"]]
                data = payloads.appeal_data(event.data, decision, heard)
                yield Message(f"evt_{event.pk}", Kind.APPEAL_DECIDED, event.pk, event.occurred_at, data)
            case "notice.due":
                data = payloads.notice_data(decision, event.data["notice"])
                yield Message(f"evt_{event.pk}", Kind.NOTICE_DUE, event.pk, event.occurred_at, data)
            case "authority.contest_answered":
                data = payloads.answer_data(decision, answers[event.data["letter"]])
                yield Message(f"evt_{event.pk}", Kind.NOTICE_DUE, event.pk, event.occurred_at, data)
            case "authority.ending_told":
                data = payloads.ending_data(decision, endings[event.data["ending"]])
                yield Message(f"evt_{event.pk}", Kind.NOTICE_DUE, event.pk, event.occurred_at, data)


def _of_label(event: Event, decision: Decision) -> Message:
    data = payloads.label_data(
        decision, state=event.data.get("state", "final"), superseded_by=event.data.get("superseded_by")
    )
    return Message(f"evt_{event.pk}", event.kind, event.pk, event.occurred_at, data)


def _wait_for_undo(cases: set[int]) -> None:
    """An undo that began in its ten seconds holds the case until it is done: let it finish first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM queues_case WHERE id = ANY(%s) ORDER BY id FOR SHARE", [sorted(cases)])


def _of_decision(
    event: Event, decision: Decision, replaced: int | None, action: dict[str, Any] | None
) -> Iterator[Message]:
    if decision.held or decision.measures or decision.outcome == Decision.Outcome.UNSURE:
        return
    data = payloads.decision_data(decision, supersedes=replaced)
    if action is not None:
        data["engine_action"] = action
    yield Message(f"evt_{event.pk}", Kind.DECISION_MADE, event.pk, event.occurred_at, data)
    if replaced is not None:
        data = payloads.superseded_data(decision, superseded=replaced)
        yield Message(
            f"evt_{event.pk}_superseded", Kind.DECISION_SUPERSEDED, event.pk, event.occurred_at, data
        )


def _of_enforcement(
    event: Event, kind: Kind, decision: Decision, enforcements: dict[int, Enforcement]
) -> Message:
    enforcement = enforcements[event.data["enforcement"]]
    enforcement.decision = decision
    build = payloads.reversal_data if kind == Kind.ENFORCEMENT_REVERSED else payloads.enforcement_data
    return Message(f"evt_{event.pk}", kind, event.pk, event.occurred_at, build(enforcement))
