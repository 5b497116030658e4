"""One decision to one row. Pure: everything it needs is given."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from apps.feedback.columns import NAMES, SCHEMA_VERSION
from apps.feedback.keying import Pseudonyms, Split
from apps.feedback.queries import Batch, Said
from apps.feedback.redaction import is_code, redact
from apps.guidelines.queries import Edition

# Judgement, not law: most corrections (second opinions, appeals, quality looks) come within a fortnight.
FINAL_AFTER = timedelta(days=14)
RARE = 5  # rows: a language or reason seen less often could point at one person
OTHER = "other"
LABELS = {"violates": "violates", "no_violation": "not", "unsure": "unsure"}
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
SOURCES = {"user_report", "auto_flag", "hash", "trusted_flagger", "gov", "proactive_sample", "virality"}
# Reasons that make an exception of what looks like a violation.
EXCEPTIONS = ("news", "education", "satire", "condemns", "self_reference", "recovery", "public_interest")


@dataclass(frozen=True)
class Export:
    """What all rows of one export share."""

    id: str
    created_at: datetime
    pseudonyms: Pseudonyms
    split: Split
    common_languages: frozenset[str]
    common_reasons: frozenset[str]
    edition: Callable[[int], Edition]


def row_of(found: dict[str, Any], batch: Batch, export: Export) -> dict[str, Any]:
    """The row of one decision, every column present; what is not known is None."""
    item = found["item_id"]
    evidence = found["evidence"]
    edition = export.edition(found["guideline_version_id"])
    codes = list(found["rule_codes"])
    first = edition.rules.get(codes[0]) if codes else None
    label = LABELS[found["outcome"]]
    kind = REVIEW_KINDS.get(found["purpose"], "first")
    rare = bool(found["language"]) and found["language"] not in export.common_languages
    shown = item not in batch.restricted_items and found["erased_at"] is None
    erased = found["erased_at"] is not None or not evidence
    cluster = _cluster(found, batch)
    standing = batch.said.get(item, [])
    after = next((said for said in standing if said.id > found["id"] and not said.measures), None)
    same = [said for said in standing if said.revision == found["item_revision"] and said.origin == "human"]
    votes = [_vote(said, None if rare else export.pseudonyms) for said in same]
    final_after = found["decided_at"] + FINAL_AFTER
    replaced = after is not None and after.revision == found["item_revision"]
    final = final_after <= export.created_at and not replaced and not found["held"]
    hashes = [_hashes(media) for media in evidence.get("media") or []]
    text = evidence.get("text") or ""
    # Whoever judged it and for what purpose: what people are measured by, nothing is ever trained on.
    golden = batch.golden.holds(
        item=item, text_sha256=found["text_sha256"], media_sha256=found["media_sha256"]
    )
    row: dict[str, Any] = dict.fromkeys(NAMES)
    row |= {
        "export_schema_version": SCHEMA_VERSION,
        "item_id_hash": export.pseudonyms.of("item", item),
        "cluster_id": export.pseudonyms.of("cluster", cluster),
        "author_id_hash": export.pseudonyms.of("author", found["author_id"]),
        "content_type": found["kind"],
        "language": OTHER if rare else found["language"] or None,
        "posted_at": found["posted_at"],
        "content_hashes": hashes[0] if hashes else _hash_of_text(found["text_sha256"]),
        "media_hashes": None if erased else hashes,
        "media_ref": f"sha256:{hashes[0]['sha256']}" if shown and hashes and hashes[0]["sha256"] else None,
        "text_redacted": redact(text) if shown and text else None,
        "rule_code": codes[0] if codes else None,
        "rule_codes": codes,
        "rules_considered": sorted({*codes, *found["considered"]}),
        "guideline_version": edition.number,
        "rule_version": f"{codes[0]}@{edition.number}" if codes else None,
        "label": label,
        "severity": first.severity if first else None,
        "action": list(found["actions"]),
        "ground": found["ground"],
        "context_exception": _exception(label, found["rationale"]),
        "rationale_codes": list(found["rationale"]),
        "decision_id": found["id"],
        "decided_at": found["decided_at"],
        # Who reads a rare language is soon guessed, and the text shows what the hidden code does not.
        "reviewer_id_hash": None if rare else export.pseudonyms.of("reviewer", found["decider_id"]),
        "review_kind": kind,
        "reveal_state": found["reveal_state"] or None,
        "confidence": found["confidence"] or None,
        "label_origin": "human",
        "source": found["detection_source"] if found["detection_source"] in SOURCES else None,
        "report_reason": _reason(found["reason"], export),
        "detectors": None if erased else _scores(evidence),
        "n_votes": len(votes),
        "votes": votes,
        "agreement": agreement([vote["label"] for vote in votes]),
        "soft_label": soft_label([vote["label"] for vote in votes]),
        "label_status": "final" if final else "provisional",
        "final_after": final_after,
        "overturned": _overturned(found, after, replaced, final),
        "superseded_by": after.id if after else None,
        "split": None
        if golden
        else export.split.of(_group(cluster, found, batch), found["decided_at"], kind),
        "split_seed": export.split.seed,
        "demo": found["demo"],
        "export_id": export.id,
        "created_at": export.created_at,
    }
    row["sha256"] = sha256_of(row)
    return row


def sha256_of(row: dict[str, Any]) -> str:
    """The digest a reader can compute again from a line of the JSONL file."""
    others = {name: value for name, value in row.items() if name != "sha256"}
    return hashlib.sha256(as_json(others, sort_keys=True).encode()).hexdigest()


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


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no place in a row")


def _cluster(found: dict[str, Any], batch: Batch) -> int:
    """The first item with the same first media file, else with the same text; often the item itself."""
    if found["media_sha256"]:
        first = batch.first_of_media.get(found["media_sha256"])
    else:
        first = batch.first_of_text.get(found["text_sha256"])
    return min(first or found["item_id"], found["item_id"])


def _group(cluster: int, found: dict[str, Any], batch: Batch) -> str:
    author = found["author_id"] if cluster == found["item_id"] else batch.author_of.get(cluster)
    return f"author:{author}" if author else f"item:{cluster}"


def _hashes(media: dict[str, Any]) -> dict[str, Any]:
    return {
        "sha256": media.get("sha256") or None,
        "pdq": media.get("pdq") or None,
        "pdq_quality": media.get("pdq_quality"),
    }


def _hash_of_text(sha256: str) -> dict[str, Any] | None:
    return {"sha256": sha256, "pdq": None, "pdq_quality": None} if sha256 else None


def _scores(evidence: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": flag["detector"],
            "version": flag["version"],
            "rule": score.get("rule"),
            "score": _number(score.get("score")),
            "threshold": _number(score.get("threshold")),
            "scored_at": datetime.fromisoformat(flag["at"]) if flag.get("at") else None,
        }
        for flag in evidence.get("flags") or []
        for score in flag.get("scores") or []
    ]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _vote(said: Said, pseudonyms: Pseudonyms | None) -> dict[str, Any]:
    return {
        "reviewer_id_hash": pseudonyms.of("reviewer", said.decider_id) if pseudonyms else None,
        "label": LABELS[said.outcome],
        "rule_code": said.rule_codes[0] if said.rule_codes else None,
        "review_kind": REVIEW_KINDS.get(said.purpose, "first"),
    }


def _exception(label: str, rationale: Sequence[str]) -> str | None:
    if label != "not":
        return None
    return next((reason for reason in rationale if reason in EXCEPTIONS), None)


def _reason(reason: str | None, export: Export) -> str | None:
    if reason is None:
        return None
    return reason if is_code(reason) and reason in export.common_reasons else OTHER


def _overturned(found: dict[str, Any], after: Said | None, replaced: bool, final: bool) -> bool | None:
    if replaced and after is not None:
        mine, theirs = list(found["rule_codes"][:1]), list(after.rule_codes[:1])
        return (found["outcome"], mine) != (after.outcome, theirs)
    return False if final else None
