"""Decisions to rows, a batch at a time and column by column. Pure: everything it needs is given."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from apps.feedback.columns import HASHES, MOMENT, NAMES, SCHEMA, SCHEMA_VERSION, SCORE, SHARES, VOTE
from apps.feedback.facts import AppealState, Inclusion
from apps.feedback.keying import NEVER_SPLIT, Pseudonyms, Split
from apps.feedback.labels import APPEAL_FINAL_AFTER, FINAL_AFTER, LABELS, cited_of, label_of
from apps.feedback.queries import Said
from apps.feedback.reading import FLAGS, LIST, MEDIA, parsed
from apps.feedback.redaction import SUSPECT, is_code, redact
from apps.guidelines.queries import Edition

RARE = 5  # rows or reports: a language or reason seen less often could point at one person
OTHER = "other"
REVIEW_KINDS = {
    "review": "first",
    "re_review": "first",
    "second_opinion": "second_opinion",
    "approval": "approval",
    "second_look": "blind_second",
    "adjudication": "qa",
    "appeal": "appeal",
    "golden": "golden",
    "authority_request": "first",
}
SOURCES = {"user_report", "auto_flag", "hash", "trusted_flagger", "gov", "proactive_sample", "virality"}
# Reasons that make an exception of what looks like a violation.
EXCEPTIONS = ("news", "education", "satire", "condemns", "self_reference", "recovery", "public_interest")
# What a row's own digest covers, in this order; see `digest`.
DIGESTED = (
    "decision_id", "item_id_hash", "cluster_id", "author_id_hash", "content_type", "language", "text_redacted",
    "rule_code", "rule_version", "label", "ground", "reviewer_id_hash", "review_kind", "label_origin", "label_status",
    "superseded_by", "split", "export_id",
)  # fmt: skip
TEXT, REAL = pa.string(), pa.float64()


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


def rows_of(raw: pa.Table, around: Around, export: Export) -> pa.RecordBatch:
    """A batch of `apps.feedback.reading` as rows of the export: every column present, what is not known null."""
    size = raw.num_rows
    read = {name: _whole(raw[name]) for name in raw.column_names}
    items: list[int] = read["item_id"].to_pylist()
    names = export.pseudonyms
    own = names.many("item", items)
    said = _Said(read, items, around, export)
    cited = _cited(read, export)
    rare = pc.and_(
        pc.greater(pc.utf8_length(read["language"]), 0),
        pc.invert(pc.is_in(read["language"], value_set=pa.array(sorted(export.common_languages), TEXT))),
    )
    restricted = pc.or_(read["restricted"], said.restricted)
    shows = pc.invert(restricted)
    content = _content(read, shows)
    cluster, sides, key = _groups(read, items, around, export)
    reviewers = _each(read["decider_id"], lambda who: names.of("reviewer", who), TEXT)
    reviewer = pc.if_else(rare, pa.scalar(None, TEXT), reviewers)
    kind = _each(read["purpose"], lambda purpose: REVIEW_KINDS.get(purpose, "first"), TEXT)
    columns: dict[str, Any] = {
        "export_schema_version": _same(SCHEMA_VERSION, size),
        "item_id_hash": pa.array(own, TEXT),
        "cluster_id": pa.array(_names_of_clusters(cluster, items, own, names), TEXT),
        "author_id_hash": pa.array(names.many("author", read["author_id"].to_pylist()), TEXT),
        "content_type": read["kind"],
        "language": pc.if_else(rare, OTHER, _or_null(read["language"])),
        "posted_at": _utc(read["posted_at"]),
        **content,
        **cited,
        "ground": read["ground"],
        "action": _lists(read["actions"]),
        "context_exception": _each(
            _together(cited["label"], read["rationale"]), lambda told: _exception(*told.split(SEP)), TEXT
        ),
        "rationale_codes": _lists(read["rationale"]),
        "decision_id": read["id"],
        "decided_at": _utc(read["decided_at"]),
        # Who reads a rare language is soon guessed, and the text shows what the hidden code does not.
        "reviewer_id_hash": reviewer,
        "review_kind": kind,
        "reveal_state": _or_null(read["reveal_state"]),
        "confidence": _or_null(read["confidence"]),
        "label_origin": _same("human", size),
        "source": _each(read["source"], lambda source: source if source in SOURCES else None, TEXT),
        "report_reason": _each(read["reason"], lambda reason: _reason(reason, export), TEXT),
        **_sampling(read["case_id"].to_pylist(), around.inclusions),
        **said.columns(reviewer, cited, kind, rare),
        "split": _split(sides, key, read["decided_at"], kind, export.split),
        "split_version": _same(export.split_version, size),
        "split_seed": _same(export.split.seed, size),
        "demo": read["demo"],
        "export_id": _same(export.id, size),
        "created_at": pa.array([export.created_at] * size, MOMENT),
    }
    columns["sha256"] = _digests(columns)
    return pa.RecordBatch.from_arrays([columns[name] for name in NAMES], schema=SCHEMA)


def digest(row: Mapping[str, Any]) -> str:
    """The digest of a row: SHA-256 of the values of DIGESTED as text, null as nothing, joined by U+001F."""
    told = ("" if row[name] is None else str(row[name]) for name in DIGESTED)
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def as_json(value: Any, *, sort_keys: bool = False) -> str:
    return json.dumps(value, default=_moment, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys)


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


SEP = "\x1e"


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _each(column: pa.Array, tell: Callable[[Any], Any], type: pa.DataType) -> pa.Array:
    """`tell` of every value, asked once for each different one."""
    coded = column.dictionary_encode(null_encoding="encode")
    return pa.array([tell(value) for value in coded.dictionary.to_pylist()], type).take(coded.indices)


def _together(*columns: pa.Array) -> pa.Array:
    """Several columns as one text, for `_each`."""
    told = [pc.cast(column, TEXT) for column in columns]
    return pc.binary_join_element_wise(*told, SEP, null_handling="replace", null_replacement="")


def _same(value: Any, size: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, TEXT), size)


def _or_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, TEXT), column)


def _utc(column: pa.Array) -> pa.Array:
    return pc.assume_timezone(column, "UTC")


def _split_list(cell: str | None) -> list[str]:
    return cell.split(LIST) if cell else []


def _lists(column: pa.Array) -> pa.Array:
    return _each(column, _split_list, pa.list_(TEXT))


def _cited(read: dict[str, pa.Array], export: Export) -> dict[str, pa.Array]:
    """What was decided, by which wording. A decision on local law alone cites nothing that is broken."""
    seen: dict[str, dict[str, Any]] = {}

    def tell(told: str) -> dict[str, Any]:
        version, codes_told, considered_told, outcome, ground = told.split(SEP)
        edition = export.edition(int(version))
        codes, considered = _split_list(codes_told), _split_list(considered_told)
        label = label_of(outcome, ground)
        cites = cited_of(codes, ground)
        first = edition.rules.get(cites[0]) if cites else None
        return {
            "rule_code": cites[0] if cites else None,
            "rule_codes": cites,
            "rules_considered": sorted({*codes, *considered}),
            "guideline_version": edition.number,
            "rule_version": f"{cites[0]}@{edition.number}" if cites else None,
            "label": label,
            "severity": first.severity if first else None,
        }

    coded = _together(
        read["version_id"], read["rule_codes"], read["considered"], read["outcome"], read["ground"]
    ).dictionary_encode()
    for told in coded.dictionary.to_pylist():
        seen[told] = tell(told)
    types = {name: SCHEMA.field(name).type for name in next(iter(seen.values()))}
    return {
        name: pa.array([one[name] for one in seen.values()], type).take(coded.indices)
        for name, type in types.items()
    }


def _content(read: dict[str, pa.Array], shows: pa.Array) -> dict[str, pa.Array]:
    """Hashes, text and scores as the snapshot has them: the item may have changed since."""
    kept = pc.fill_null(read["kept"], False)
    gone = pc.invert(kept).to_numpy(zero_copy_only=False)
    media, flags = parsed(read["media"], MEDIA), parsed(read["flags"], FLAGS)
    text = pc.if_else(kept, read["text"], pa.scalar(None, TEXT))
    counts = pc.fill_null(pc.list_value_length(media), 0).to_numpy()
    files = pc.list_flatten(media)
    hashes = pa.StructArray.from_arrays(
        [
            _or_null(pc.struct_field(files, 0)),
            _or_null(pc.struct_field(files, 1)),
            pc.struct_field(files, 2),
        ],
        fields=list(HASHES),
    )
    starts = np.concatenate([[0], np.cumsum(counts)])
    first = hashes.take(pa.array(starts[:-1], mask=counts == 0))
    texts = text.to_pylist()
    of_text = [
        None if one is None or count else hashlib.sha256(one.encode()).hexdigest()
        for one, count in zip(texts, counts, strict=True)
    ]
    sha = pc.coalesce(pc.struct_field(first, 0), pa.array(of_text, TEXT))
    known = (counts > 0) | np.array([one is not None for one in of_text], dtype=bool)
    content = pa.StructArray.from_arrays(
        [sha, pc.struct_field(first, 1), pc.struct_field(first, 2)],
        fields=list(HASHES),
        mask=pa.array(~known),
    )
    file = pc.struct_field(first, 0)
    return {
        "content_hashes": content,
        "media_hashes": _listed(hashes, counts, gone),
        "media_ref": pc.if_else(
            shows, pc.binary_join_element_wise("sha256:", file, ""), pa.scalar(None, TEXT)
        ),
        "text_redacted": _redacted(pc.if_else(shows, text, pa.scalar(None, TEXT))),
        "detectors": _scores(flags, gone),
    }


def _listed(values: pa.Array, counts: Any, gone: Any) -> pa.Array:
    """A list a row, `counts` values in each; null where `gone`."""
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(gone))


def _redacted(texts: pa.Array) -> pa.Array:
    """Only what may hold something to take out is read by the patterns."""
    suspect = pc.fill_null(pc.match_substring_regex(texts, SUSPECT), False)
    return pc.replace_with_mask(
        texts, suspect, pa.array([redact(text) for text in texts.filter(suspect).to_pylist()], TEXT)
    )


def _scores(flags: pa.Array, gone: Any) -> pa.Array:
    """The scores known when it was decided, each with its threshold then."""
    flag, row = pc.list_flatten(flags), pc.list_parent_indices(flags)
    scores = pc.struct_field(flag, 3)
    score, of_flag = pc.list_flatten(scores), pc.list_parent_indices(scores)
    at = _or_null(pc.struct_field(flag, 2))
    values = pa.StructArray.from_arrays(
        [
            pc.struct_field(flag, 0).take(of_flag),
            pc.struct_field(flag, 1).take(of_flag),
            pc.struct_field(score, 0),
            pc.struct_field(score, 1),
            pc.struct_field(score, 2),
            pc.cast(at, MOMENT).take(of_flag),
        ],
        fields=list(SCORE),
    )
    rows = row.take(of_flag).to_numpy()
    return _listed(values, np.bincount(rows, minlength=len(flags)), gone)


def _sampling(cases: list[int], inclusions: Mapping[int, Inclusion]) -> dict[str, pa.Array]:
    drawn = [inclusions.get(case) for case in cases] if inclusions else [None] * len(cases)
    return {
        "stratum": pa.array([one.stratum if one else None for one in drawn], TEXT),
        "inclusion_prob": pa.array([one.probability if one else None for one in drawn], REAL),
        "weight": pa.array([1 / one.probability if one else None for one in drawn], REAL),
        "sampling_plan_id": pa.array([one.plan if one else None for one in drawn], TEXT),
    }


def _groups(
    read: dict[str, pa.Array], items: list[int], around: Around, export: Export
) -> tuple[list[int | None], list[str | None], pa.Array]:
    """Of every row: its cluster as it is now, the side its cluster leaves it (None: left out), and its settled key."""
    clusters, keys = read["cluster"].to_pylist(), read["key"].to_pylist()
    for place, item in enumerate(items) if around.groups else ():
        if keys[place] is None:
            clusters[place], keys[place] = around.groups[item]
    known: dict[str, str] = {}

    def side(key: str) -> str:
        if key not in known:
            known[key] = export.split.side(key)
        return known[key]

    sides: list[str | None] = [side(key) for key in keys]
    if around.clusters is not None:
        for place, item in enumerate(items):
            now = around.clusters.get(item, clusters[place])
            if now != clusters[place]:
                # Found to be a near-copy of something after it was settled: left out rather than on two sides.
                settled = around.keys.get(now)
                if settled is not None and side(settled) != sides[place]:
                    sides[place] = None
                clusters[place] = now
    return clusters, sides, pa.array(keys, TEXT)


def _names_of_clusters(
    clusters: list[int | None], items: list[int], own: list[str | None], names: Pseudonyms
) -> list[str | None]:
    """A cluster of exact copies is called after its first item, which most items are themselves."""
    return [
        name if cluster == -item
        else names.of("item", -cluster) if cluster is not None and cluster < 0
        else names.of("cluster", cluster)
        for cluster, item, name in zip(clusters, items, own, strict=True)
    ]  # fmt: skip


def _split(
    sides: list[str | None], keys: pa.Array, decided_at: pa.Array, kind: pa.Array, split: Split
) -> pa.Array:
    """The same rule as `Split.of`, for a column."""
    side = pa.array(sides, TEXT)
    late = pc.greater_equal(_utc(decided_at), pa.scalar(split.test_from, MOMENT))
    fits = pc.or_(pc.equal(side, "validation"), pc.equal(pc.equal(side, "test"), late))
    never = pc.is_in(kind, value_set=pa.array(NEVER_SPLIT, TEXT))
    return pc.if_else(pc.and_(pc.fill_null(fits, False), pc.invert(never)), side, pa.scalar(None, TEXT))


class _Said:
    """What others said of the same content, and what became of each decision. Most items have one decision only."""

    def __init__(self, read: dict[str, pa.Array], items: list[int], around: Around, export: Export) -> None:
        self.read, self.export, self.around = read, export, around
        self.size = len(items)
        ids, revisions = read["id"].to_pylist(), read["item_revision"].to_pylist()
        self.same: dict[int, list[Said]] = {}
        self.after: dict[int, Said] = {}
        self.replaced: dict[int, bool] = {}
        restricted = np.zeros(self.size, dtype=bool)
        several = np.flatnonzero(read["several"].to_numpy(zero_copy_only=False))
        for place in several.tolist():
            all_of_it = around.said.get(items[place], ())
            standing = [one for one in all_of_it if one.standing]
            self.same[place] = [
                one for one in standing if one.revision == revisions[place] and one.origin == "human"
            ]
            after = next((one for one in standing if one.id > ids[place]), None)
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
        ids = self.read["id"].to_pylist()
        appealed = [appeals.get(one) for one in ids] if appeals else [None] * size
        open_appeal = np.array([one is not None and one.decided_at is None for one in appealed], dtype=bool)
        window = pa.scalar(self.export.final_after, pa.duration("us"))
        decided = _utc(self.read["decided_at"])
        final_after = pc.if_else(
            pc.equal(self.read["purpose"], "appeal"),
            pc.add(decided, pa.scalar(APPEAL_FINAL_AFTER, pa.duration("us"))),
            pc.add(decided, window),
        )
        replaced = np.zeros(size, dtype=bool)
        replaced[[place for place, by_same in self.replaced.items() if by_same]] = True
        waits = pc.or_(pc.fill_null(self.read["held"], False), pa.array(replaced | open_appeal))
        final = pc.and_(pc.less_equal(final_after, pa.scalar(created, MOMENT)), pc.invert(waits))
        overturned: list[bool | None] = pc.if_else(final, False, pa.scalar(None, pa.bool_())).to_pylist()
        labels, codes = cited["label"].to_pylist(), cited["rule_code"].to_pylist()
        for place, by_same in self.replaced.items():
            if by_same:
                after = self.after[place]
                theirs = next(iter(cited_of(list(after.rule_codes), after.ground)), None)
                overturned[place] = (labels[place], codes[place]) != (
                    label_of(after.outcome, after.ground), theirs
                )
        for place, appeal in enumerate(appealed):
            if appeal is not None and appeal.outcome == "overturned":
                overturned[place] = True
        return {
            "n_votes": n_votes,
            "votes": votes,
            "agreement": agreed,
            "soft_label": soft,
            "label_status": pc.if_else(final, "final", "provisional"),
            "final_after": final_after,
            "appealed": pa.array(
                [None] * size if appeals is None else [one is not None for one in appealed], pa.bool_()
            ),
            "overturned": pa.array(overturned, pa.bool_()),
            "superseded_by": pa.array(
                [self.after[place].id if place in self.after else None for place in range(size)]
                if self.after
                else [None] * size,
                pa.int64(),
            ),
        }

    def _votes(self, own: pa.Array, rare: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array]:
        counts = np.ones(self.size, dtype=np.int32)
        agreed: list[float | None] = [None] * self.size
        soft: list[dict[str, float] | None] = [None] * self.size
        theirs: list[dict[str, Any]] = []
        begins: dict[int, int] = {}
        hidden = rare.to_numpy(zero_copy_only=False)
        for place, said in self.same.items():
            told = [self._vote(one, hidden=bool(hidden[place])) for one in said]
            labels = [one["label"] for one in told]
            counts[place], agreed[place], soft[place] = len(told), agreement(labels), soft_label(labels)
            begins[place] = self.size + len(theirs)
            theirs += told
        if theirs:
            which = np.repeat(np.arange(self.size), counts)
            offsets = np.concatenate([[0], np.cumsum(counts)])
            for place, begin in begins.items():
                which[offsets[place] : offsets[place + 1]] = np.arange(begin, begin + counts[place])
            own = pa.concat_arrays([own, pa.array(theirs, VOTE)]).take(pa.array(which))
        votes = _listed(own, counts, np.zeros(self.size, dtype=bool))
        return votes, pa.array(counts), pa.array(agreed, REAL), pa.array(soft, SHARES)

    def _vote(self, said: Said, *, hidden: bool) -> dict[str, Any]:
        cites = cited_of(list(said.rule_codes), said.ground)
        return {
            "reviewer_id_hash": None if hidden else self.export.pseudonyms.of("reviewer", said.decider_id),
            "label": label_of(said.outcome, said.ground),
            "rule_code": cites[0] if cites else None,
            "review_kind": REVIEW_KINDS.get(said.purpose, "first"),
        }


def _digests(columns: Mapping[str, pa.Array]) -> pa.Array:
    told = [pc.cast(columns[name], TEXT) for name in DIGESTED]
    joined = pc.binary_join_element_wise(*told, "\x1f", null_handling="replace", null_replacement="")
    sha256 = hashlib.sha256
    return pa.array([sha256(one.encode()).hexdigest() for one in joined.to_pylist()], TEXT)


def _exception(label: str, rationale: str) -> str | None:
    if label != "not":
        return None
    return next((reason for reason in _split_list(rationale) if reason in EXCEPTIONS), None)


def _reason(reason: str | None, export: Export) -> str | None:
    if reason is None:
        return None
    return reason if is_code(reason) and reason in export.common_reasons else OTHER


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no place in a row")
