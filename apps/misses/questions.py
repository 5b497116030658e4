"""What this room asks of rooms that are not below it. Filled by `reviewqueue/wiring.py`; unanswered, it does without."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Answers = dict[int, dict[str, Any]]


def nobody_knows(item_ids: Sequence[int]) -> Answers:
    return {}


@dataclass
class Questions:
    """Each takes ids of items and answers for those of which it knows something, in a fixed number of queries.

    `nearest_hash`: the nearest enabled hash of a bank that did *not* match, `{"bits", "threshold", "bank"}`: by how
    many bits they differ, and up to how many still match.
    `rising`: what was rising when it was found, `{"kind", "key"}`.
    """

    nearest_hash: Callable[[Sequence[int]], Answers] = nobody_knows
    rising: Callable[[Sequence[int]], Answers] = nobody_knows


questions = Questions()
