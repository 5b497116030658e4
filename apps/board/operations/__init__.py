"""The verbs of the outside board."""

from apps.board.operations.bringing import bring, hand_over
from apps.board.operations.disputing import end_dispute, record_dispute, say_complied
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
    "end_dispute",
    "hand_over",
    "record_dispute",
    "record_ruling",
    "say_complied",
    "set_precedent",
]
