"""What others said of the same content, and what became of each decision."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import combinations
from typing import Any, Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from apps.feedback.columnar import REAL, TEXT, listed, utc
from apps.feedback.columns import MOMENT, SHARES, VOTE
from apps.feedback.facts import AppealState, Inclusion
from apps.feedback.keying import Pseudonyms, Split
from apps.feedback.labels import APPEAL_FINAL_AFTER, FINAL_AFTER, LABELS, cited_of, label_of
from apps.feedback.queries import Said
from apps.guidelines.queries import Edition

RARE = 5  # rows or reports: a language or reason seen less often could point at one person
REVIEW_KINDS = {
    "review": "first",
    "re_review": "first",
    "second_opinion": "second_opinion",
    "approval": "approval",
    "second_look": "blind_second",
    "adjudication": "qa",
    "appeal": "appeal",
    "golden": "golden",
    "board": "appeal",
    "authority_request": "first",
}


Vote = tuple[str | None, str, str | None, str]  # the fields of VOTE, in their order


class Content(Protocol):
    """Items, and SHA-256 of texts and of files."""

    @property
    def items(self) -> Collection[int]: ...
    @property
    def texts(self) -> Collection[str]: ...
    @property
    def media(self) -> Collection[str]: ...


@dataclass(frozen=True)
class Golden:
    """What people are measured by: nothing is ever trained on those."""

    items: pa.Array
    texts: pa.Array
    media: pa.Array

    @classmethod
    def of(cls, content: Content) -> Self:
        return cls(
            pa.array(sorted(content.items), pa.int64()),
            pa.array(sorted(content.texts), pa.string()),
            pa.array(sorted(content.media), pa.string()),
        )

    def hold(self, items: pa.Array, texts: pa.Array, files: pa.Array) -> Any:
        """Whether each row is golden, as an array of numpy: by its item, the SHA-256 of its text or of its first file."""
        held = np.zeros(len(items), dtype=bool)
        for column, known in ((items, self.items), (texts, self.texts), (files, self.media)):
            if len(known):
                held |= pc.is_in(column, value_set=known).to_numpy(zero_copy_only=False)
        return held


@dataclass(frozen=True)
class Export:
    """What all rows of one export share."""

    id: str
    created_at: datetime
    pseudonyms: Pseudonyms
    split: Split
    split_version: str
    common_languages: frozenset[str]
    common_reasons: frozenset[str]
    edition: Callable[[int], Edition]
    restricted: frozenset[str] = frozenset()
    golden: Golden | None = None
    final_after: timedelta = FINAL_AFTER


@dataclass(frozen=True)
class Around:
    """What is known about the decisions of a batch beside their own rows.

    `said`: of items with several decisions, all of them. `groups`: settled (cluster, key) of items that had none
    when they were read. `clusters`: clusters as they are now, None where nobody keeps them; `keys`: their keys.
    `appeals` is None where nobody takes in appeals.
    """

    said: Mapping[int, Sequence[Said]] = field(default_factory=dict)
    groups: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    clusters: Mapping[int, int] | None = None
    keys: Mapping[int, str] = field(default_factory=dict)
    inclusions: Mapping[int, Inclusion] = field(default_factory=dict)
    appeals: Mapping[int, AppealState] | None = None


def agreement(labels: Sequence[str]) -> float | None:
    """Share of pairs of votes with the same label; None below two votes."""
    pairs = list(combinations(labels, 2))
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None


def soft_label(labels: Sequence[str]) -> dict[str, float] | None:
    """Share of the votes for each label; None below two votes."""
    if len(labels) < 2:
        return None
    counted = Counter(labels)
    return {label: counted[label] / len(labels) for label in LABELS.values()}


class Opinions:
    """What others said of the same content, and what became of each decision. Most items have one decision only."""

    def __init__(self, read: dict[str, pa.Array], around: Around, export: Export) -> None:
        self.read, self.export, self.around = read, export, around
        self.ids = read["id"].to_numpy()
        self.size = len(self.ids)
        ids, revisions, items = self.ids, read["item_revision"].to_numpy(), read["item_id"].to_numpy()
        self.same: dict[int, list[Said]] = {}
        self.after: dict[int, Said] = {}
        self.replaced: dict[int, bool] = {}
        restricted = np.zeros(self.size, dtype=bool)
        several = np.flatnonzero(read["several"].to_numpy(zero_copy_only=False))
        for place in several.tolist():
            all_of_it = around.said.get(int(items[place]), ())
            standing = [one for one in all_of_it if one.standing]
            self.same[place] = [
                one for one in standing if one.revision == revisions[place] and one.origin == "human"
            ]
            after = next((one for one in standing if one.id > ids[place] and not one.measures), None)
            if after is not None:
                self.after[place] = after
                self.replaced[place] = after.revision == revisions[place]
            restricted[place] = any(not export.restricted.isdisjoint(one.rule_codes) for one in all_of_it)
        self.restricted = pa.array(restricted)

    def columns(
        self, reviewer: pa.Array, cited: dict[str, pa.Array], kind: pa.Array, rare: pa.Array
    ) -> dict[str, pa.Array]:
        size, created = self.size, self.export.created_at
        own = pa.StructArray.from_arrays(
            [reviewer, cited["label"], cited["rule_code"], kind], fields=list(VOTE)
        )
        votes, n_votes, agreed, soft = self._votes(own, rare)
        appeals = self.around.appeals
        appealed = self._places_of(appeals or {})
        open_appeal = np.zeros(size, dtype=bool)
        open_appeal[[place for place, appeal in appealed.items() if appeal.decided_at is None]] = True
        window = pa.scalar(self.export.final_after, pa.duration("us"))
        decided = utc(self.read["decided_at"])
        final_after = pc.if_else(
            pc.equal(self.read["purpose"], "appeal"),
            pc.add(decided, pa.scalar(APPEAL_FINAL_AFTER, pa.duration("us"))),
            pc.add(decided, window),
        )
        replaced = np.zeros(size, dtype=bool)
        replaced[[place for place, by_same in self.replaced.items() if by_same]] = True
        waits = pc.or_(pc.fill_null(self.read["held"], False), pa.array(replaced | open_appeal))
        final = pc.and_(pc.less_equal(final_after, pa.scalar(created, MOMENT)), pc.invert(waits))
        overturned = np.zeros(size, dtype=bool)
        said = final.to_numpy(
            zero_copy_only=False
        ).copy()  # of which rows it is known whether they were overturned
        for place, by_same in self.replaced.items():
            if by_same:
                after = self.after[place]
                theirs = next(iter(cited_of(list(after.rule_codes), after.ground)), None)
                mine = cited["label"][place].as_py(), cited["rule_code"][place].as_py()
                overturned[place] = mine != (label_of(after.outcome, after.ground), theirs)
                said[place] = True
        for place, appeal in appealed.items():
            if appeal.outcome == "overturned":
                overturned[place] = said[place] = True
        was_appealed = np.zeros(size, dtype=bool)
        was_appealed[list(appealed)] = True
        superseded = np.zeros(size, dtype=np.int64)
        superseded[list(self.after)] = [after.id for after in self.after.values()]
        return {
            "n_votes": n_votes,
            "votes": votes,
            "agreement": agreed,
            "soft_label": soft,
            "label_status": pc.if_else(final, "final", "provisional"),
            "final_after": final_after,
            "appealed": pa.nulls(size, pa.bool_()) if appeals is None else pa.array(was_appealed),
            "overturned": pa.array(overturned, mask=~said),
            "superseded_by": pa.array(superseded, mask=superseded == 0),
        }

    def _places_of(self, appeals: Mapping[int, AppealState]) -> dict[int, AppealState]:
        """Row to the appeal of its decision, of those appealed."""
        if not appeals:
            return {}
        places = np.flatnonzero(np.isin(self.ids, np.fromiter(appeals, np.int64)))
        return {place: appeals[int(self.ids[place])] for place in places.tolist()}

    def _votes(self, own: pa.Array, rare: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array]:
        counts = np.ones(self.size, dtype=np.int32)
        agreed: list[float | None] = [None] * self.size
        soft: list[dict[str, float] | None] = [None] * self.size
        theirs: list[Vote] = []
        tell, weigh = cache(self._vote), cache(lambda labels: (agreement(labels), soft_label(labels)))
        begins: dict[int, int] = {}
        hidden = rare.to_numpy(zero_copy_only=False)
        for place, said in self.same.items():
            where = bool(hidden[place])
            told = [
                tell(one.decider_id, one.outcome, one.ground, tuple(one.rule_codes), one.purpose, where)
                for one in said
            ]
            agreed[place], soft[place] = weigh(tuple(vote[1] for vote in told))
            counts[place] = len(told)
            begins[place] = self.size + len(theirs)
            theirs += told
        if theirs:
            which = np.repeat(np.arange(self.size), counts)
            offsets = np.concatenate([[0], np.cumsum(counts)])
            for place, begin in begins.items():
                which[offsets[place] : offsets[place + 1]] = np.arange(begin, begin + counts[place])
            others = [pa.array(column, TEXT) for column in zip(*theirs, strict=True)]
            own = pa.concat_arrays([own, pa.StructArray.from_arrays(others, fields=list(VOTE))])
            own = own.take(pa.array(which))
        votes = listed(own, counts, np.zeros(self.size, dtype=bool))
        return votes, pa.array(counts), pa.array(agreed, REAL), pa.array(soft, SHARES)

    def _vote(
        self, decider: int | None, outcome: str, ground: str, codes: Sequence[str], purpose: str, hidden: bool
    ) -> Vote:
        cites = cited_of(list(codes), ground)
        return (
            None if hidden else self.export.pseudonyms.of("reviewer", decider),
            label_of(outcome, ground),
            cites[0] if cites else None,
            REVIEW_KINDS.get(purpose, "first"),
        )
