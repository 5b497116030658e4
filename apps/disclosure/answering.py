"""How long it took to answer reports: the median, to the minute, from sums kept by the month and from the rows.

A report is answered by the first decision about its item, after it came, that says whether a rule is broken: by whomever,
not held, not a comparison, and not taken back within the hour. Both ways count the same reports, so that both come to
the same figure; `check_report` and the tests compare them.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import now

from apps.disclosure.models import AnswersFolded
from apps.disclosure.periods import SETTLED_AFTER, midnight

THE_ONE = 1
ANSWERS = """
    {d}.outcome IN ('violates', 'no_violation') AND NOT {d}.held AND NOT {d}.withdraws AND NOT {d}.measures
    AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = {d}.id AND undo.withdraws
                    AND undo.decided_at <= {d}.decided_at + interval '1 hour')
"""
ANSWERED = f"""
    FROM decisions_decision decision
    JOIN intake_report report ON report.item_id = decision.item_id AND report.received_at <= decision.decided_at
    WHERE {{which}} AND {ANSWERS.format(d="decision")} AND NOT EXISTS (
        SELECT 1 FROM decisions_decision earlier
        WHERE earlier.item_id = decision.item_id AND earlier.decided_at >= report.received_at
          AND (earlier.decided_at, earlier.id) < (decision.decided_at, decision.id) AND {ANSWERS.format(d="earlier")})
"""  # noqa: S608
MINUTES = "floor(extract(epoch FROM decision.decided_at - report.received_at) / 60)::int"
MEDIAN_FROM_ROWS = f"""
    SELECT rule_code, count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY minutes) FROM (
        SELECT unnest(ARRAY['*', report.rule_code]) AS rule_code, {MINUTES} AS minutes
        {ANSWERED.format(which="decision.decided_at >= %(from)s AND decision.decided_at < %(until)s")}
    ) answered GROUP BY 1
"""  # noqa: S608
# The smallest number of minutes within which half of them, or more, were answered.
MEDIAN_FROM_SUMS = """
    WITH counted AS (
        SELECT rule_code, minutes, sum(n) AS n FROM (
            SELECT unnest(ARRAY['*', rule_code]) AS rule_code, minutes, n FROM disclosure_noticeanswered
            WHERE month >= %(begins)s AND month < %(ends)s) kept GROUP BY 1, 2
    ), running AS (
        SELECT rule_code, minutes, sum(n) OVER (PARTITION BY rule_code ORDER BY minutes) AS upto,
               sum(n) OVER (PARTITION BY rule_code) AS total FROM counted
    )
    SELECT rule_code, total::bigint, min(minutes) FROM running WHERE upto * 2 >= total GROUP BY 1, 2
"""
FOLD = f"""
    WITH taken AS MATERIALIZED (
        -- None is passed over: what is not an hour old ends the round. OFFSET keeps to the index by time, a short end of it.
        SELECT id FROM decisions_decision WHERE id > %(after)s AND decided_at < %(before)s AND id < COALESCE((
            SELECT min(recent.id) FROM (SELECT id FROM decisions_decision WHERE decided_at >= %(before)s OFFSET 0) recent
            WHERE recent.id > %(after)s), 9223372036854775807)
        ORDER BY id LIMIT %(limit)s
    ), answered AS (
        SELECT date_trunc('month', decision.decided_at AT TIME ZONE %(zone)s)::date AS month, report.rule_code,
               {MINUTES} AS minutes
        {ANSWERED.format(which="decision.id IN (SELECT id FROM taken)")}
    ), added AS (
        INSERT INTO disclosure_noticeanswered AS known (month, rule_code, minutes, n)
        SELECT month, rule_code, minutes, count(*) FROM answered GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (month, rule_code, minutes) DO UPDATE SET n = known.n + excluded.n
    )
    SELECT count(*), max(id) FROM taken
"""  # noqa: S608


@transaction.atomic
def fold_answers(*, limit: int = 100_000) -> int:
    """Add the reports that decisions answered to the sums of their months, in the order of their ids, each once; how many
    decisions were looked at. An hour late: until then a decision may be taken back."""
    AnswersFolded.objects.get_or_create(pk=THE_ONE)
    last = AnswersFolded.objects.select_for_update().get(pk=THE_ONE)
    asked: dict[str, Any] = {
        "after": last.decision_id, "before": now() - SETTLED_AFTER, "limit": limit, "zone": settings.TIME_ZONE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FOLD, asked)
        looked_at, upto = cursor.fetchone()
    if upto is not None:
        AnswersFolded.objects.filter(pk=THE_ONE).update(decision_id=upto)
    return int(looked_at)


def medians(begins: date, ends: date, *, from_rows: bool = False) -> dict[str, tuple[int, int]]:
    """By the rule they name, and '*' for all: how many reports were answered in these days, and the median in minutes."""
    values: dict[str, Any] = {
        "begins": begins, "ends": ends, "from": midnight(begins), "until": midnight(ends),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MEDIAN_FROM_ROWS if from_rows else MEDIAN_FROM_SUMS, values)
        return {rule: (n, minutes) for rule, n, minutes in cursor.fetchall()}
