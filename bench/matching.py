"""Looking up picture hashes among a million: what is found, how fast, and how soon a new one is; others in the same run.

Other indexes are measured beside ours where they are installed (bench/requirements-comparators.txt); the product uses neither.
"""

import io
import os
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any
from unittest.mock import patch

import numpy
from django.db import connection, transaction

from apps.accounts.models import User
from apps.intake.lines import AnyLine
from apps.intake.operations.receiving import receive
from apps.ledger.operations import drain, subscriptions
from apps.matching import lookup
from apps.matching.models import Bank, Entry
from apps.matching.operations import screening
from bench.meter import memory, spin
from bench.system import System
from bench.targets import at_least, at_most, holds, none, reported

ENTRIES = 1_000_000
PLANTED = 40  # at each distance from 0 to 31
REPORTS = 3_000
BANK = "bench"


def run(system: System, scale: float) -> dict[str, Any]:
    """A bank of random hashes in the database; planted near-duplicates at every distance are looked up."""
    dice = numpy.random.default_rng(5)
    words = dice.integers(0, 2**64, size=(int(ENTRIES * scale), 4), dtype=numpy.uint64)
    ids = _fill(words)
    lookup.forget()
    before, since = memory(os.getpid())["uss"], time.perf_counter()
    lookup.follow_entries()
    ready = time.perf_counter() - since
    taken = memory(os.getpid())["uss"] - before
    ours = lookup.entries["pdq"]
    asked = [
        (n, bits, _turned(dice, words[n], bits))
        for bits in range(32)
        for n in dice.integers(0, len(words), PLANTED)
    ]
    measured = {"ours": _measure(asked, lambda word: {(id, bits) for id, bits in ours.index.near(word)}, ids)}
    measured |= _others(words, asked)
    soon, tail = _new_entries(dice, int(200 * scale) + 20)
    clustering, with_looking = _intake(int(REPORTS * scale) + 200)
    mine = measured["ours"]
    targets = [
        none("planted near-duplicates missed, distance 0 to 31", mine["missed"]),
        at_most(f"look-up among {len(words):,}, p95", mine["p95_ms"], 5, " ms", 2),
        reported(
            "the same: median, p95 in processor time", f"{mine['p50_ms']:.2f} ms, {mine['p95_cpu_ms']:.2f} ms"
        ),
        at_least("look-ups on one core", mine["per_second"], 400, "/s"),
        at_most("memory of the index", ours.index.nbytes / 1e6, 200, " MB"),
        reported("the process grew by", f"{taken:.0f} MB"),
        at_most("ready after a restart", ready, 10, " s", 1),
        at_most("a new entry is found by another process within (p95)", soon, 1, " s", 4),
        at_most("look-up with a full flat part, p95", tail, 5, " ms", 2),
        at_most("clustering, of the rest of intake", clustering * 100, 15, " %", 1),
        reported("with fingerprints and looking in banks", f"{with_looking:.1%}"),
    ]
    for name, other in measured.items():
        if name == "ours":
            continue
        said = f"p95 {other['p95_ms']:.2f} ms, missed {other['missed']}, built in {other['build_s']:.1f} s"
        targets.append(reported(f"beside it: {name}", said))
        if "MultiHash" in name or "Flat" in name:
            targets.append(holds(f"faster than {name} (p95)", mine["p95_ms"] < other["p95_ms"], "slower"))
    answer = {"entries": len(words), "ready_s": ready, "grew_mb": taken, "index_mb": ours.index.nbytes / 1e6}
    return answer | {"lookups": measured, "loop_milliseconds": spin(), "targets": targets}


def _turned(dice: Any, word: Any, bits: int) -> Any:
    flat = numpy.unpackbits(word.view(numpy.uint8))
    flat[dice.choice(256, bits, replace=False)] ^= 1
    return numpy.packbits(flat).view(numpy.uint64)


def _hex(words: Any) -> list[str]:
    return [row.tobytes().hex() for row in words]


def _fill(words: Any) -> Any:
    """The entries as a bank holds them, numbered by their trigger; their ids in the order of the words."""
    person, _ = User.objects.get_or_create(
        username="bench-bank", defaults={"pseudonym": "B-bank", "roles": ["admin"]}
    )
    bank, _ = Bank.objects.get_or_create(
        name=BANK, defaults={"rule_code": "HR-1", "created_by": person, "created_because": "measured"}
    )
    with transaction.atomic(), connection.cursor() as cursor:
        rows = "".join(
            f"{bank.pk}\tpdq\t{value}\t90\t{{}}\t\t\tpositive\tpositive\ttrue\t0\n" for value in _hex(words)
        )
        cursor.copy_expert(
            "COPY matching_entry (bank_id, signal, value, quality, tags, ref, why, source_says, opinion, enabled, change)"
            " FROM STDIN",
            io.StringIO(rows),
        )
        cursor.execute(
            "SELECT id FROM matching_entry WHERE bank_id = %s ORDER BY id DESC LIMIT %s",
            [bank.pk, len(words)],
        )
        return numpy.array([id for (id,) in reversed(cursor.fetchall())])


def _measure(asked: list[Any], near: Callable[[Any], set[tuple[int, int]]], ids: Any) -> dict[str, Any]:
    walls, cpus, missed = [], [], 0
    for n, bits, word in asked:
        cpu, wall = time.process_time(), time.perf_counter()
        found = near(word)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        missed += (int(ids[n]), bits) not in found
    walls, cpus = sorted(walls), sorted(cpus)
    at = int(len(walls) * 0.95)
    return {
        "asked": len(walls),
        "missed": missed,
        "p50_ms": walls[len(walls) // 2] * 1e3,
        "p95_ms": walls[at] * 1e3,
        "p95_cpu_ms": cpus[at] * 1e3,
        "per_second": len(walls) / sum(cpus),
    }


def _others(words: Any, asked: list[Any]) -> dict[str, Any]:
    """The flat binary index of faiss and the multi-hash index of threatexchange, where they can be imported."""
    found: dict[str, Any] = {}
    numbers = numpy.arange(len(words))
    since = time.perf_counter()
    try:
        faiss = import_module("faiss")
    except ImportError:
        return found
    faiss.omp_set_num_threads(1)
    flat = faiss.IndexBinaryFlat(256)
    flat.add(words.view(numpy.uint8))
    built = time.perf_counter() - since

    def near(word: Any) -> set[tuple[int, int]]:
        _, bits, places = flat.range_search(word.view(numpy.uint8).reshape(1, 32), 32)
        return set(zip(places.tolist(), bits.astype(int).tolist(), strict=True))

    found["faiss IndexBinaryFlat"] = _measure(asked, near, numbers) | {"build_s": built}
    try:
        module = import_module("threatexchange.signal_type.pdq.pdq_index")
    except ImportError:
        return found
    since = time.perf_counter()
    multi = module.PDQIndex(zip(_hex(words), range(len(words)), strict=True))
    built = time.perf_counter() - since

    def multi_near(word: Any) -> set[tuple[int, int]]:
        return {(one.metadata, one.similarity_info.distance) for one in multi.query(word.tobytes().hex())}

    found["threatexchange MultiHash index"] = _measure(asked, multi_near, numbers) | {"build_s": built}
    return found


def _new_entries(dice: Any, count: int) -> tuple[float, float]:
    """(seconds from commit until another process has found it, p95; look-up with a full flat part in ms, p95)."""
    other = lookup.Followed(lookup._NEWEST_ENTRY, lookup._ENTRIES.format(signals=lookup._PICTURES))
    other.catch_up()
    bank = Bank.objects.get(name=BANK)
    waits = []
    for word in dice.integers(0, 2**64, size=(count, 4), dtype=numpy.uint64):
        value = word.tobytes().hex()
        made = Entry.objects.create(bank=bank, signal="pdq", value=value, quality=90)
        since = time.perf_counter()
        other.catch_up()
        assert other.near(value).get(made.pk) == 0
        waits.append(time.perf_counter() - since)
    room = max(0, other.index._room())
    other.index.add(range(10**9, 10**9 + room), dice.integers(0, 2**64, size=(room, 4), dtype=numpy.uint64))
    looks = []
    for word in dice.integers(0, 2**64, size=(300, 4), dtype=numpy.uint64):
        since = time.perf_counter()
        other.index.near(word)
        looks.append(time.perf_counter() - since)
    return sorted(waits)[int(count * 0.95)], sorted(looks)[285] * 1e3


def _intake(count: int) -> tuple[float, float]:
    """What clustering takes over what the rest of intake takes, cases included; and the same of all of "seen before":
    fingerprints, looking in banks, clustering. Fingerprints serve both, so they belong to the rest in the first."""
    from pydantic import TypeAdapter

    line: TypeAdapter[Any] = TypeAdapter(AnyLine)
    drain()
    spent = {"joining": 0.0, "folding": 0.0, "screening": 0.0}

    def timed(kind: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            since = time.perf_counter()
            try:
                return do(*given)
            finally:
                spent[kind] += time.perf_counter() - since

        return run

    kinds = {"matching.items": "screening", "queues.clusters": "folding", "decisions.newcomers": "folding"}
    watched = {name: timed(kind, subscriptions.handlers[name]) for name, kind in kinds.items()}
    with (
        patch.dict(subscriptions.handlers, watched),
        patch.object(screening, "join", timed("joining", screening.join)),
    ):
        since = time.perf_counter()
        for lines in _reports(count):
            receive([line.validate_python(one) for one in lines], key=None)
            drain()
        whole = time.perf_counter() - since
    clustering, seen_before = spent["joining"] + spent["folding"], spent["screening"] + spent["folding"]
    return clustering / (whole - clustering), seen_before / (whole - seen_before)


def _reports(count: int) -> Iterable[list[dict[str, Any]]]:
    """Reports by five hundreds, on texts of which one in ten is a copy of another."""
    run = int(time.time())
    for start in range(0, count, 500):
        yield [
            {
                "type": "report",
                "reason": "reported",
                "reporter": {"external_id": f"r{n % 97}"},
                "item": {
                    "source": "bench-matching",
                    "external_id": f"{run}-{n}",
                    "kind": "text",
                    "language": "en",
                    "author": {"external_id": f"a{n % 1000}"},
                    "text": f"Words of the post number {n - n % 10 if n % 10 == 1 else n} {n * 7919 % 100_003} about the market.",
                },
            }
            for n in range(start, min(start + 500, count))
        ]
