"""The verbs of this room, one file per noun they act on."""

from apps.detectors.operations.counting import forget_old_disagreements, keep, rebuild
from apps.detectors.operations.exploring import explore, set_plan
from apps.detectors.operations.standing import (
    propose_threshold,
    set_mode,
    settle_threshold,
    withdraw_threshold,
)

__all__ = [
    "explore",
    "forget_old_disagreements",
    "keep",
    "propose_threshold",
    "rebuild",
    "set_mode",
    "set_plan",
    "settle_threshold",
    "withdraw_threshold",
]
