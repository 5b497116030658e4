"""The verbs of the insight room: rollups are kept, folded and rebuilt, and somebody tells the dashboards."""

from apps.insight.operations.exposure import fold_exposure_days
from apps.insight.operations.keeping import (
    AT_LEAST_EVERY,
    AT_MOST_EVERY,
    fold,
    forget_old_flows,
    raise_pulse,
    take_in,
    take_pulse,
)
from apps.insight.operations.rebuilding import rebuild

__all__ = [
    "AT_LEAST_EVERY",
    "AT_MOST_EVERY",
    "fold",
    "fold_exposure_days",
    "forget_old_flows",
    "raise_pulse",
    "rebuild",
    "take_in",
    "take_pulse",
]
