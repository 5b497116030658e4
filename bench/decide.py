"""Fifty moderators, decide and next, over HTTP; everything around them running; and the floor beside it."""

from typing import Any

from django.db import connection
from django.utils.timezone import now

from apps.accounts.models import User
from bench import floor, invariants
from bench.aside import Aside, aside
from bench.meter import Cost, spin
from bench.people import FIRST_ID, Person, moderators, supervisor
from bench.system import System
from bench.targets import at_least, at_most, holds, none, reported

PEOPLE = 50
RATE = 120.0
P95_MS = 150.0
CLIENTS = 8  # what the web gives the database: two processes of four threads


def run(system: System, scale: float) -> dict[str, Any]:
    """Paced, then flat out, then the floor; then everything is asked whether it is as it must be."""
    people, spare = people_and_spare()
    seconds = max(5.0, 60 * scale)
    began = now()
    with surroundings(system, dashboards=1) as around:
        paced = drive(system, people, seconds=seconds, rate=RATE)
        flat_out = drive(system, people, seconds=max(5.0, seconds / 2), rate=None)
        served = served_by_the_first(64)
        recorded = floor.record(spare, system.var)
        drained = invariants.settle()
        told = around.end()
    decided = invariants.decided_since(began)
    system.stop()
    truth = invariants.check()
    bottom = floor.replay(recorded, clients=CLIENTS, seconds=int(max(4, seconds / 3)))
    answer = {
        "paced": paced,
        "saturation": flat_out,
        "floor": bottom,
        "people_served_by_the_64_most_urgent": served,
        "paced_of_floor": ratio(paced["per_second"], bottom["per_second"]),
        "saturation_of_floor": ratio(flat_out["per_second"], bottom["per_second"]),
        "drained": drained,
        "webhooks": told["receiver"],
        "dashboard": {name: told["watchers"][name] for name in ("sockets", "refused", "messages")},
        "decisions_in_the_database": decided,
        "invariants": truth,
    }
    broken = [sentence for sentence, count in truth["broken"].items() if count]
    double = sum(count for name, count in truth["broken"].items() if "two live" in name or "twice" in name)
    flat, bare = flat_out["per_second"], bottom["per_second"]
    targets = [
        at_most(f"paced at {RATE:.0f} cycles/s: p95", paced["milliseconds"].get("p95"), P95_MS, " ms"),
        at_least("paced: cycles done", paced["per_second"], RATE * 0.99, "/s", 1),
        none("errors", sum(paced["errors"].values()) + sum(flat_out["errors"].values())),
        none("double claims", double),
        holds("the invariants hold afterwards", truth["good"], ", ".join(broken) or "the seals do not fit"),
        none("still owed to anybody afterwards", drained["still_owed"]),
        reported("saturation, and the floor", f"{flat:.0f}/s and {bare:.0f}/s"),
        reported("of the floor: saturation, paced", f"{flat / bare:.0%}, {paced['per_second'] / bare:.0%}"),
    ]
    return answer | {"targets": targets}


def people_and_spare() -> tuple[list[Person], Person]:
    """The moderators, and one more who may take any case, for recording the floor."""
    everybody = moderators(PEOPLE + 1)
    spare = everybody[PEOPLE]
    User.objects.filter(pk=spare.id).update(
        roles=["moderator", "senior_moderator"], languages=["en", "km", "vi"], skills=["specialist"]
    )
    return everybody[:PEOPLE], spare


def served_by_the_first(heads: int) -> int:
    """How many of the moderators find a case among the most urgent of all; the others' claims look into each lane."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(DISTINCT person.id)
            FROM (SELECT lane_id FROM queues_case WHERE state = 'waiting' ORDER BY rank, id LIMIT %s) head
            JOIN queues_lane lane ON lane.id = head.lane_id JOIN queues_queue queue ON queue.id = lane.queue_id
            JOIN accounts_user person ON queue.roles && person.roles
                AND lane.language IN (SELECT unnest(person.languages) UNION SELECT '')
                AND (queue.skill = '' OR queue.skill = ANY(person.skills))
            WHERE person.username LIKE 'bench%%' AND person.id < %s
            """,
            [heads, FIRST_ID + PEOPLE],
        )
        return int(cursor.fetchone()[0])


class Surroundings:
    """What runs beside a measurement: somewhere to send webhooks, and who watches the dashboard."""

    def __init__(self, system: System, dashboards: int) -> None:
        self.receiver = Aside("receiver")
        port = self.receiver.hear()
        endpoint(f"http://127.0.0.1:{port}/")
        self.watchers: Aside | None = None
        system.start()
        system.warm_up()
        if dashboards:
            self.watchers = watch(system, dashboards)

    def end(self) -> dict[str, Any]:
        watchers = self.watchers.finish() if self.watchers else {}
        return {"receiver": self.receiver.finish(), "watchers": watchers}

    def __enter__(self) -> "Surroundings":
        return self

    def __exit__(self, *error: object) -> None:
        self.receiver.kill()
        if self.watchers:
            self.watchers.kill()


def surroundings(system: System, dashboards: int) -> Surroundings:
    return Surroundings(system, dashboards)


def watch(system: System, count: int) -> Aside:
    watchers = Aside("watchers")
    watchers.order(
        {"host": "127.0.0.1", "port": system.port, "session": supervisor().session, "count": count}
    )
    watchers.hear()
    return watchers


def endpoint(url: str) -> None:
    """One receiver of webhooks, wherever it listens this time."""
    from apps.delivery.models import Endpoint
    from apps.delivery.operations import add_endpoint

    if not Endpoint.objects.filter(name="bench").update(url=url, failures_in_a_row=0, rests_until=None):
        add_endpoint(actor=None, name="bench", url=url)


def drive(
    system: System, people: list[Person], *, seconds: float, rate: float | None, settle: float = 3.0
) -> dict[str, Any]:
    """One stretch of deciding; `rate` cycles a second over all, or as many as go through."""
    orders = {
        "host": "127.0.0.1", "port": system.port, "people": [person.as_json() for person in people],
        "seconds": seconds, "settle": settle, "rate": rate,
    }  # fmt: skip
    slow = spin()
    with aside("moderators") as group:
        group.order(orders, last=True)
        group.hear()
        with Cost(system) as cost:
            answer = group.finish()
    answer["load_average"] = cost.load
    answer["loop_milliseconds"] = [slow, spin()]
    answer["cpu_milliseconds_per_cycle"] = cost.per(answer["cycles"])
    answer["cpu_milliseconds_per_cycle"]["generator"] = round(
        answer["generator_cpu_share"] * answer["seconds"] * 1000 / max(1, answer["cycles"]), 2
    )
    return dict(answer)


def ratio(one: float, other: float) -> float:
    return round(one / other, 3) if other else 0.0
