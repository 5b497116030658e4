"""The verbs of the room, one file per noun they act on."""

from apps.quality.operations.drawing import draw, void_changed, void_forgotten
from apps.quality.operations.erasing import make_way
from apps.quality.operations.giving import answer, put_in
from apps.quality.operations.golden import add_golden, retire, retire_changed, retire_moved
from apps.quality.operations.planning import plan_for, set_plan
from apps.quality.operations.settling import compare, settle, take_up

__all__ = [
    "add_golden",
    "answer",
    "compare",
    "draw",
    "make_way",
    "plan_for",
    "put_in",
    "retire",
    "retire_changed",
    "retire_moved",
    "set_plan",
    "settle",
    "take_up",
    "void_changed",
    "void_forgotten",
]
