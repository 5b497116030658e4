"""Capacity against inflow for the coming hours: counts of people, never who, and nobody's exposure on its own."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from apps.insight.forecast import HORIZON, Forecast, Load, forecast
from apps.insight.models import Flow, OpenMinute
from apps.insight.queries.queues import queues_now
from apps.queues.models import Queue
from apps.wellbeing.care.queries import AT_LEAST
from apps.wellbeing.models import Shift
from apps.wellbeing.queries import limits_in_force

HOURS_LOOKED_BACK = 3
COUNTED_UP_TO = 500
SECONDS_ASSUMED = 180.0  # one case, while nothing of a queue has been decided yet
ALLOWANCE_ASSUMED = 24 * 60.0

# The newest cases of each queue say how long a case takes and how much time it is given; bounded, whatever the queue.
RECENT = """
    SELECT queue.id, avg(LEAST(recent.held, 1800)) FILTER (WHERE recent.held IS NOT NULL), avg(recent.allowance)
    FROM queues_queue queue CROSS JOIN LATERAL (
        SELECT extract(epoch FROM claim.ended_at - claim.started_at) AS held,
               extract(epoch FROM cs.due_at - cs.opened_at) / 60 AS allowance
        FROM (SELECT id, due_at, opened_at FROM queues_case WHERE queue_id = queue.id ORDER BY id DESC LIMIT 300) cs
        LEFT JOIN queues_claim claim ON claim.case_id = cs.id AND claim.ending = 'decided'
    ) recent
    WHERE queue.active GROUP BY queue.id
"""
# What waits at each exposure level, counted up to a cap per lane.
WAITING = """
    SELECT lane.queue_id, lane.exposure, max(lane.units), sum(waiting.n)
    FROM queues_lane lane CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM (
            SELECT 1 FROM queues_case cs WHERE cs.lane_id = lane.id AND cs.state = 'waiting' LIMIT %(cap)s) counted
    ) waiting
    WHERE waiting.n > 0 GROUP BY lane.queue_id, lane.exposure ORDER BY lane.queue_id, lane.exposure
"""


def plan(at: datetime) -> list[dict[str, Any]]:
    """Every active queue: what waits and comes, the people who may work it, and what that leads to.

    People are shared evenly among the queues they may work that have something to do. Rates are cases an hour.
    """
    queues = {queue.pk: queue for queue in Queue.objects.filter(active=True)}
    now_by_queue = {row["id"]: row for row in queues_now(at) if row["id"] in queues}
    inflow, recent, levels = _inflow(at), _recent(), _waiting()
    due = _due(at)
    staff = _staff()
    pace = _pace()
    busy = {
        pk
        for pk in queues
        if now_by_queue.get(pk, {}).get("waiting")
        or now_by_queue.get(pk, {}).get("claimed")
        or inflow.get(pk)
    }
    people: dict[int, int] = defaultdict(int)
    shares: dict[int, float] = defaultdict(float)
    for roles, skills, _, _ in staff:
        hers = [
            pk
            for pk, queue in queues.items()
            if not roles.isdisjoint(queue.roles) and (not queue.skill or queue.skill in skills)
        ]
        wanted = [pk for pk in hers if pk in busy]
        for pk in hers:
            people[pk] += 1
        for pk in wanted:
            shares[pk] += 1 / len(wanted)
    found = []
    for pk, queue in queues.items():
        seconds, allowance = recent.get(pk, (SECONDS_ASSUMED, ALLOWANCE_ASSUMED))
        each = pace * 3600 / seconds
        row = now_by_queue.get(pk, {})
        load = Load(
            overdue=row.get("overdue", 0),
            due=due.get(pk, []),
            inflow=inflow.get(pk, 0.0),
            allowance=allowance,
            capacity=each * shares[pk],
            each=each,
        )
        found.append(
            {
                "queue": queue,
                "waiting": row.get("waiting", 0),
                "overdue": load.overdue,
                "inflow": load.inflow,
                "people": people[pk],
                "capacity": load.capacity,
                "seconds": seconds,
                "forecast": forecast(load) if pk in busy else Forecast(None, None, 0),
                "levels": levels.get(pk, []),
                "busy": pk in busy,
            }
        )
    return found


def room(at: datetime) -> dict[int, int] | None:
    """How many more cases of each exposure level from 2 on the whole team could be given within its budgets.

    Rounded to two digits; None while fewer than five people are at work: it would be about somebody.
    """
    staff = _staff()
    if len(staff) < AT_LEAST:
        return None
    worst = dict.fromkeys((2, 3, 4), 0)
    for level, units in Queue.objects.filter(lanes__exposure__gte=2).values_list(
        "lanes__exposure", "lanes__units"
    ):
        worst[level] = max(worst[level], units)
    found = {}
    for level, units in worst.items():
        cases = sum(left // units for _, _, highest, left in staff if highest >= level) if units else 0
        found[level] = _roughly(cases)
    return found


def _roughly(n: int) -> int:
    """To two digits, downwards: a sum that changes by one person's case does not tell whose."""
    unit = 10 ** max(0, len(str(n)) - 2)
    return n // max(unit, 5) * max(unit, 5)


def _staff() -> list[tuple[set[str], set[str], int, int]]:
    """Everybody available: roles, skills, highest level, centiunits left. Never leaves this module person by person."""
    live = Shift.objects.filter(ended_at=None, break_started_at=None, user__is_active=True)
    rows = live.values_list("user__roles", "user__skills", "max_exposure", "budget", "spent", "reserved")
    return [
        (set(roles), set(skills), highest, max(0, budget - spent - reserved))
        for roles, skills, highest, budget, spent, reserved in rows
    ]


def _pace() -> float:
    """The share of an hour that is work and not a break."""
    limits = limits_in_force()
    return limits.break_every_minutes / (limits.break_every_minutes + limits.break_minutes)


def _inflow(at: datetime) -> dict[int, float]:
    hour = int(at.timestamp()) // 3600 * 3600
    sums: dict[int, int] = defaultdict(int)
    rows = Flow.objects.filter(width=3600, start__gte=hour - HOURS_LOOKED_BACK * 3600, start__lt=hour)
    for queue, arrived, moved_in in rows.values_list("queue_id", "arrived", "moved_in"):
        sums[queue] += arrived + moved_in
    return {queue: n / HOURS_LOOKED_BACK for queue, n in sums.items()}


def _recent() -> dict[int, tuple[float, float]]:
    with connection.cursor() as cursor:
        cursor.execute(RECENT)
        return {
            queue: (max(5.0, float(held or SECONDS_ASSUMED)), float(allowance or ALLOWANCE_ASSUMED))
            for queue, held, allowance in cursor.fetchall()
        }


def _due(at: datetime) -> dict[int, list[tuple[int, int]]]:
    """Minutes from now, each with how many cases fall due until then."""
    first = int(at.timestamp()) // 60
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = OpenMinute.objects.filter(measure="due", minute__gte=first, minute__lte=first + HORIZON, n__gt=0)
    for queue, minute, n in rows.order_by("minute").values_list("queue_id", "minute", "n"):
        before = found[queue][-1][1] if found[queue] else 0
        found[queue].append((minute - first, before + n))
    return found


def _waiting() -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"cap": COUNTED_UP_TO})
        for queue, exposure, _, n in cursor.fetchall():
            found[queue].append({"level": exposure, "waiting": int(n), "more": int(n) >= COUNTED_UP_TO})
    return found


def moment(at: datetime, minutes: int) -> datetime:
    return at + timedelta(minutes=minutes)
