"""What a report counts of removals and restrictions, twice: from the sums kept as things happen, and from the rows.

Both give the same `Cells`, and everything after is the same code: where the two differ, one of them is wrong.
`bench/reports.py` and the tests compare them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

AT_ONCE = 2_000
AMOUNTS = (
    "removals", "views_known", "zero_views", "views", "seen_1", "seen_10", "seen_100", "seen_1000", "seen_10000",
    "posted_known", "within_24h", "proactive", "net_removals", "net_views_known", "net_zero_views",
)  # fmt: skip
SUMS = ", ".join(f"sum({name})::bigint" for name in AMOUNTS)

REMOVALS_FROM_SUMS = f"""
    SELECT rule_code, language, country, source, decided_by, {SUMS}
    FROM insight_removalcell WHERE day >= %(begins)s AND day < %(ends)s
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(removals) <> 0
"""  # noqa: S608  (column names)
# What local law asked for in a request that is to be kept quiet still: none of its restrictions is told of.
QUIET = """
    SELECT test.decision_id FROM authority_necessitytest test JOIN authority_requestitem one ON one.id = test.item_id
    JOIN authority_silence silence ON silence.request_id = one.request_id
    WHERE test.decision_id IS NOT NULL AND silence.kind = 'confidential' AND silence.until > clock_timestamp()
"""
ACTIONS_FROM_SUMS = f"""
    SELECT action, rule_code, ground, source, decided_by, sum(n)::bigint FROM (
        SELECT action, rule_code, ground, source, decided_by, n
        FROM insight_actionday WHERE day >= %(begins)s AND day < %(ends)s
        UNION ALL
        SELECT e.action, COALESCE(decision.rule_codes[1], ''), decision.ground, e.detection_source, e.decided_by, -1
        FROM decisions_enforcement e JOIN decisions_decision decision ON decision.id = e.decision_id
        WHERE decision.id IN ({QUIET}) AND e.reverses_id IS NULL
          AND e.effective_at >= %(from)s AND e.effective_at < %(until)s
    ) counted GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
"""  # noqa: S608
# A removal counts where it is the first of its item that took effect, on guideline grounds, not of an account, and not
# taken back within its ten seconds. domain: METRICS.md, R(P).
COUNTS = """
    {e}.action = 'remove' AND {e}.reverses_id IS NULL AND {e}.effective_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM decisions_decision {d} WHERE {d}.id = {e}.decision_id AND {d}.ground = 'guideline'
          AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = {d}.id AND undo.withdraws))
"""
REMOVALS_FROM_ROWS = f"""
    WITH first AS NOT MATERIALIZED (
        SELECT e.id, e.decision_id, decision.language, item.country, e.detection_source AS source, e.decided_by,
               e.views_at_effect AS views, e.posted_at, e.posted_at >= e.effective_at - interval '24 hours' AS within_24h,
               e.first_report_at IS NULL OR COALESCE(e.first_flag_at <= e.first_report_at, false) AS proactive,
               EXISTS (SELECT 1 FROM decisions_enforcement reversal
                       WHERE reversal.reverses_id = e.id AND reversal.due_at <= %(at)s AND NOT EXISTS (
                           SELECT 1 FROM decisions_decision undo
                           WHERE undo.supersedes_id = reversal.decision_id AND undo.withdraws)) AS reinstated
        FROM decisions_enforcement e
        JOIN decisions_decision decision ON decision.id = e.decision_id
        JOIN intake_item item ON item.id = e.item_id AND item.kind <> 'account'
        WHERE e.effective_at >= %(from)s AND e.effective_at < %(until)s AND {COUNTS.format(e="e", d="mine")}
          AND NOT EXISTS (
              SELECT 1 FROM decisions_enforcement earlier
              WHERE earlier.item_id = e.item_id AND (earlier.effective_at, earlier.id) < (e.effective_at, e.id)
                AND {COUNTS.format(e="earlier", d="theirs")})
    )
    SELECT cell.rule, cell.language, cell.country, cell.source, cell.decided_by, count(*), count(first.views),
           count(*) FILTER (WHERE first.views = 0), COALESCE(sum(first.views), 0)::bigint,
           count(*) FILTER (WHERE first.views BETWEEN 1 AND 9), count(*) FILTER (WHERE first.views BETWEEN 10 AND 99),
           count(*) FILTER (WHERE first.views BETWEEN 100 AND 999), count(*) FILTER (WHERE first.views BETWEEN 1000 AND 9999),
           count(*) FILTER (WHERE first.views >= 10000), count(posted_at),
           count(*) FILTER (WHERE within_24h), count(*) FILTER (WHERE proactive), count(*) FILTER (WHERE NOT reinstated),
           count(first.views) FILTER (WHERE NOT reinstated), count(*) FILTER (WHERE NOT reinstated AND first.views = 0)
    FROM first CROSS JOIN LATERAL (
        SELECT '' AS rule, first.language, first.country, first.source, first.decided_by
        UNION ALL
        SELECT DISTINCT version.code, '', '', '', '' FROM decisions_decisionrule cited
        JOIN guidelines_ruleversion version ON version.id = cited.rule_version_id
        WHERE cited.decision_id = first.decision_id
    ) cell
    GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608
ACTIONS_FROM_ROWS = f"""
    SELECT e.action, COALESCE(decision.rule_codes[1], ''), decision.ground, e.detection_source, e.decided_by, count(*)
    FROM decisions_enforcement e JOIN decisions_decision decision ON decision.id = e.decision_id
    WHERE e.reverses_id IS NULL AND e.effective_at >= %(from)s AND e.effective_at < %(until)s AND NOT EXISTS (
        SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = decision.id AND undo.withdraws)
      AND NOT EXISTS (SELECT 1 FROM ({QUIET}) quiet WHERE quiet.decision_id = decision.id)
    GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608


@dataclass(frozen=True)
class Removals:
    """Sums over removals alike. Under rule '' each counts once; under a rule the other divisions are ''."""

    rule: str
    language: str
    country: str
    source: str
    decided_by: str
    amounts: tuple[int, ...]


@dataclass(frozen=True)
class Actions:
    """Restrictions alike, by the first rule cited."""

    action: str
    rule: str
    ground: str
    source: str
    decided_by: str
    n: int


@dataclass
class Cells:
    removals: list[Removals] = field(default_factory=list)
    actions: list[Actions] = field(default_factory=list)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Cells)
            and set(self.removals) == set(other.removals)
            and set(self.actions) == set(other.actions)
        )


def from_sums(begins: date, ends: date) -> Cells:
    """The cells of the days from `begins` to before `ends`, from the sums; some thousand rows whatever happened."""
    return _cells(REMOVALS_FROM_SUMS, ACTIONS_FROM_SUMS, _values(begins, ends))


def from_rows(begins: date, ends: date) -> Cells:
    """The same from every enforcement there is; what comes back is no more. Minutes, for many millions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment = cursor.fetchone()[0]
    return _cells(REMOVALS_FROM_ROWS, ACTIONS_FROM_ROWS, {**_values(begins, ends), "at": moment})


def _values(begins: date, ends: date) -> dict[str, Any]:
    from apps.disclosure.periods import midnight

    return {"begins": begins, "ends": ends, "from": midnight(begins), "until": midnight(ends)}


def _cells(removals: str, actions: str, values: dict[str, Any]) -> Cells:
    return Cells(
        [Removals(row[0], row[1], row[2], row[3], row[4], tuple(row[5:])) for row in _rows(removals, values)],
        [Actions(*row) for row in _rows(actions, values)],
    )


def _rows(sql: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
