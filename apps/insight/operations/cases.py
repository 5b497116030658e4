"""What waits, and what comes and goes: from the events of cases alone, without looking at a case."""

from django.db import connection

from apps.insight.models import Flow, Horizon, OpenMinute, QueueNow
from apps.ledger.models import Event
from apps.sums import Sums

THE_ONE = 1  # the id of the only row
OPENED, DUE = OpenMinute.Measure.OPENED, OpenMinute.Measure.DUE


class CaseSums:
    """The changes a batch of case events makes. Each kind of event only ever adds or takes away."""

    def __init__(self) -> None:
        self.now = Sums(QueueNow, "queue_id")
        self.minutes = Sums(OpenMinute, "queue_id", "measure", "minute")
        self.flows = Sums(Flow, "width", "start", "queue_id")

    def take_in(self, event: Event) -> None:
        data = event.data
        queue = data["queue"]
        match event.kind:
            case "case.opened":
                self._state(queue, waiting=1)
                self._open(queue, data, data["due"], 1)
                self._flow(event, queue, arrived=1)
            case "case.claimed":
                self._state(queue, waiting=-1, claimed=1)
            case "case.returned":
                self._state(queue, waiting=1, claimed=-1)
            case "case.closed":
                self._state(queue, **{"waiting" if data.get("unclaimed") else "claimed": -1})
                self._open(queue, data, data["due"], -1)
                self._flow(event, queue, closed=1)
            case "case.reopened":
                self._state(queue, **{"waiting" if data.get("returned") else "claimed": 1})
                self._open(queue, data, data["due"], 1)
                self._flow(event, queue, arrived=1)
            case "case.escalated":
                self._state(data["from"], claimed=-1)
                self._state(data["to"], waiting=1)
                self._between(event, data["due"])
            case "case.moved":
                self._state(data["from"], waiting=-1)
                self._state(data["to"], waiting=1)
                self._between(event, data.get("due_from", data["due"]))
            case "case.reprioritised":
                if (before := data.get("due_from")) is not None:
                    self.minutes.add(queue, DUE, before // 60, n=-1)
                    self.minutes.add(queue, DUE, data["due"] // 60, n=1)

    def write(self, horizon: int) -> None:
        """Add everything up. The caller holds the horizon's row."""
        for queue, measure, minute in list(self.minutes.amounts):
            if measure == DUE and minute < horizon:
                passed = self.minutes.amounts.pop((queue, measure, minute))
                self.now.add(queue, overdue=passed["n"])
        self.now.write()
        self.minutes.write()
        self.flows.write()

    def _state(self, queue: int, **amounts: int) -> None:
        self.now.add(queue, **amounts)

    def _open(self, queue: int, data: dict, due: int, n: int) -> None:
        self.minutes.add(queue, OPENED, data["opened"] // 60, n=n)
        self.minutes.add(queue, DUE, due // 60, n=n)

    def _between(self, event: Event, due_before: int) -> None:
        data = event.data
        self._open(data["from"], data, due_before, -1)
        self._open(data["to"], data, data["due"], 1)
        if data["from"] != data["to"]:
            self._flow(event, data["from"], moved_out=1)
            self._flow(event, data["to"], moved_in=1)

    def _flow(self, event: Event, queue: int, **amounts: int) -> None:
        second = int(event.occurred_at.timestamp())
        for width in Flow.Width.values:
            self.flows.add(width, second - second % width, queue, **amounts)


def lock_horizon() -> int:
    """Hold the horizon for the rest of the transaction; the minute it stands at."""
    held = Horizon.objects.select_for_update().filter(pk=THE_ONE).values_list("minute", flat=True)
    minute = held.first()
    if minute is None:
        Horizon.objects.bulk_create([Horizon(pk=THE_ONE, minute=0)], ignore_conflicts=True)
        minute = held.get()
    return minute


def fold_due_minutes(upto: int) -> bool:
    """Move the due minutes before `upto` into the overdue count, once; whether the horizon moved.

    The caller is in a transaction. Empty minutes are taken away at the same time.
    """
    if lock_horizon() >= upto:
        return False
    overdue = Sums(QueueNow, "queue_id")
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM insight_openminute WHERE measure = 'due' AND minute < %s RETURNING queue_id, n",
            [upto],
        )
        for queue, n in cursor.fetchall():
            overdue.add(queue, overdue=n)
        cursor.execute("DELETE FROM insight_openminute WHERE n = 0")
        cursor.execute("UPDATE insight_horizon SET minute = %s", [upto])
    overdue.write()
    return True
