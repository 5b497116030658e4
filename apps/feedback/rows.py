"""Decisions to rows, a batch at a time and column by column. Pure: everything it needs is given."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from apps.feedback.columnar import (
    REAL,
    SEP,
    TEXT,
    each,
    hexed,
    lists,
    or_null,
    same,
    sha256_of,
    split_list,
    together,
    utc,
    whole,
)
from apps.feedback.columns import MOMENT, NAMES, SCHEMA, SCHEMA_VERSION
from apps.feedback.content import content_of
from apps.feedback.facts import Inclusion
from apps.feedback.groups import groups_of, names_of_clusters
from apps.feedback.keying import NAME, NEVER_SPLIT, Split
from apps.feedback.labels import cited_of, label_of
from apps.feedback.opinions import REVIEW_KINDS, Around, Export, Opinions
from apps.feedback.redaction import is_code

OTHER = "other"
SOURCES = {"user_report", "auto_flag", "hash", "trusted_flagger", "gov", "proactive_sample", "virality"}
# Reasons that make an exception of what looks like a violation.
EXCEPTIONS = ("news", "education", "satire", "condemns", "self_reference", "recovery", "public_interest")
# What a row's own digest covers, in this order; see `digest`.
DIGESTED = (
    "decision_id", "item_id_hash", "cluster_id", "author_id_hash", "content_type", "language", "text_redacted",
    "rule_code", "rule_version", "label", "ground", "reviewer_id_hash", "review_kind", "label_origin", "label_status",
    "superseded_by", "split", "export_id",
)  # fmt: skip


def rows_of(raw: pa.Table, around: Around, export: Export) -> pa.RecordBatch:
    """A batch of `apps.feedback.reading` as rows of the export: every column present, what is not known null."""
    size = raw.num_rows
    read = {name: whole(raw[name]) for name in raw.column_names}
    names = export.pseudonyms
    own = hexed(names.digests("item", read["item_id"].to_numpy()), NAME)
    said = Opinions(read, around, export)
    cited = _cited(read, export)
    rare = pc.and_(
        pc.greater(pc.utf8_length(read["language"]), 0),
        pc.invert(pc.is_in(read["language"], value_set=pa.array(sorted(export.common_languages), TEXT))),
    )
    restricted = pc.or_(read["restricted"], said.restricted)
    shows = pc.invert(restricted)
    content = content_of(read, shows, texts=export.golden is not None and len(export.golden.texts) > 0)
    first, texts = content.pop("first"), content.pop("text_sha256")
    cluster, side = groups_of(read, around, export)
    if export.golden is not None:
        golden = export.golden.hold(read["item_id"], texts, first)
        side = pc.if_else(pa.array(golden), pa.scalar(None, TEXT), side)
    reviewers = each(read["decider_id"], lambda who: names.of("reviewer", who), TEXT)
    reviewer = pc.if_else(rare, pa.scalar(None, TEXT), reviewers)
    kind = each(read["purpose"], lambda purpose: REVIEW_KINDS.get(purpose, "first"), TEXT)
    columns: dict[str, Any] = {
        "export_schema_version": same(SCHEMA_VERSION, size),
        "item_id_hash": own,
        "cluster_id": names_of_clusters(cluster, read["item_id"], own, names),
        "author_id_hash": _named(read["author_id"], "author", export),
        "content_type": read["kind"],
        "language": pc.if_else(rare, OTHER, or_null(read["language"])),
        "posted_at": utc(read["posted_at"]),
        **content,
        **cited,
        "ground": read["ground"],
        "action": lists(read["actions"]),
        "context_exception": each(
            together(cited["label"], read["rationale"]), lambda told: _exception(*told.split(SEP)), TEXT
        ),
        "rationale_codes": lists(read["rationale"]),
        "decision_id": read["id"],
        "decided_at": utc(read["decided_at"]),
        # Who reads a rare language is soon guessed, and the text shows what the hidden code does not.
        "reviewer_id_hash": reviewer,
        "review_kind": kind,
        "reveal_state": or_null(read["reveal_state"]),
        "confidence": or_null(read["confidence"]),
        "label_origin": same("human", size),
        "source": each(read["source"], lambda source: source if source in SOURCES else None, TEXT),
        "report_reason": each(read["reason"], lambda reason: _reason(reason, export), TEXT),
        **_sampling(read["case_id"].to_numpy(), around.inclusions),
        **said.columns(reviewer, cited, kind, rare),
        "split": _split(side, read["decided_at"], kind, export.split),
        "split_version": same(export.split_version, size),
        "split_seed": same(export.split.seed, size),
        "demo": read["demo"],
        "export_id": same(export.id, size),
        "created_at": pa.repeat(pa.scalar(export.created_at, MOMENT), size),
    }
    columns["sha256"] = _digests(columns)
    return pa.RecordBatch.from_arrays([columns[name] for name in NAMES], schema=SCHEMA)


def digest(row: Mapping[str, Any]) -> str:
    """The digest of a row: SHA-256 of the values of DIGESTED as text, null as nothing, joined by U+001F."""
    told = ("" if row[name] is None else str(row[name]) for name in DIGESTED)
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def as_json(value: Any, *, sort_keys: bool = False) -> str:
    return json.dumps(value, default=_moment, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys)


def _named(column: pa.Array, what: str, export: Export) -> pa.Array:
    coded = column.dictionary_encode()
    return hexed(export.pseudonyms.digests(what, coded.dictionary.to_numpy()), NAME).take(coded.indices)


def _cited(read: dict[str, pa.Array], export: Export) -> dict[str, pa.Array]:
    """What was decided, by which wording. A decision on local law alone cites nothing that is broken."""
    seen: dict[str, dict[str, Any]] = {}

    def tell(told: str) -> dict[str, Any]:
        version, codes_told, considered_told, outcome, ground = told.split(SEP)
        edition = export.edition(int(version))
        codes, considered = split_list(codes_told), split_list(considered_told)
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

    coded = together(
        read["version_id"], read["rule_codes"], read["considered"], read["outcome"], read["ground"]
    ).dictionary_encode()
    for told in coded.dictionary.to_pylist():
        seen[told] = tell(told)
    types = {name: SCHEMA.field(name).type for name in next(iter(seen.values()))}
    return {
        name: pa.array([one[name] for one in seen.values()], type).take(coded.indices)
        for name, type in types.items()
    }


def _sampling(cases: Any, inclusions: Mapping[int, Inclusion]) -> dict[str, pa.Array]:
    """Of the few rows that were drawn, how; null for all others."""
    known = np.fromiter(inclusions, np.int64, len(inclusions))
    order = known.argsort()
    where = known[order].searchsorted(cases).clip(max=max(len(known) - 1, 0))
    hit = known[order][where] == cases if len(known) else np.zeros(len(cases), dtype=bool)
    places = pa.array(order[where] if len(known) else where, mask=~hit)
    drawn = list(inclusions.values())
    told = {
        "stratum": pa.array([one.stratum for one in drawn], TEXT),
        "inclusion_prob": pa.array([one.probability for one in drawn], REAL),
        "weight": pa.array([1 / one.probability for one in drawn], REAL),
        "sampling_plan_id": pa.array([one.plan for one in drawn], TEXT),
    }
    return {name: column.take(places) for name, column in told.items()}


def _split(side: pa.Array, decided_at: pa.Array, kind: pa.Array, split: Split) -> pa.Array:
    """The same rule as `Split.of`, for a column."""
    late = pc.greater_equal(utc(decided_at), pa.scalar(split.test_from, MOMENT))
    fits = pc.or_(pc.equal(side, "validation"), pc.equal(pc.equal(side, "test"), late))
    never = pc.is_in(kind, value_set=pa.array(NEVER_SPLIT, TEXT))
    return pc.if_else(pc.and_(pc.fill_null(fits, False), pc.invert(never)), side, pa.scalar(None, TEXT))


def _digests(columns: Mapping[str, pa.Array]) -> pa.Array:
    told = [pc.cast(columns[name], TEXT) for name in DIGESTED]
    return sha256_of(pc.binary_join_element_wise(*told, "\x1f", null_handling="replace", null_replacement=""))


def _exception(label: str, rationale: str) -> str | None:
    if label != "not":
        return None
    return next((reason for reason in split_list(rationale) if reason in EXCEPTIONS), None)


def _reason(reason: str | None, export: Export) -> str | None:
    if reason is None:
        return None
    return reason if is_code(reason) and reason in export.common_reasons else OTHER


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no place in a row")
