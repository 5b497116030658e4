"""The verbs of the training room."""

from apps.training.operations.calibrating import close_calibration, judge, open_calibration, remark, rule_on
from apps.training.operations.certifying import accompany, certify, end_certificate
from apps.training.operations.choosing import choose_first, note_decided
from apps.training.operations.counting import recount
from apps.training.operations.learning import answer, give, give_to_language, look_at_next
from apps.training.operations.making import (
    add_case,
    open_module,
    publish_module,
    retire_module,
    retire_reworded,
    take_out,
)

__all__ = [
    "accompany",
    "add_case",
    "answer",
    "certify",
    "choose_first",
    "close_calibration",
    "end_certificate",
    "give",
    "give_to_language",
    "judge",
    "look_at_next",
    "note_decided",
    "open_calibration",
    "open_module",
    "publish_module",
    "recount",
    "remark",
    "retire_module",
    "retire_reworded",
    "rule_on",
    "take_out",
]
