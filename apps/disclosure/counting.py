"""What a report counts beside removals and restrictions: appeals, authorities, people, detectors, notices, prevalence.

Every statement here is shown on the page of definitions, as it runs.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from apps.detectors.queries.exploration import LOOKED_THROUGH, SAMPLED, sample
from apps.insight.histogram import quantile

Row = tuple[Any, ...]

APPEALED = """
    SELECT {by}, count(*), count(*) FILTER (WHERE appeal.outcome <> 'upheld'),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM appeal.decided_at - appeal.lodged_at)) / 3600
    FROM appeals_appeal appeal JOIN decisions_decision decision ON decision.id = appeal.decision_id {beside}
    WHERE appeal.state = 'decided' AND appeal.decided_at >= %(from)s AND appeal.decided_at < %(until)s
    GROUP BY 1
"""
RULES_CITED = "CROSS JOIN LATERAL unnest(decision.rule_codes) AS rule (code)"
APPEALS = {
    "appeals_all": APPEALED.format(by="''", beside=""),
    "appeals_by_rule": APPEALED.format(by="rule.code", beside=RULES_CITED),
    "appeals_by_language": APPEALED.format(by="decision.language", beside=""),
    "appeals_by_source": APPEALED.format(by="decision.detection_source", beside=""),
    "appeals_by_decider": APPEALED.format(by="decision.origin", beside=""),
    "appeals_by_side": APPEALED.format(by="appeal.by", beside=""),
}
# A request that is to be kept quiet when a report is drafted is in none of its numbers, nor is anything it asked for.
AUTHORITIES = """
    SELECT sender.country, count(DISTINCT asked.id), count(*), count(*) FILTER (WHERE item.state = 'by_rules'),
           count(*) FILTER (WHERE item.state = 'by_law'), count(*) FILTER (WHERE item.state = 'refused'),
           count(DISTINCT asked.id) FILTER (WHERE asked.form = 'informal'),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM item.closed_at - asked.received_at)) / 3600
    FROM authority_request asked JOIN authority_sender sender ON sender.id = asked.sender_id
    JOIN authority_requestitem item ON item.request_id = asked.id
    WHERE asked.received_at >= %(from)s AND asked.received_at < %(until)s AND NOT EXISTS (
        SELECT 1 FROM authority_silence silence
        WHERE silence.request_id = asked.id AND silence.kind = 'confidential' AND silence.until > clock_timestamp())
    GROUP BY 1
"""
# Contests of measures of local law: received in the period, and decided in it. What is to be kept quiet is in none.
CONTESTED = """
    SELECT {by}, count(*) FILTER (WHERE contest.lodged_at >= %(from)s AND contest.lodged_at < %(until)s),
           count(*) FILTER (WHERE {decided}), count(*) FILTER (WHERE {decided} AND contest.outcome = 'lifted'),
           count(*) FILTER (WHERE {decided} AND contest.outcome = 'upheld')
    FROM authority_contest contest JOIN authority_necessitytest measure ON measure.id = contest.test_id
    JOIN authority_requestitem item ON item.id = measure.item_id {beside}
    WHERE (contest.lodged_at >= %(from)s AND contest.lodged_at < %(until)s OR {decided}) AND NOT EXISTS (
        SELECT 1 FROM authority_silence silence WHERE silence.request_id = item.request_id
          AND silence.kind = 'confidential' AND silence.until > clock_timestamp())
    GROUP BY 1
"""
DECIDED = "contest.state = 'decided' AND contest.decided_at >= %(from)s AND contest.decided_at < %(until)s"
MEASURE = """JOIN LATERAL (SELECT action FROM decisions_enforcement ordered WHERE ordered.decision_id = measure.decision_id
        AND ordered.reverses_id IS NULL ORDER BY ordered.id LIMIT 1) ordered ON true"""
CONTESTS = {
    "contests_by_country": CONTESTED.format(by="measure.country", decided=DECIDED, beside=""),
    "contests_by_measure": CONTESTED.format(by="ordered.action", decided=DECIDED, beside=MEASURE),
}
# Disputes before out-of-court bodies: received in the period, and ended in it; '*' is all of them.
DISPUTES = """
    WITH known AS (
        SELECT *, received_on >= %(begins)s AND received_on < %(ends)s AS came,
               COALESCE(ended_on >= %(begins)s AND ended_on < %(ends)s, false) AS went FROM board_dispute
        WHERE received_on < %(ends)s AND (ended_on IS NULL OR ended_on >= %(begins)s)
    )
    SELECT COALESCE(known.by, '*'), count(*) FILTER (WHERE came), count(*) FILTER (WHERE went),
           count(*) FILTER (WHERE went AND outcome IN ('changed', 'partly')),
           percentile_disc(0.5) WITHIN GROUP (ORDER BY ended_on - received_on) FILTER (WHERE went),
           count(*) FILTER (WHERE went AND complied)
    FROM known WHERE came OR went GROUP BY GROUPING SETS ((known.by), ())
"""
PEOPLE = """
    SELECT language, count(*) FROM accounts_user person CROSS JOIN LATERAL unnest(person.languages) AS language
    WHERE person.is_active AND person.roles && '{moderator,senior_moderator}'::varchar[] GROUP BY 1
"""
DETECTORS = """
    SELECT detector, sum(over_upheld + over_refused)::bigint, sum(over_refused)::bigint,
           sum(over_upheld + over_refused + under_upheld + under_refused)::bigint,
           sum(over_upheld + under_refused)::bigint
    FROM insight_agreementday WHERE day >= %(begins)s AND day < %(ends)s GROUP BY 1
"""
NOTICES = """
    SELECT rule_code, sum(n)::bigint, sum(trusted)::bigint
    FROM disclosure_noticeday WHERE day >= %(begins)s AND day < %(ends)s GROUP BY 1
"""
DECISIONS = """
    SELECT outcome, sum(n)::bigint FROM insight_decisionday
    WHERE rule_code = '' AND day >= %(begins)s AND day < %(ends)s GROUP BY 1 HAVING sum(n) > 0
"""
TIMES = """
    SELECT bucket, sum(n)::bigint FROM insight_latencyday WHERE day >= %(begins)s AND day < %(ends)s GROUP BY 1
"""
MISUSE = """
    SELECT 'accounts_suspended', count(*) FROM strikes_suspension WHERE starts_at >= %(from)s AND starts_at < %(until)s
    UNION ALL
    SELECT 'reporters_paused', count(*) FROM strikes_reporterpause
    WHERE until IS NOT NULL AND decided_at >= %(from)s AND decided_at < %(until)s
"""
# Each item drawn stands for 1 / probability of those that were looked through; see `weigh`, beside these statements.
PREVALENCE = LOOKED_THROUGH + SAMPLED


def rows(sql: str, values: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def whole_weeks(begins: date, ends: date) -> tuple[date, date]:
    """The Mondays between which the whole weeks of a period lie: samples are drawn by the week."""
    first = begins + timedelta(days=-begins.weekday() % 7)
    return first, max(first, ends - timedelta(days=ends.weekday()))


def prevalence(begins: date, ends: date, rules: Sequence[str]) -> list[Row]:
    """('' and each rule found, share, low, high, items judged) of what no detector flagged and nobody reported."""
    drawn = sample(*whole_weeks(begins, ends))
    found = []
    for rule in ["", *rules]:
        estimate = drawn.prevalence(rule or None)
        if estimate is not None and (not rule or estimate.value):
            found.append((rule, estimate.value, estimate.low, estimate.high, drawn.judged))
    return found


def hours_to_decide(values: dict[str, Any]) -> tuple[float | None, float | None]:
    """Hours from opening a case to deciding it: the median, and what nine in ten stay below; to about a tenth."""
    counts: dict[int, int] = dict(rows(TIMES, values))
    both = (quantile(counts, 0.5), quantile(counts, 0.9))
    middle, most = (None if seconds is None else round(seconds / 3600, 2) for seconds in both)
    return middle, most
