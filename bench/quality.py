"""The quality pages over five million decisions and two hundred thousand second looks, from rollups alone.

Decisions, draws, comparisons and the word of a third are written straight into their tables; then the rollup is made
from them as `rebuild_rollups` makes it, and the pages are asked for through the whole of the web stack but the socket.
"""

import statistics
import time
from typing import Any

from django.db import connection
from django.test import Client

from bench.load import as_owner_of_everything
from bench.meter import spin
from bench.system import System
from bench.targets import at_most, reported

DECISIONS, LOOKS, FEW = 5_000_000, 200_000, 2_000
AT_MOST = 1000.0  # milliseconds
TIMES = 20
PEOPLE = 300  # who decided; ids of nobody: the rollups name no one
AGREE = 0.86

ADD_DECISIONS = """
    INSERT INTO decisions_decision
        (case_id, item_id, item_revision, purpose, decider_id, origin, outcome, ground, guideline_version_id, rule_codes,
         actions, rationale, confidence, language, detection_source, reveal_state, evidence_sha256, withdraws, measures,
         held, demo, decided_at)
    SELECT %(case)s + g %% %(cases)s, %(item)s + g %% %(items)s, 1,
           CASE WHEN %(measures)s THEN 'second_look' ELSE 'review' END, %(person)s, 'human',
           CASE WHEN g %% 3 = 0 THEN 'no_violation' ELSE 'violates' END, 'guideline', %(version)s,
           CASE WHEN g %% 3 = 0 THEN '{}' ELSE ARRAY[(%(codes)s::varchar[])[1 + g::bigint * 7919 %% %(n_codes)s]] END,
           '{}', '{}', 'sure', (ARRAY['en', 'km', 'vi', 'th', 'lo'])[1 + g %% 5], 'user_report', '', repeat('0', 64),
           false, %(measures)s, false, true, now() - (g %% 90) * interval '1 day'
    FROM generate_series(1, %(n)s) g
"""
# Every so-many-th decision is drawn; its second look is the decision as far behind the first id of those that measure.
ADD_DRAWS = """
    WITH drawn AS (
        SELECT d.*, row_number() OVER (ORDER BY id) AS k FROM decisions_decision d
        WHERE NOT measures AND id %% %(step)s = 0 ORDER BY id LIMIT %(looks)s
    )
    INSERT INTO quality_draw (decision_id, plan_id, case_id, stratum, because, probability, rule_code, language, origin,
                              exposure, drawn_at)
    SELECT id, %(plan)s, %(far)s + k, 'x', 'random', (ARRAY[0.04, 0.1, 1.0])[1 + k %% 3], COALESCE(rule_codes[1], ''),
           language, origin, 1, decided_at FROM drawn
"""
ADD_COMPARISONS = """
    WITH pair AS (
        SELECT draw.id AS draw, draw.decision_id, draw.drawn_at, first.outcome, first.rule_codes, first.language,
               first.guideline_version_id, row_number() OVER (ORDER BY draw.id) AS k
        FROM quality_draw draw JOIN decisions_decision first ON first.id = draw.decision_id
    ), other AS (
        SELECT pair.*, k * 2654435761 %% 1000 < %(agree)s AS agreed,
               (%(codes)s::varchar[])[1 + k * 31 %% %(n_codes)s] AS instead FROM pair
    )
    INSERT INTO quality_comparison
        (draw_id, first_id, second_id, first_rater_id, second_rater_id, first_label, second_label, first_rules,
         second_rules, rule_code, language, origin, guideline_version_id, agreed, same_actions, settled_at)
    SELECT draw, decision_id, %(seconds)s + k, %(person)s + k %% %(people)s, %(person)s + (k + 1) %% %(people)s, outcome,
           CASE WHEN agreed THEN outcome WHEN outcome = 'violates' THEN 'no_violation' ELSE 'violates' END, rule_codes,
           CASE WHEN agreed THEN rule_codes WHEN outcome = 'violates' THEN '{}' ELSE ARRAY[instead] END,
           COALESCE(rule_codes[1], instead), language, 'human', guideline_version_id, agreed, agreed, drawn_at
    FROM other
"""


def run(system: System, scale: float) -> dict[str, Any]:
    """Milliseconds of each page with few second looks (the floor) and with all, and seconds of making the rollup."""
    from apps.accounts.models import Role, User
    from apps.training.models import PairDay
    from apps.training.operations import recount

    lead, _ = User.objects.get_or_create(
        username="bench-lead", defaults={"roles": [Role.POLICY_LEAD], "pseudonym": "M-bench-lead"}
    )
    decisions, looks = max(20_000, int(DECISIONS * scale)), max(5_000, int(LOOKS * scale))
    pages = {"rules": "/quality/rules/?days=365", "rule": f"/quality/rules/{_codes()[0]}/?days=365"}
    client = Client()
    client.force_login(lead)
    _fill(FEW * 4, FEW)
    recount()
    few = {name: _ask(client, at) for name, at in pages.items()}
    _empty()
    since = time.perf_counter()
    _fill(decisions, looks)
    loaded = time.perf_counter() - since
    since = time.perf_counter()
    recount()
    counted = time.perf_counter() - since
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE training_pairday")
    all_of_them = {name: _ask(client, at) for name, at in pages.items()}
    cells = PairDay.objects.count()
    _empty()
    slowest = max(one["p95"] for one in all_of_them.values())
    targets = [
        at_most(
            f"quality pages over {decisions:,} decisions and {looks:,} second looks, p95",
            slowest,
            AT_MOST,
            " ms",
        ),
        reported(
            f"of the same pages with {FEW:,} second looks",
            ", ".join(f"{name} {all_of_them[name]['median'] / few[name]['median']:.1f} ×" for name in pages),
        ),
        reported("making the rollup anew", f"{counted:.0f} s, {cells:,} cells"),
    ]
    return {
        "decisions": decisions, "second_looks": looks, "cells": cells, "load_seconds": round(loaded, 1),
        "recount_seconds": round(counted, 1), "milliseconds": all_of_them, "floor_milliseconds": few,
        "loop_milliseconds": spin(), "targets": targets,
    }  # fmt: skip


def _codes() -> list[str]:
    from apps.guidelines.queries import in_force

    return sorted(in_force().rules)


def _ask(client: Client, at: str) -> dict[str, float]:
    taken = []
    for _ in range(TIMES):
        since = time.perf_counter()
        answer = client.get(at, headers={"host": "127.0.0.1"})
        taken.append((time.perf_counter() - since) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{at} answered {answer.status_code}")
    taken.sort()
    return {"median": round(statistics.median(taken), 1), "p95": round(taken[int(0.95 * TIMES)], 1)}


def _fill(decisions: int, looks: int) -> None:
    from apps.guidelines.queries import in_force
    from apps.quality.models import SamplingPlan

    plan = SamplingPlan.objects.first() or SamplingPlan.objects.create(number=1, seed="bench")
    codes = _codes()
    with as_owner_of_everything() as cursor:  # triggers and foreign keys are not what is measured
        cursor.execute("SELECT COALESCE(min(id), 1), GREATEST(count(*), 1) FROM queues_case")
        case, cases = cursor.fetchone()
        cursor.execute("SELECT COALESCE(min(id), 1), GREATEST(count(*), 1) FROM intake_item")
        item, items = cursor.fetchone()
        values = {
            "case": case, "cases": cases, "item": item, "items": items, "version": in_force().id, "codes": codes,
            "n_codes": len(codes), "person": 1, "people": PEOPLE, "n": decisions, "measures": False, "looks": looks,
            "step": max(1, decisions // looks), "plan": plan.pk, "far": 10**9, "agree": int(1000 * AGREE),
        }  # fmt: skip
        cursor.execute(ADD_DECISIONS, values)
        cursor.execute("SELECT max(id) FROM decisions_decision")
        values["seconds"] = cursor.fetchone()[0]
        cursor.execute(ADD_DECISIONS, values | {"n": looks, "measures": True})
        cursor.execute("ANALYZE decisions_decision")
        cursor.execute(ADD_DRAWS, values)
        cursor.execute("ANALYZE quality_draw")
        cursor.execute(ADD_COMPARISONS, values)
        cursor.execute("ANALYZE quality_comparison")


def _empty() -> None:
    with as_owner_of_everything() as cursor:
        for table in ("training_counted", "training_pairday", "quality_comparison", "quality_draw"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("DELETE FROM decisions_decision WHERE demo AND evidence_sha256 = repeat('0', 64)")
