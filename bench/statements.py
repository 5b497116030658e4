"""A hundred thousand statements of reasons: composed, validated, and put into batches, statements a second."""

import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.guidelines.queries import in_force
from apps.transparency.composing import Facts, compose
from apps.transparency.schema import problems
from bench.meter import spin
from bench.system import System
from bench.targets import at_least, none, reported

STATEMENTS, BATCH, FASTEST = 100_000, 100, 1_000


def run(system: System, scale: float) -> dict[str, Any]:
    """In one process, as the worker does it, with the batch written as the API takes it; writing JSON alone is the floor."""
    dice = random.Random(5)
    edition = in_force()
    number = max(1_000, int(STATEMENTS * scale))
    actions = [code for code, action in edition.actions.items() if action.dsa]
    at = datetime(2026, 11, 1, tzinfo=UTC)
    all_facts = [
        Facts(
            enforcement_id=n, action=dice.choice(actions), parameters={"days": 30} if n % 3 == 0 else {}, applied_at=at,
            ground="guideline", purpose="review", origin=dice.choice(["human", "auto"]),
            source=dice.choice(["user_report", "auto_flag", "hash"]), rule_codes=tuple(dice.sample(list(edition.rules), 2)),
            kind=dice.choice(["text", "image", "video"]), language="km", posted_at=at - timedelta(days=2), known_at=at,
            art16=n % 2 == 0,
        )
        for n in range(number)
    ]  # fmt: skip
    since, wrong, size, batch, last = time.perf_counter(), 0, 0, [], []
    for facts in all_facts:
        composed = compose(
            facts, edition, prefix="rq", public_url="https://review.example", commercial=frozenset()
        )
        assert composed is not None
        wrong += bool(problems(composed.body))
        batch.append(composed.body)
        if len(batch) == BATCH:
            size += len(json.dumps({"statements": batch}))
            last, batch = batch, []
    seconds = time.perf_counter() - since
    since = time.perf_counter()
    for _ in range(number // BATCH):
        json.dumps({"statements": last})
    floor = time.perf_counter() - since
    answer = {
        "statements": number, "seconds": round(seconds, 2), "per_second": round(number / seconds), "bytes": size,
        "of_the_floor": round(floor / seconds, 2), "loop_milliseconds": spin(),
    }  # fmt: skip
    targets = [
        at_least(
            f"{number:,} statements composed, validated and batched, a second", number / seconds, FASTEST
        ),
        none("statements that break the schema", wrong),
        reported("of the floor (writing the JSON alone)", f"{floor / seconds:.0%}"),
    ]
    return answer | {"targets": targets}
