"""The verbs of the outside board."""

from apps.board.operations.bringing import bring, hand_over
from apps.board.operations.ruling import (
    answer,
    carry_out,
    record_ruling,
    set_precedent,
)

__all__ = [
    "answer",
    "bring",
    "carry_out",
    "hand_over",
    "record_ruling",
    "set_precedent",
]
