"""What was decided, how the detectors fared, and the published rates. Reads rollups only."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from apps.decisions.models import Decision
from apps.guidelines.errors import NothingInForce
from apps.guidelines.queries import in_force
from apps.insight.histogram import UNKNOWN_VIEWS, views_quantile
from apps.insight.models import AgreementDay, DecisionDay, RemovalDay, RemovalReachDay

DAYS_SHOWN = 30
TOO_FEW = 30  # fewer compared decisions than this say nothing


def decisions_on(day: date) -> dict[str, Any]:
    """Decisions of one day: in all, by outcome, and by rule and outcome; most cited rules first."""
    totals = dict.fromkeys(Decision.Outcome.values, 0)
    rules: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Decision.Outcome.values, 0))
    for code, outcome, n in DecisionDay.objects.filter(day=day).values_list("rule_code", "outcome", "n"):
        (rules[code] if code else totals)[outcome] += n
    titles = rule_titles()
    listed: list[dict[str, Any]] = [
        {"rule": code, "title": titles.get(code, ""), **outcomes}
        for code, outcomes in rules.items()
        if any(outcomes.values())
    ]
    listed.sort(key=lambda row: (-sum(row[outcome] for outcome in Decision.Outcome.values), row["rule"]))
    return {"day": day.isoformat(), "total": sum(totals.values()), "outcomes": totals, "rules": listed}


def rule_titles() -> dict[str, str]:
    try:
        return {code: rule.title for code, rule in in_force().rules.items()}
    except NothingInForce:
        return {}


def policy_titles() -> dict[str, str]:
    try:
        return {policy.code: policy.title for policy in in_force().policies}
    except NothingInForce:
        return {}


def detector_agreement(day: date) -> list[dict[str, Any]]:
    """Of the last 30 days' first looks: how often a detector and the person said the same, rule by rule.

    `agreement`: both said yes or both no, of all compared. `upheld`: of what the detector flagged, the
    share a person found to break that rule. Null when fewer than 30 were compared (or flagged).
    Only what reached a person is compared, so neither says how much a detector misses.
    """
    columns = ("over_upheld", "over_refused", "under_upheld", "under_refused")
    rows: Any = (
        AgreementDay.objects.filter(day__gt=day - timedelta(days=DAYS_SHOWN), day__lte=day)
        .values("detector", "detector_version", "rule_code")
        .annotate(**{f"sum_{column}": Sum(column) for column in columns})
        .order_by("detector", "detector_version", "rule_code")
    )
    found = []
    for row in rows:
        over_upheld, over_refused, under_upheld, under_refused = (row[f"sum_{column}"] for column in columns)
        flagged = over_upheld + over_refused
        compared = flagged + under_upheld + under_refused
        if compared:
            found.append(
                {
                    "detector": row["detector"],
                    "version": row["detector_version"],
                    "rule": row["rule_code"],
                    "compared": compared,
                    "agreement": share(over_upheld + under_refused, compared, at_least=TOO_FEW),
                    "flagged": flagged,
                    "upheld": share(over_upheld, flagged, at_least=TOO_FEW),
                }
            )
    return found


def removal_rates(day: date) -> dict[str, Any]:
    """The rates of domain/METRICS.md over the last 30 days: over all, and policy by policy.

    Each counts items whose first effective removal on guideline grounds fell into the period. A removal
    whose views (or posting time) are not known is left out of that rate; `…_coverage` is the share known.
    The `net` rate leaves out items reinstated since.
    """
    columns = [
        field.name
        for field in RemovalDay._meta.concrete_fields
        if field.name not in ("id", "day", "policy_code")
    ]
    rows: Any = (
        RemovalDay.objects.filter(day__gt=day - timedelta(days=DAYS_SHOWN), day__lte=day)
        .values("policy_code")
        .annotate(**{f"sum_{column}": Sum(column) for column in columns})
        .order_by("policy_code")
    )
    titles = policy_titles()
    policies = [
        {
            "policy": row["policy_code"],
            "title": titles.get(row["policy_code"], ""),
            **_rates(row),
        }
        for row in rows
        if row["sum_removals"]
    ]
    overall = next((row for row in policies if not row["policy"]), {"policy": "", "title": "", **_rates({})})
    return {"days": DAYS_SHOWN, "overall": overall, "policies": [row for row in policies if row["policy"]]}


def _rates(row: dict[str, Any]) -> dict[str, Any]:
    def n(column: str) -> int:
        return row.get(f"sum_{column}") or 0

    return {
        "removals": n("removals"),
        "zero_view_rate": share(n("zero_views"), n("views_known")),
        "zero_view_rate_net": share(n("net_zero_views"), n("net_views_known")),
        "views_coverage": share(n("views_known"), n("removals")),
        "within_24h_rate": share(n("within_24h"), n("posted_known")),
        "posted_coverage": share(n("posted_known"), n("removals")),
        "proactive_rate": share(n("proactive"), n("removals")),
    }


def removals_by_rule(day: date) -> list[dict[str, Any]]:
    """How far items of each rule had reached when their first removal took effect, over the last 30 days.

    Those of domain/METRICS.md, rule by rule: `zero_view_rate` is the share removed before anybody but the author saw
    them, `median` and `p90` the views that half and nine in ten stayed below, each of the removals whose views are
    known; `coverage` is their share. A removal that cites two rules counts for both. Most removals first.
    """
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    rows = (
        RemovalReachDay.objects.filter(day__gt=day - timedelta(days=DAYS_SHOWN), day__lte=day)
        .values("rule_code", "bucket")
        .annotate(total=Sum("n"))
    )
    for row in rows:
        if row["total"] > 0:
            counts[row["rule_code"]][row["bucket"]] = row["total"]
    titles = rule_titles()
    found = []
    for code, buckets in counts.items():
        removals = sum(buckets.values())
        known = removals - buckets.get(UNKNOWN_VIEWS, 0)
        found.append(
            {
                "rule": code,
                "title": titles.get(code, ""),
                "removals": removals,
                "zero_view_rate": share(buckets.get(0, 0), known),
                "median": views_quantile(buckets, 0.5),
                "p90": views_quantile(buckets, 0.9),
                "coverage": share(known, removals),
            }
        )
    return sorted(found, key=lambda row: (-row["removals"], row["rule"]))


def share(part: int, whole: int, *, at_least: int = 1) -> float | None:
    """A share between 0 and 1, to four places; None of fewer than `at_least`."""
    return round(part / whole, 4) if whole >= max(1, at_least) else None
