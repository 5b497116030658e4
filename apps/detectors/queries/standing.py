"""On which terms detectors are taken now: modes and thresholds in force."""

from collections.abc import Collection, Mapping

from apps.detectors.models import Mode, ThresholdChange
from apps.intake.standing import Named, Terms

APPROVED = ThresholdChange.State.APPROVED


def terms_of(detectors: Collection[Named]) -> Mapping[Named, Terms]:
    """What intake asks while it takes in a batch of flags: two queries, whatever its size."""
    names = {name for name, _ in detectors}
    modes: dict[str, list[tuple[str, bool]]] = {}
    for name, version, shadow in (
        Mode.objects.filter(detector__in=names)
        .order_by("detector", "version", "-id")
        .distinct("detector", "version")
        .values_list("detector", "version", "shadow")
    ):
        modes.setdefault(name, []).append((version, shadow))
    thresholds: dict[Named, dict[str, float]] = {}
    for change in _newest().filter(detector__in=names):
        thresholds.setdefault((change.detector, change.version), {})[change.rule_code] = change.threshold
    found = {}
    for name, version in detectors:
        said = dict(modes.get(name, ()))
        shadow = said.get(version, said.get("", False))
        found[name, version] = Terms(shadow, thresholds.get((name, version), {}))
    return found


def _newest():  # type: ignore[no-untyped-def]
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
