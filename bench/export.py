"""Five million decisions to Parquet: rows a second, and the memory of the process that writes them."""

import json
import os
import random
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from apps.decisions.models import Decision
from apps.feedback.queries import restricted_codes
from apps.feedback.reading import Range, batches
from apps.guidelines.queries import in_force
from apps.queues.models import Lane, Queue
from bench.load import SENTENCES, as_owner_of_everything
from bench.meter import spin
from bench.system import System, python
from bench.targets import at_least, at_most, reported

ROWS = 5_000_000
FASTEST, MOST = 50_000, 400  # rows a second, MB
FIRST = 200_000_000  # ids begin here
HANDS = 4_000  # different kinds of decision
MONTHS = 12
FLOOR_ROWS = 200_000

# No text comes twice: each begins with its number, in letters, since seven digits would be somebody's telephone number.
LOAD = [
    ("authors", """
        INSERT INTO intake_author (id, source, external_id, handle, followers, public_figure)
        SELECT %(first)s + i, 'export', 'author-' || i, '@a' || i, 10, false FROM generate_series(1, %(authors)s) i
    """),
    ("items", """
        INSERT INTO intake_item (id, source, external_id, kind, author_id, language, posted_at, content_sha256, text_sha256)
        SELECT %(first)s + i, 'export', 'post-' || i, hand.kind, %(first)s + 1 + i %% %(authors)s, hand.language,
            %(now)s - (%(n)s - i)::float / %(n)s * interval '360 days' - interval '2 hours',
            lpad(to_hex(i), 64, '0'), lpad(to_hex(i), 64, 'f')
        FROM generate_series(1, %(n)s) i JOIN hand ON hand.n = i %% %(hands)s
    """),
    ("cases", """
        INSERT INTO queues_case (id, item_id, purpose, state, queue_id, lane_id, severity, exposure, units, harms, priority,
            breakdown, rank, due_at, due_because, rule_codes, detection_source, language, item_revision, placed_by_hand,
            opened_at, closed_at)
        SELECT %(first)s + i, %(first)s + i, 'review', 'done', %(queue)s, %(lane)s, 3, 2, 100, 0, 20, '[]', 0, %(now)s,
            'severity 3', ARRAY[hand.rule], hand.source, hand.language, 1, false, %(now)s, %(now)s
        FROM generate_series(1, %(n)s) i JOIN hand ON hand.n = i %% %(hands)s
    """),
    ("decisions", """
        INSERT INTO decisions_decision (id, case_id, item_id, item_revision, purpose, decider_id, origin, outcome, ground,
            guideline_version_id, rule_codes, actions, rationale, confidence, language, detection_source, reveal_state,
            evidence_sha256, withdraws, held, demo, decided_at)
        SELECT %(first)s + i, %(first)s + of_item, %(first)s + of_item, 1,
            CASE WHEN of_item = i THEN 'review' ELSE 'second_opinion' END,
            %(decider)s + i %% 50, 'human', hand.outcome, 'guideline', %(version)s,
            CASE WHEN hand.outcome = 'violates' THEN ARRAY[hand.rule] ELSE '{}' END,
            CASE WHEN hand.outcome = 'violates' THEN ARRAY['remove'] ELSE '{}' END,
            CASE WHEN hand.outcome = 'violates' THEN ARRAY['clear'] ELSE ARRAY['news'] END, 'sure', hand.language, hand.source,
            'full', lpad(to_hex(i), 64, 'e'), false, false, false,
            %(now)s - (%(n)s - i)::float / %(n)s * interval '360 days' - interval '1 hour'
        FROM (SELECT i, CASE WHEN i %% 30 = 0 THEN i - 1 ELSE i END AS of_item FROM generate_series(1, %(n)s) i) one
        JOIN hand ON hand.n = of_item %% %(hands)s
    """),
    ("words", """
        INSERT INTO decisions_decisionwords (decision_id, explanation, private_note, parameters, evidence)
        SELECT %(first)s + i, '', '', '{}', jsonb_set(hand.evidence, '{text}',
            to_jsonb(translate(i::text, '0123456789', 'bcdfghjkmn') || '. ' || hand.body))
        FROM generate_series(1, %(n)s) i JOIN hand ON hand.n = i %% %(hands)s
    """),
    ("reports", """
        INSERT INTO intake_report (item_id, item_revision, trusted, reason, received_at)
        SELECT %(first)s + i, 1, false, 'hate_speech',
            %(now)s - (%(n)s - i)::float / %(n)s * interval '360 days' - interval '90 minutes'
        FROM generate_series(1, %(n)s) i WHERE i %% 5 < 3
    """),
    ("labels", """
        INSERT INTO feedback_splitgroup (item_id, cluster, key)
        SELECT %(first)s + i, -(%(first)s + i), 'author:' || (%(first)s + 1 + i %% %(authors)s) FROM generate_series(1, %(n)s) i
    """),
]  # fmt: skip


def run(system: System, scale: float) -> dict[str, Any]:
    """Load, export once as an operator does, and read a part of the same rows into nothing as the floor."""
    rows = max(50_000, int(ROWS * scale))
    loaded = 0.0 if Decision.objects.filter(pk=FIRST + rows).exists() else load(rows)
    out = system.var / "exported"
    shutil.rmtree(out, ignore_errors=True)
    before = _postgres_cpu()
    told = _export(out)
    seconds, memory = told["seconds"], told["peak_mb"]
    manifest = json.loads((out / "manifest.json").read_text())
    size = sum(file["bytes"] for file in manifest["files"])
    floor = _floor(rows)
    rate = manifest["rows"] / seconds
    answer = {
        "rows": manifest["rows"], "seconds": round(seconds, 1), "rows_per_second": round(rate), "peak_mb": memory,
        "cpu_seconds_export": told["cpu"], "cpu_seconds_postgres": round(_postgres_cpu() - before, 1),
        "bytes": size, "files": len(manifest["files"]), "load_seconds": loaded,
        "floor_rows_per_second": round(floor), "of_the_floor": round(rate / floor, 2), "loop_milliseconds": spin(),
        "load_average": round(os.getloadavg()[0], 1),
    }  # fmt: skip
    targets = [
        at_least(f"{manifest['rows']:,} decisions to Parquet, rows a second", rate, FASTEST),
        at_most("memory of the exporting process at its highest", memory, MOST, " MB"),
        reported("of the floor (the same rows read into nothing, one after another)", f"{rate / floor:.0%}"),
    ]
    return answer | {"targets": targets}


def load(rows: int) -> float:
    """The decisions of a year, with what keeps them: seconds it took."""
    since = time.monotonic()
    hands = _hands()
    queue = Queue.objects.order_by("pk").first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment = cursor.fetchone()[0]
    with as_owner_of_everything() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE hand (n int PRIMARY KEY, kind text, language text, rule text, outcome text, "
            "source text, body text, evidence jsonb)"
        )
        for first in range(0, HANDS, 500):
            values = ",".join(
                cursor.mogrify("(%s" + ",%s" * 7 + ")", hand).decode() for hand in hands[first : first + 500]
            )
            cursor.execute("INSERT INTO hand VALUES " + values)
        cursor.execute("ANALYZE hand")
        lane = Lane.objects.order_by("pk").values_list("pk", flat=True).first()
        if lane is None:
            cursor.execute(
                "INSERT INTO queues_lane (queue_id, exposure, language, units, harms) "
                "VALUES (%s, 2, 'en', 100, 0) RETURNING id",
                [queue.pk],
            )
            lane = cursor.fetchone()[0]
        about = {
            "n": rows, "first": FIRST, "authors": max(1, rows // 6), "now": moment, "hands": HANDS, "queue": queue.pk,
            "lane": lane, "decider": 1, "version": in_force().id,
        }  # fmt: skip
        for _, statement in LOAD:
            cursor.execute(statement, about)
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
    return round(time.monotonic() - since, 1)


def _hands() -> list[tuple[Any, ...]]:
    """Kinds of decision as often as they come; the same for the same seed."""
    dice = random.Random(11)
    rules = [rule.code for rule in in_force().rules.values() if rule.exposure < 4]
    found = []
    for n in range(HANDS):
        language = dice.choices(["en", "vi", "km"], [55, 25, 20])[0]
        kind = dice.choices(["text", "image", "video"], [60, 28, 12])[0]
        rule = dice.choice(rules)
        body = SENTENCES[language] * dice.choice((1, 1, 2)) + dice.choice(
            ("",) * 9 + ("see shop.example.com/x",)
        )
        at = "2026-01-01T10:00:00.123456+00:00"
        flags = [
            {
                "detector": "hate-text",
                "version": "3.1",
                "at": at,
                "scores": [{"rule": rule, "score": round(dice.random(), 3), "threshold": 0.6}],
            }
        ]
        media = [{"mime": "image/jpeg", "sha256": f"{n:064x}", "pdq": f"{n:064x}", "pdq_quality": 90}]
        evidence = {
            "text": "",
            "media": media if kind != "text" else [],
            "flags": flags if dice.random() < 0.5 else [],
            "reports": {"count": 1, "reporters": 1, "trusted": 0, "reasons": ["hate_speech"]},
            "views": 1200,
            "item": {
                "kind": kind,
                "language": language,
                "country": "KH",
                "posted_at": None,
                "revision": 1,
            },
            "author": {"followers": 10, "public_figure": False},
        }
        outcome = dice.choices(["violates", "no_violation", "unsure"], [60, 37, 3])[0]
        source = "auto_flag" if evidence["flags"] else "user_report"
        found.append((n, kind, language, rule, outcome, source, body, json.dumps(evidence)))
    return found


def _export(out: Path) -> dict[str, Any]:
    """The command an operator gives, and what its process needed: seconds, CPU seconds, MB at its highest."""
    since = time.monotonic()
    child = subprocess.Popen(
        python("manage.py", "export_feedback", "--format", "parquet", "--out", str(out)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = child.stdout.read() if child.stdout else b""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(said.decode()[-2000:])
    return {
        "seconds": time.monotonic() - since,
        "cpu": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024),
    }


def _floor(rows: int) -> float:
    """Rows a second when the same rows are only read, from the first on, on one connection."""
    asked = Range(FIRST + min(rows, FLOOR_ROWS), restricted_codes())
    since = time.monotonic()
    with transaction.atomic():
        done = sum(table.num_rows for table in batches(asked))
    return done / (time.monotonic() - since)


def _postgres_cpu() -> float:
    """CPU seconds of all of this machine's server processes that work for us, as far as they are children of one head."""
    from bench.meter import cpu_seconds
    from reviewqueue.embedded import postgres
    from reviewqueue.embedded.places import places

    return cpu_seconds(min(postgres.pids(places())))
