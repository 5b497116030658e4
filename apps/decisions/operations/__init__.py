"""The verbs of decisions, one file each."""

from apps.decisions.operations.deciding import Decided, decide
from apps.decisions.operations.effect import record_effect
from apps.decisions.operations.undoing import undo

__all__ = ["Decided", "decide", "record_effect", "undo"]
