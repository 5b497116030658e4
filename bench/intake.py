"""How fast reports come in, by the thousand and one by one, and whether every one of them is there afterwards."""

import time
from typing import Any

from apps.accounts.keys import issue
from apps.accounts.models import Scope
from apps.guidelines.queries import in_force
from bench import invariants
from bench.aside import aside
from bench.meter import Cost, spin
from bench.system import System
from bench.targets import at_least, none

BULK_REPORTS, BULK_LINES, BULK_CONNECTIONS = 60_000, 5_000, 2
SINGLE_SECONDS, SINGLE_CONNECTIONS = 20, 16
BULK_AT_LEAST, SINGLE_AT_LEAST = 2_000, 300


def run(system: System, scale: float) -> dict[str, Any]:
    """Both doors, worker and tick opening cases behind them; then everything is counted."""
    system.start()
    system.warm_up()
    key = issue("bench", [Scope.INGEST], rate_per_minute=100_000_000)
    name = f"run{int(time.time())}"
    count = int(BULK_REPORTS * scale)
    bulk = send(
        system,
        key,
        door="bulk",
        run=f"{name}b",
        count=count,
        lines=min(BULK_LINES, count // 4),
        connections=BULK_CONNECTIONS,
    )
    settled_bulk = invariants.settle()
    seconds = max(4.0, SINGLE_SECONDS * scale)
    single = send(system, key, door="single", run=f"{name}s", seconds=seconds, connections=SINGLE_CONNECTIONS)
    settled_single = invariants.settle()
    found = {door: arrived(f"{name}{door[0]}") for door in ("bulk", "single")}
    lost = sum(
        sent["accepted"] - found[door]["reports"] for door, sent in (("bulk", bulk), ("single", single))
    )
    without_case = sum(one["items"] - one["cases"] - one["in_the_case_of_another"] for one in found.values())
    refused = sum(bulk["refused"].values()) + sum(single["refused"].values())
    return {
        "bulk": bulk,
        "single": single,
        "until_every_case_was_open": {"bulk": settled_bulk, "single": settled_single},
        "found_afterwards": found,
        "targets": [
            at_least(
                f"bulk, {BULK_CONNECTIONS} connections", bulk["per_second"], BULK_AT_LEAST, " reports/s"
            ),
            at_least(
                f"single POST, {SINGLE_CONNECTIONS} connections", single["per_second"], SINGLE_AT_LEAST, "/s"
            ),
            none("reports lost", lost),
            none("reports refused", refused),
            none("reported items in no case", without_case),
        ],
    }


def send(system: System, key: str, **orders: Any) -> dict[str, Any]:
    rules = sorted(code for code, rule in in_force().rules.items() if rule.exposure <= 3)
    slow = spin()
    with aside("senders") as platform:
        platform.order(
            {"host": "127.0.0.1", "port": system.port, "key": key, "rules": rules, **orders}, last=True
        )
        platform.hear()
        with Cost(system) as cost:
            answer = platform.finish()
    return dict(answer) | {
        "load_average": cost.load,
        "loop_milliseconds": [slow, spin()],
        "cpu_milliseconds_per_report": cost.per(answer["accepted"]),
    }


def arrived(run: str) -> dict[str, int]:
    """What the database holds of one run."""
    of_run = f"FROM intake_item item WHERE source = 'bench' AND external_id LIKE '{run}-%'"
    return {
        "items": invariants.ask(f"SELECT count(*) {of_run}"),
        "reports": invariants.ask(
            f"SELECT count(*) FROM intake_report WHERE item_id IN (SELECT id {of_run})"
        ),
        "cases": invariants.ask(
            f"SELECT count(DISTINCT item_id) FROM queues_case WHERE item_id IN (SELECT id {of_run})"
        ),
        # One case for near-duplicates in like context: theirs is another's.
        "in_the_case_of_another": invariants.ask(
            f"""SELECT count(*) {of_run}
            AND NOT EXISTS (SELECT 1 FROM queues_case own WHERE own.item_id = item.id)
            AND EXISTS (SELECT 1 FROM matching_member mine JOIN matching_member other USING (cluster_id)
                        JOIN queues_case cs ON cs.item_id = other.item_id WHERE mine.item_id = item.id)"""
        ),
    }
