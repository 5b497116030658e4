"""Scorecards over five million decisions: the pages that read the counts, beside the bare statement they rest on.

The counts are written as five million decisions would have left them: six detectors with three versions, forty rules,
ten languages, half a year, scores spread as detectors spread them; one decision in a hundred on an item drawn by chance.
"""

import statistics
import time
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from apps.accounts.models import User
from apps.detectors.models import Plan
from apps.detectors.queries.cards import CELLS, period
from bench.load import as_owner_of_everything
from bench.system import System
from bench.targets import at_most, reported

PAST = 5_000_000
DRAWN = 50_000
WEEKS = 26
SECONDS = 2.0
TIMES = 7

# A decision of a week, with the score its item had: low for most, high for those that break the rule.
COUNTS = """
SELECT setseed(0.42);
CREATE TEMPORARY TABLE bench_scored AS
SELECT %(since)s::date + 7 * floor(random() * %(weeks)s)::int AS week,
    'detector-' || floor(random() * random() * 6)::int AS detector, (1 + floor(random() * 3)::int)::text AS version,
    rule, (ARRAY['en','km','vi','th','id','my','lo','tl','ms','zh'])[1 + floor(random() * random() * 10)::int] AS language,
    violates, least(100, floor(100 * CASE WHEN violates THEN 1 - power(random(), 2.5) ELSE power(random(), 2.5) END))::int
        AS bucket,
    random() < %(drawn)s AS drawn
FROM (SELECT 'AU-' || floor(random() * random() * 40)::int AS rule, random() < 0.35 AS violates
      FROM generate_series(1, %(past)s)) one;
INSERT INTO detectors_scoreweek (detector, rule_code, week, version, language, bucket, over, scored, upheld, refused,
    outside, drawn, drawn_upheld, weight, weight_upheld, square, looked, units)
SELECT detector, rule, week, version, language, bucket, bucket >= 70, count(*),
    count(*) FILTER (WHERE violates AND NOT drawn), count(*) FILTER (WHERE NOT violates AND NOT drawn),
    count(*) FILTER (WHERE violates AND NOT drawn), count(*) FILTER (WHERE drawn),
    count(*) FILTER (WHERE drawn AND violates), 100.0 * count(*) FILTER (WHERE drawn),
    100.0 * count(*) FILTER (WHERE drawn AND violates), 10000.0 * count(*) FILTER (WHERE drawn), count(*), 80 * count(*)
FROM bench_scored GROUP BY 1, 2, 3, 4, 5, 6, 7;
DROP TABLE bench_scored;
INSERT INTO detectors_cardweek (week, detector, version, rule_code, over, scored, upheld, refused, unsure, outside, drawn,
    drawn_upheld, weight, weight_upheld, square, looked, units)
SELECT week, detector, version, rule_code, over, sum(scored), sum(upheld), sum(refused), sum(unsure), sum(outside),
    sum(drawn), sum(drawn_upheld), sum(weight), sum(weight_upheld), sum(square), sum(looked), sum(units)
FROM detectors_scoreweek GROUP BY 1, 2, 3, 4, 5;
INSERT INTO detectors_foundweek (week, rule_code, language, found)
SELECT week, rule_code, language, sum(upheld) FROM detectors_scoreweek GROUP BY 1, 2, 3;
INSERT INTO detectors_frameweek (week, plan_id, stratum, language, unflagged, covered, expected)
SELECT week, %(plan)s, 'text-low', language, 100 * sum(drawn), 100 * sum(drawn), sum(drawn)
FROM detectors_scoreweek GROUP BY week, language;
INSERT INTO detectors_draw (item_id, case_id, plan_id, stratum, probability, language, drawn_at)
SELECT DISTINCT ON (item_id) item_id, id, %(plan)s, 'text-low', 0.01, language,
    %(since)s::timestamptz + random() * %(weeks)s * interval '7 days'
FROM queues_case ORDER BY item_id, id LIMIT %(draws)s;
INSERT INTO detectors_judged (draw_id, decision_id, outcome, rule_codes, caught, decided_at)
SELECT id, id, CASE WHEN id %% 10 = 0 THEN 'violates' ELSE 'no_violation' END,
    CASE WHEN id %% 10 = 0 THEN ARRAY['AU-' || id %% 7] ELSE '{}' END, '{}', drawn_at
FROM detectors_draw;
ANALYZE detectors_scoreweek, detectors_cardweek, detectors_foundweek, detectors_draw, detectors_judged;
"""


def run(system: System, scale: float) -> dict[str, Any]:
    """Write the counts, then open each page some times, and run the bare statement beside it."""
    past = int(PAST * scale)
    lead = User.objects.get_or_create(
        username="bench-minder",
        defaults={
            "pseudonym": "bench-minder",
            "roles": ["policy_lead"],
            "languages": ["en"],
            "password": "!",
        },
    )[0]
    plan = Plan.objects.create(
        rates={"text-low": 0.01}, per_day=1000, reason="For the benchmark.", set_by=lead
    )
    since, until = period(WEEKS, now().astimezone(UTC).date())
    began = time.perf_counter()
    with as_owner_of_everything() as cursor:
        cursor.execute(
            COUNTS,
            {
                "since": since, "weeks": WEEKS, "past": past, "drawn": DRAWN / PAST, "plan": plan.pk,
                "draws": int(DRAWN * scale),
            },
        )  # fmt: skip
        cursor.execute("SELECT count(*) FROM detectors_scoreweek")
        cells = cursor.fetchone()[0]
    wrote = time.perf_counter() - began
    settings.ALLOWED_HOSTS.append("testserver")
    client = Client()
    client.force_login(lead)
    card = "/detectors/card/AU-0/detector-0/?weeks=26"
    pages = {
        "list": "/detectors/?weeks=26",
        "card": card,
        "card of a version": f"{card}&version=2",
        "what if": f"{card}&threshold=0.35",
        "exploration": "/detectors/exploration/?weeks=26",
    }
    took = {name: _seconds(lambda address=address: _open(client, address)) for name, address in pages.items()}
    floor = _seconds(lambda: _bare(since, until))
    slowest = max(one["max"] for one in took.values())
    return {
        "decisions": past,
        "cells": cells,
        "drawn": int(DRAWN * scale),
        "writing_seconds": round(wrote, 1),
        "pages": took,
        "bare_statement": floor,
        "card_over_bare": round(took["card"]["median"] / floor["median"], 2),
        "targets": [
            at_most(f"scorecards over {past:,} decisions, the slowest page", slowest, SECONDS, " s", 3),
            reported(
                "the whole card beside its bare statement",
                f"{took['card']['median'] / floor['median']:.1f} times",
            ),
        ],
    }


def _open(client: Client, address: str) -> None:
    answered = client.get(address)
    assert answered.status_code == 200, f"{address}: {answered.status_code}"


def _bare(since: Any, until: Any) -> None:
    with connection.cursor() as cursor:
        asked = {"detector": "detector-0", "rule": "AU-0", "since": since, "until": until}
        cursor.execute(CELLS, {**asked, "version": "", "language": ""})
        cursor.fetchall()


def _seconds(do: Any) -> dict[str, float]:
    """Median and slowest of some times, after one that is not counted."""
    do()
    took = []
    for _ in range(TIMES):
        since = time.perf_counter()
        do()
        took.append(time.perf_counter() - since)
    return {"median": round(statistics.median(took), 4), "max": round(max(took), 4)}
