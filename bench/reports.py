"""A quarter's report over twenty million enforcements: from the sums, and from every row; both say the same.

The rows are written as twenty million restrictions would have left them, six in ten of them removals, one in nine of an
item that was removed before, some reversed, some by local law, some of accounts, some without views or posting time; the
sums are then made from the rows by the statement that a rebuild stands for. Needs the superuser: triggers are put aside.
"""

import resource
import subprocess
import sys
import time
from datetime import date
from typing import Any

from django.db import connection

from bench.system import System
from bench.targets import at_most, holds, reported

ENFORCEMENTS = 20_000_000
BEGINS, ENDS = date(2025, 7, 1), date(2025, 10, 1)
SECONDS, MINUTES, MEGABYTES = 5.0, 10.0, 500.0
FIRST = 500_000_000  # numbers of what is written here

ITEMS = """
INSERT INTO intake_item (id, source, kind, external_id, revision, language, country, content_sha256)
SELECT %(first)s + n, 'bench-report', CASE WHEN n %% 50 = 0 THEN 'account' ELSE 'text' END, 'r' || n, 1,
       (ARRAY['en','km','vi','th','id'])[1 + n %% 5], (ARRAY['KH','VN','TH','ID','IE','US'])[1 + n %% 6], ''
FROM generate_series(1, %(items)s) n
"""
CASES = """
INSERT INTO queues_case (id, item_id, purpose, state, queue_id, lane_id, severity, exposure, units, harms, priority, breakdown,
    rank, due_at, due_because, rule_codes, detection_source, language, item_revision, placed_by_hand, opened_at, closed_at)
SELECT %(first)s, %(first)s + 1, 'review', 'done', queue_id, id, 1, 0, units, 0, 0, '[]', 0, now(), '', '{{}}', 'user_report',
       'en', 1, false, now(), now() FROM queues_lane ORDER BY id LIMIT 1
"""
DECISIONS = """
INSERT INTO decisions_decision (id, case_id, item_id, item_revision, purpose, origin, outcome, ground, guideline_version_id,
    rule_codes, actions, rationale, language, detection_source, evidence_sha256, withdraws, held, demo, decided_at,
    decider_id, confidence, reveal_state)
SELECT %(first)s + n, %(first)s, %(first)s + 1 + n %% %(items)s, 1, 'review',
       CASE WHEN n %% 3 = 0 THEN 'auto' ELSE 'human' END, 'violates',
       CASE WHEN n %% 40 = 0 THEN 'legal_only' ELSE 'guideline' END, %(version)s,
       CASE WHEN n %% 8 = 0 THEN ARRAY[codes[1 + n %% 30], codes[1 + (n + 7) %% 30]] ELSE ARRAY[codes[1 + n %% 30]] END,
       '{{remove}}', '{{}}', (ARRAY['en','km','vi','th','id'])[1 + n %% 5],
       (ARRAY['user_report','auto_flag','hash','trusted_flagger'])[1 + n %% 4], '', false, false, true,
       '2025-06-20'::timestamptz + (n::bigint * 7919 %% 9800000) * interval '1 second', 1, '', ''
FROM generate_series(1, %(n)s) n, (SELECT array_agg(code ORDER BY code) AS codes FROM guidelines_ruleversion
                                   WHERE version_id = %(version)s) known
"""
CITATIONS = """
INSERT INTO decisions_decisionrule (decision_id, rule_version_id)
SELECT decision.id, rule.id FROM decisions_decision decision CROSS JOIN LATERAL unnest(decision.rule_codes) AS cited
JOIN guidelines_ruleversion rule ON rule.code = cited AND rule.version_id = %(version)s
WHERE decision.id > %(first)s
"""
ENFORCED = """
INSERT INTO decisions_enforcement (id, decision_id, item_id, action, parameters, due_at, decided_by, detection_source,
    posted_at, first_report_at, first_flag_at, effective_at, views_at_effect)
SELECT id, id, item_id, CASE WHEN ground = 'legal_only' THEN 'geo_restrict' WHEN n %% 10 < 6 THEN 'remove'
                             WHEN n %% 10 < 8 THEN 'restrict_reach' ELSE 'strike' END,
       '{{}}', decided_at, CASE WHEN n %% 3 = 0 THEN 'auto' ELSE 'human' END, detection_source,
       CASE WHEN n %% 20 > 0 THEN decided_at - (n %% 60) * interval '1 hour' END,
       CASE WHEN n %% 4 = 0 THEN decided_at - interval '1 hour' END,
       CASE WHEN n %% 4 = 1 THEN decided_at - interval '2 hours' END, decided_at + interval '1 minute',
       CASE WHEN n %% 17 > 0 THEN (n %% 5) * (n %% 977) END
FROM (SELECT *, id - %(first)s AS n FROM decisions_decision WHERE id > %(first)s) decided
"""
REVERSED = """
INSERT INTO decisions_enforcement (id, decision_id, item_id, action, parameters, due_at, decided_by, detection_source,
    reverses_id)
SELECT id + 200000000, decision_id, item_id, action, '{{}}', due_at + interval '3 days', decided_by, detection_source, id
FROM decisions_enforcement WHERE id > %(first)s AND id < %(first)s + 200000000 AND id %% 29 = 0
"""


def run(system: System, scale: float) -> dict[str, Any]:
    """Seconds and memory of each way, in processes of their own, and whether they agree."""
    from apps.disclosure.cells import from_rows, from_sums

    n = max(100_000, int(ENFORCEMENTS * scale))
    since = time.perf_counter()
    if not _loaded(n):
        _load(n)
    loaded = time.perf_counter() - since
    try:
        by_sums, by_rows = _alone("from_sums"), _alone("from_rows")
        _take_time()
        same = from_sums(BEGINS, ENDS) == from_rows(BEGINS, ENDS)
        whole = sum(one.amounts[0] for one in from_sums(BEGINS, ENDS).removals if not one.rule)
    finally:
        _unload()
    return {
        "enforcements": n,
        "loaded_seconds": round(loaded, 1),
        "removals_in_the_quarter": whole,
        "from_sums": by_sums,
        "from_rows": by_rows,
        "targets": [
            at_most(f"report over {n:,} enforcements, from sums", by_sums["seconds"], SECONDS, " s", 2),
            at_most("the same from every row", by_rows["seconds"] / 60, MINUTES, " min", 2),
            at_most("memory of whoever counts the rows", by_rows["megabytes"], MEGABYTES, " MB"),
            holds("both say the same", same and whole > 0, "they differ"),
            reported("removals counted", f"{whole:,}"),
        ],
    }


def _alone(how: str) -> dict[str, float]:
    """One way of counting and the whole report from it, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "bench.reports", how], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{how} did not come to an end; what it said is above")
    seconds, megabytes = done.stdout.split()[-2:]
    return {"seconds": float(seconds), "megabytes": float(megabytes)}


def _loaded(n: int) -> bool:
    """Whether a run that was cut short left everything there, the sums last of all."""
    from apps.decisions.models import Decision
    from apps.insight.models_removals import ActionDay

    return Decision.objects.filter(pk=FIRST + n).exists() and ActionDay.objects.exists()


def _take_time() -> None:
    """As `check_report` counts: a page may take half a minute, this may not be cut short."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def _load(n: int) -> None:
    from apps.guidelines.queries import in_force
    from bench.load import as_owner_of_everything

    values = {"first": FIRST, "n": n, "items": n * 8 // 9, "version": in_force().id}
    with as_owner_of_everything() as cursor:
        for statement in (ITEMS, CASES, DECISIONS, CITATIONS, ENFORCED, REVERSED):
            cursor.execute(statement.replace("{{", "{").replace("}}", "}"), values)
            # The next statement joins what this one wrote, and is planned by what is known of it.
            cursor.execute("ANALYZE intake_item, decisions_decision, decisions_enforcement")
        cursor.execute(
            "VACUUM ANALYZE decisions_enforcement, decisions_decision, decisions_decisionrule, intake_item"
        )
        for statement in _sums():
            cursor.execute(statement)


def _sums() -> list[str]:
    """Day by day what the listener adds: the statements that count rows, grouped by their day as well."""
    from apps.disclosure.cells import ACTIONS_FROM_ROWS, AMOUNTS, REMOVALS_FROM_ROWS

    whole = {"from": "'2025-01-01'::timestamptz", "until": "'2026-01-01'::timestamptz", "at": "now()"}
    day = "(e.effective_at AT TIME ZONE 'UTC')::date"
    removals = REMOVALS_FROM_ROWS.replace("SELECT e.id,", f"SELECT {day} AS day, e.id,", 1)
    removals = removals.replace("SELECT cell.rule,", "SELECT first.day, cell.rule,", 1)
    removals = removals.replace("GROUP BY 1, 2, 3, 4, 5\n", "GROUP BY 1, 2, 3, 4, 5, 6\n")
    actions = ACTIONS_FROM_ROWS.replace("SELECT e.action,", f"SELECT {day}, e.action,", 1)
    actions = actions.replace("GROUP BY 1, 2, 3, 4, 5\n", "GROUP BY 1, 2, 3, 4, 5, 6\n")
    return [
        f"INSERT INTO insight_removalcell (day, rule_code, language, country, source, decided_by, {', '.join(AMOUNTS)}) "
        + removals % whole,
        "INSERT INTO insight_actionday (day, action, rule_code, ground, source, decided_by, n) "
        + actions % whole,
    ]


def _unload() -> None:
    from bench.load import as_owner_of_everything

    with as_owner_of_everything() as cursor:
        for table, column in (
            ("decisions_enforcement", "id"), ("decisions_decisionrule", "decision_id"), ("decisions_decision", "id"),
            ("queues_case", "id"), ("intake_item", "id"),
        ):  # fmt: skip
            cursor.execute(f"DELETE FROM {table} WHERE {column} >= %s", [FIRST])
        cursor.execute("DELETE FROM insight_removalcell")
        cursor.execute("DELETE FROM insight_actionday")


def main(how: str) -> None:
    import django

    django.setup()
    from apps.disclosure import cells
    from apps.disclosure.figures import figures

    _take_time()
    since = time.perf_counter()
    found = getattr(cells, how)(BEGINS, ENDS)
    figures(found, BEGINS, ENDS, smallest=5)
    took = time.perf_counter() - since
    print(f"{took:.3f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


if __name__ == "__main__":
    main(sys.argv[1])
