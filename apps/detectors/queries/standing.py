"""On which terms detectors are taken now: modes and thresholds in force."""

from collections.abc import Collection, Mapping

from django.db import connection
from django.db.models import QuerySet

from apps.detectors.models import Mode, ThresholdChange
from apps.intake.standing import Named, Terms

APPROVED = ThresholdChange.State.APPROVED


TERMS = """
(SELECT DISTINCT ON (detector, version) detector, version, shadow, NULL AS rule_code, NULL::float AS threshold
 FROM detectors_mode WHERE detector = ANY(%(names)s) ORDER BY detector, version, id DESC)
UNION ALL
(SELECT DISTINCT ON (detector, version, rule_code) detector, version, NULL, rule_code, threshold
 FROM detectors_thresholdchange WHERE detector = ANY(%(names)s) AND state = 'approved'
 ORDER BY detector, version, rule_code, number DESC)
"""


def terms_of(detectors: Collection[Named]) -> Mapping[Named, Terms]:
    """What intake asks while it takes in a batch of flags: one query, whatever its size."""
    modes: dict[Named, bool] = {}
    thresholds: dict[Named, dict[str, float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TERMS, {"names": list({name for name, _ in detectors})})
        for name, version, shadow, rule, threshold in cursor.fetchall():
            if rule is None:
                modes[name, version] = shadow
            else:
                thresholds.setdefault((name, version), {})[rule] = threshold
    return {
        (name, version): Terms(
            modes.get((name, version), modes.get((name, ""), False)), thresholds.get((name, version), {})
        )
        for name, version in detectors
    }


def _newest() -> QuerySet[ThresholdChange]:
    return (
        ThresholdChange.objects.filter(state=APPROVED)
        .order_by("detector", "version", "rule_code", "-number")
        .distinct("detector", "version", "rule_code")
        .only("detector", "version", "rule_code", "threshold", "number")
    )


def threshold_in_force(detector: str, version: str, rule_code: str) -> float | None:
    """The house's own threshold; None while the one the detector sends counts."""
    newest = ThresholdChange.objects.filter(
        detector=detector, version=version, rule_code=rule_code, state=APPROVED
    ).order_by("-number")
    return newest.values_list("threshold", flat=True).first()


def thresholds_of(detector: str, rule_code: str) -> dict[str, float]:
    """The house's thresholds for one rule of a detector, by version."""
    return {
        change.version: change.threshold
        for change in _newest().filter(detector=detector, rule_code=rule_code)
    }


def changes_of(detector: str, rule_code: str) -> list[ThresholdChange]:
    """Every proposed or settled change for one rule of a detector, newest first."""
    found = ThresholdChange.objects.filter(detector=detector, rule_code=rule_code)
    return list(found.select_related("proposed_by", "settled_by").defer("preview").order_by("-id")[:50])


def waiting() -> list[ThresholdChange]:
    """Proposals that wait for a second person, oldest first."""
    found = ThresholdChange.objects.filter(state=ThresholdChange.State.PROPOSED)
    return list(found.select_related("proposed_by").defer("preview").order_by("id")[:50])


def modes_in_force() -> list[Mode]:
    """The newest word on each version of each detector that anybody said one about."""
    return list(
        Mode.objects.order_by("detector", "version", "-id")
        .distinct("detector", "version")
        .select_related("said_by")[:500]
    )
