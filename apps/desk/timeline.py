"""The ledger as calm sentences. Private events never come here; who returned a case, and why, is nobody's concern."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime

from apps.accounts.models import User
from apps.guidelines.queries import Edition, in_force
from apps.intake.models import AccountEvidence
from apps.ledger.models import Event
from apps.matching.prints import clock
from apps.queues.models import Queue

APPEALS = {
    "upheld": "Appeal decided: the decision stands",
    "overturned": "Appeal decided: the decision was overturned",
    "partly": "Appeal decided: the decision was changed in part",
}
OUTCOMES = {"violates": "breaks a rule", "no_violation": "no violation", "unsure": "not sure"}
HOW = {"auto": "Decided automatically", "hash_propagated": "Decided like its near-duplicate"}
PARTS = dict(AccountEvidence.Part.choices)
MATCHED = {
    "auto": "Verified and undisputed: decided without anybody looking.",
    "held": "Held back with very many others until somebody has answered.",
    "person": "A person decides.",
}
# Returned, but not by whom: skipping, resting and running out of time all look the same.
ANONYMOUS = {"case.returned"}
# One after the other these say no more than the last of them, and how many.
REPEATING = {"views.counted", "report.received", "report.attached", "case.reprioritised", "flag.received"}
QUEUE_KEYS = ("queue", "from", "to")

Sentence = tuple[str, str]  # what happened, and what came with it


class Telling:
    """Turns events into entries, with the names they need looked up at once: two queries for any number."""

    def __init__(self, events: Sequence[Event]) -> None:
        people = {event.actor_id for event in events} | {_id(event, "holder") for event in events}
        moved = [event for event in events if event.kind.startswith("case.")]
        queues = {_id(event, key) for event in moved for key in QUEUE_KEYS}
        self.events = events
        self.people = User.objects.only("pseudonym").in_bulk([one for one in people if one])
        self.queues = Queue.objects.in_bulk([one for one in queues if one])
        self.edition: Edition = in_force()

    def entries(self) -> list[dict[str, Any]]:
        """Entries of a timeline, in the order of the events: at, title, detail, by, url, times."""
        found: list[dict[str, Any]] = []
        for event in self.events:
            last = found[-1] if found else None
            if last and event.kind in REPEATING and last["kind"] == event.kind:
                last["times"] += 1
                continue
            found.append(self._entry(event))
        return found

    def _entry(self, event: Event) -> dict[str, Any]:
        tell = SENTENCES.get(event.kind, _otherwise)
        title, detail = tell(self, event)
        shown = event.kind not in ANONYMOUS and event.actor_id
        return {
            "id": event.pk,
            "kind": event.kind,
            "at": event.occurred_at,
            "title": title,
            "detail": detail,
            "by": self.people.get(event.actor_id) if shown else None,
            "case": event.case_id,
            "item": event.item_id,
            "decision": event.data.get("decision") if event.kind == "decision.made" else None,
            "times": 1,
        }

    def queue(self, event: Event, key: str = "queue") -> str:
        found = self.queues.get(_id(event, key))
        return f"“{found.name}”" if found else "another queue"

    def person(self, event: Event, key: str) -> str:
        found = self.people.get(_id(event, key))
        return found.pseudonym if found else "someone"

    def actions(self, codes: Iterable[str]) -> str:
        known = self.edition.actions
        return ", ".join(known[code].title if code in known else code for code in codes)


def _id(event: Event, key: str) -> int:
    value = event.data.get(key)
    return value if isinstance(value, int) else 0


def _moment(seconds: Any) -> str:
    at = localtime(datetime.fromtimestamp(seconds, UTC))
    return date_format(at, "j M, H:i")


def _opened(tell: Telling, event: Event) -> Sentence:
    data = event.data
    known = "severity" in data and "due" in data
    return (
        f"Opened in {tell.queue(event)}",
        f"Severity {data['severity']}, due {_moment(data['due'])}." if known else "",
    )


def _moved(tell: Telling, event: Event) -> Sentence:
    why = "" if event.actor_id else "Something new came in, and the routing rules sent it there."
    return f"Moved from {tell.queue(event, 'from')} to {tell.queue(event, 'to')}", why


def _reprioritised(tell: Telling, event: Event) -> Sentence:
    data = event.data
    up = data.get("to", 0) < data.get("from", 0)
    due = "" if data.get("due_from") in (None, data.get("due")) else f"Now due {_moment(data['due'])}."
    return ("Moved up in its queue" if up else "Moved down in its queue"), due


def _decided(tell: Telling, event: Event) -> Sentence:
    data = event.data
    rules = f" ({', '.join(data['rules'])})" if data.get("rules") else ""
    parts = [tell.actions(data.get("actions") or [])]
    if data.get("held"):
        parts.append("waits for a second person")
    said = ", ".join(part for part in parts if part)
    how = HOW.get(data.get("origin", ""), "Decided")
    return f"{how}: {OUTCOMES.get(data['outcome'], data['outcome'])}{rules}", said[:1].upper() + said[1:]


def _closed(tell: Telling, event: Event) -> Sentence:
    if folded := event.data.get("folded_into"):
        return f"Made way for case {folded}, which is decided for both", ""
    return ("Closed: it is not needed any more" if event.data.get("unclaimed") else "Done"), ""


def _matched(tell: Telling, event: Event) -> Sentence:
    distance = event.data.get("distance", 0)
    how = f"at a distance of {distance} bits" if distance else "exactly"
    moment = event.data.get("at_ms")
    how += "" if moment is None else f": a frame at {clock(moment)}"
    return f"Matches a bank, {how}", MATCHED.get(event.data.get("verdict", ""), "")


def _joined(tell: Telling, event: Event) -> Sentence:
    return f"Found to be a near-duplicate of item {event.data.get('lead', '')}", ""


def _effective(tell: Telling, event: Event) -> Sentence:
    views = event.data.get("views")
    seen = "Views at that moment are not known." if views is None else f"{views:,} views at that moment."
    return f"Took effect: {tell.actions([event.data.get('action', '')])}", seen


def _resolved(tell: Telling, event: Event) -> Sentence:
    approved = event.data.get("state") == "approved"
    return ("A second person agreed" if approved else "A second person decided differently"), ""


def _reported(tell: Telling, event: Event) -> Sentence:
    return ("A trusted flagger sent a notice" if event.data.get("trusted") else "Reported"), ""


def _views(tell: Telling, event: Event) -> Sentence:
    views = event.data.get("views")
    return (f"{views:,} views counted" if isinstance(views, int) else "Views counted"), ""


def _crossed(tell: Telling, event: Event) -> Sentence:
    milestone = event.data.get("milestone") or 0
    soon = event.data.get("accelerating")
    return f"Asked again: it {'will soon pass' if soon else 'has passed'} {milestone:,} views", ""


def _otherwise(tell: Telling, event: Event) -> Sentence:
    subject, _, verb = event.kind.partition(".")
    return f"{subject.capitalize()} {verb.replace('_', ' ')}".strip(), ""


def _says(title: str) -> Callable[[Telling, Event], Sentence]:
    return lambda tell, event: (title, "")


def _does(title: str) -> Callable[[Telling, Event], Sentence]:
    return lambda tell, event: (f"{title}: {tell.actions([event.data.get('action', '')])}", "")


SENTENCES: dict[str, Callable[[Telling, Event], Sentence]] = {
    "case.opened": _opened,
    "case.claimed": _says("Taken up"),
    "case.given": lambda tell, event: (f"Given to {tell.person(event, 'holder')}", ""),
    "case.returned": lambda tell, event: (f"Went back to {tell.queue(event)}", ""),
    "case.taken_back": _says("Taken back"),
    "case.escalated": lambda tell, event: (f"Escalated to {tell.queue(event, 'to')}", ""),
    "case.moved": _moved,
    "case.reprioritised": _reprioritised,
    "case.closed": _closed,
    "case.reopened": _says("Opened again"),
    "case.text_opened": _says("Opened the text to read it here"),
    "report.attached": _says("Another report came in and was added"),
    "decision.made": _decided,
    "decision.withdrawn": _says("Took the decision back"),
    "hold.opened": lambda tell, event: (
        "Waits for a second person",
        event.data.get("because", "").capitalize(),
    ),
    "hold.resolved": _resolved,
    "decision.superseded": _says("An earlier decision no longer stands"),
    "strike.given": _says("A strike was recorded on the account"),
    "strike.lifted": _says("The strike no longer counts"),
    "suspension.began": _says("A suspension began"),
    "suspension.ended": lambda tell, event: (
        "The suspension ended",
        "Its time was over." if event.data.get("ending") == "ran_out" else "The decision was reversed.",
    ),
    "appeal.lodged": lambda tell, event: (
        "The author appealed" if event.data.get("by") == "author" else "Somebody who reported it appealed",
        "",
    ),
    "appeal.judged_first": _says("Judged it before reading the decision"),
    "appeal.decided": lambda tell, event: (
        APPEALS.get(event.data.get("outcome", ""), "An appeal was decided"),
        "",
    ),
    "appeal.due_soon": _says("The appeal is soon due"),
    "appeal.overdue": _says("The appeal is overdue"),
    "enforcement.due": _does("To be done"),
    "enforcement.reversed": _does("To be reversed"),
    "enforcement.effective": _effective,
    "item.received": lambda tell, event: ("Received", str(event.data.get("kind", "")).capitalize()),
    "item.changed": lambda tell, event: ("Its content changed", f"Revision {event.data.get('revision', '')}"),
    "content.erased": _says("Its content was erased"),
    "item.prepared": _says("Its media are ready to be looked at"),
    "item.screened": _says("Compared with the banks"),
    "item.matched": _matched,
    "cluster.joined": _joined,
    "cluster.left": _says("No near-duplicate any more: its content changed"),
    "cluster.decided": _says("Near-duplicates are decided like this one"),
    "cluster.undecided": _says("What its near-duplicates shared was reversed"),
    "cluster.context_differs": _says(
        "A near-duplicate was decided; a person is asked, because the context differs"
    ),
    "entry.opined": lambda tell, event: (
        "Confirmed a bank’s entry" if event.data.get("says") == "positive" else "Disputed a bank’s entry",
        "",
    ),
    "entries.added": _says("Added its fingerprints to a bank"),
    "match.audit_drawn": _says("Drawn to be looked over by fingerprint"),
    "match.audited": _says("Looked over by fingerprint"),
    "media.refused": _says("A media file was refused"),
    "report.received": _reported,
    "reports.judged": _says("Its reports were judged"),
    "flag.received": lambda tell, event: (
        "A detector scored it",
        "Over its threshold." if event.data.get("over") else "",
    ),
    "account.evidence_told": lambda tell, event: (
        "Evidence on the account came in",
        ", ".join(PARTS.get(part, part) for part in event.data.get("parts", [])).capitalize(),
    ),
    "views.counted": _views,
    "reach.crossed": _crossed,
    "milestones.set": _says("Changed the milestones of reach"),
    "queue.added": _says("Added a queue"),
    "queue.edited": _says("Changed a queue"),
    "routing.added": _says("Added a routing rule"),
    "routing.edited": _says("Changed a routing rule"),
    "routing.reordered": _says("Changed the order of the routing rules"),
    "limits.set": _says("Changed the organisation’s exposure limits"),
    # Only on a person's own page:
    "case.skipped_because": lambda tell, event: ("You skipped a case", event.data.get("reason", "")),
    "shift.started": _says("You started your shift"),
    "shift.ended": _says("Your shift ended"),
    "break.started": _says("You took a break"),
    "break.ended": _says("You came back from a break"),
    "limits.changed_own": _says("You changed your own limits"),
    "person.signed_in": _says("You signed in"),
    "person.signed_out": _says("You signed out"),
}
