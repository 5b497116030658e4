"""What rooms above or beside this one know of a decision, filled in `reviewqueue/wiring.py`.

Nobody needs to fill anything: what is not filled is not known, its columns are null and the manifest says so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


class Inclusion(Protocol):
    """How a case was drawn: `probability` is that with which its item came into the sample, above 0 and at most 1."""

    @property
    def stratum(self) -> str: ...
    @property
    def probability(self) -> float: ...
    @property
    def plan(self) -> str: ...


class AppealState(Protocol):
    """Where an appeal of a decision stands. `decided_at` is None while it is open."""

    @property
    def state(self) -> str: ...
    @property
    def outcome(self) -> str | None: ...
    @property
    def decided_at(self) -> datetime | None: ...


@dataclass
class Facts:
    """The questions that are asked of other rooms.

    `clusters_of`: near-duplicates, item id to cluster id. `inclusion_of`: case id to how it was drawn, of
    the cases that were drawn at all; several rooms may draw. `appeals_of`: decision id to its appeal, of those appealed.
    `appeal_window`: how long a decision may be appealed.
    """

    clusters_of: Callable[[Sequence[int]], Mapping[int, int]] | None = None
    inclusion_of: list[Callable[[Sequence[int]], Mapping[int, Inclusion]]] = field(default_factory=list)
    appeals_of: Callable[[Sequence[int]], Mapping[int, AppealState]] | None = None
    appeal_window: Callable[[], timedelta] | None = None

    def known(self) -> dict[str, bool]:
        """What is known in this installation, for the manifest."""
        return {
            "clusters": self.clusters_of is not None,
            "inclusion": bool(self.inclusion_of),
            "appeals": self.appeals_of is not None,
            "appeal_window": self.appeal_window is not None,
        }

    def inclusions(self, cases: Sequence[int]) -> dict[int, Inclusion]:
        """How the cases were drawn, whoever drew them; the first room that knows of a case is believed."""
        found: dict[int, Inclusion] = {}
        for ask in reversed(self.inclusion_of):
            found.update(ask(cases))
        return found

    def appeals(self, decisions: Iterable[int]) -> Mapping[int, AppealState]:
        return self.appeals_of(list(decisions)) if self.appeals_of else {}


facts = Facts()
