"""What was decided, how long it took, and whether the detectors had said the same."""

from collections.abc import Iterable

from django.utils.timezone import localdate

from apps.decisions.models import Decision
from apps.insight.histogram import bucket
from apps.insight.models import AgreementDay, DecisionDay, LatencyDay
from apps.insight.queries.verdicts import Verdict, opinions_before
from apps.sums import Sums


def count_verdicts(signed: Iterable[tuple[int, Verdict, int]]) -> None:
    """Add (+1) or take away (-1) decisions: (sign, decision, queue it was decided in)."""
    days = Sums(DecisionDay, "day", "rule_code", "outcome")
    latencies = Sums(LatencyDay, "day", "queue_id", "bucket")
    comparable: dict[int, tuple[int, Verdict]] = {}
    for sign, verdict, queue in signed:
        day = localdate(verdict.decided_at)
        for code in ("", *verdict.rule_codes):
            days.add(day, code, verdict.outcome, n=sign)
        seconds = (verdict.decided_at - verdict.opened_at).total_seconds()
        latencies.add(day, queue, bucket(seconds), n=sign)
        if verdict.comparable:
            comparable[verdict.id] = (sign + comparable.get(verdict.id, (0,))[0], verdict)
    days.write()
    latencies.write()
    _count_agreement({key: value for key, value in comparable.items() if value[0]})


def _count_agreement(counted: dict[int, tuple[int, Verdict]]) -> None:
    """Set what each detector had said against what was decided, rule by rule.

    A score at or over the threshold in force at that moment says "breaks this rule". The decision says
    so when it finds a violation and cites the rule.
    """
    sums = Sums(AgreementDay, "day", "detector", "detector_version", "rule_code")
    for decision, detector, version, scores in opinions_before([verdict for _, verdict in counted.values()]):
        sign, verdict = counted[decision]
        for score in scores:
            said = "over" if score["score"] >= score["threshold"] else "under"
            upheld = verdict.outcome == Decision.Outcome.VIOLATES and score["rule"] in verdict.rule_codes
            column = f"{said}_{'upheld' if upheld else 'refused'}"
            sums.add(localdate(verdict.decided_at), detector, version, score["rule"], **{column: sign})
    sums.write()
