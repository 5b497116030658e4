"""The columns of the training export: one list, from which every format, the manifest and the card are made.

Source: domain/FEEDBACK.md. A change of meaning or a removal raises the first number of SCHEMA_VERSION,
a new column the second.
"""

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_VERSION = "2.0"

TEXT, BOOL, WHOLE, REAL = pa.string(), pa.bool_(), pa.int32(), pa.float64()
MOMENT = pa.timestamp("us", tz="UTC")
HASHES = pa.struct([("sha256", TEXT), ("pdq", TEXT), ("pdq_quality", WHOLE)])
SCORE = pa.struct(
    [("name", TEXT), ("version", TEXT), ("rule", TEXT), ("score", REAL), ("threshold", REAL), ("scored_at", MOMENT)]
)  # fmt: skip
VOTE = pa.struct([("reviewer_id_hash", TEXT), ("label", TEXT), ("rule_code", TEXT), ("review_kind", TEXT)])
SHARES = pa.struct([("violates", REAL), ("not", REAL), ("unsure", REAL)])

NO_SAMPLING = "selected, not drawn: it has no inclusion probability"


@dataclass(frozen=True)
class Column:
    """`null` says when the value is null. A value that is not known is null, never a default that looks like data."""

    name: str
    type: pa.DataType
    meaning: str
    null: str = "never"


COLUMNS: tuple[Column, ...] = (
    Column("export_schema_version", TEXT, "Version of this list of columns."),
    # The item
    Column("item_id_hash", TEXT, "The item; keyed with a salt of this export that is stored nowhere."),
    Column(
        "cluster_id",
        TEXT,
        "Near-copies share it, as far as they are known (see `known` in the manifest); otherwise exact copies do: "
        "same first media file, else same text. Keyed as above.",
    ),
    Column("author_id_hash", TEXT, "The author; keyed as above.", "the author was not sent"),
    Column("content_type", TEXT, "text, image, video, audio, live or account."),
    Column(
        "language",
        TEXT,
        "ISO 639-1 code as the platform sent it; “other” for languages with fewer rows than the threshold.",
        "the language was not sent",
    ),
    Column("posted_at", MOMENT, "When it was posted.", "the time was not sent"),
    Column(
        "content_hashes",
        HASHES,
        "Of the first media file, else SHA-256 of the text.",
        "nothing to hash, or erased",
    ),
    Column(
        "media_hashes", pa.list_(HASHES), "Of every media file, in order; empty when there is none.", "erased"
    ),
    Column(
        "media_ref",
        TEXT,
        "sha256:… names the first media file in the installation's own store; no media is in the export.",
        "no media, restricted, or erased",
    ),
    Column(
        "text_redacted",
        TEXT,
        "The text as it was when decided, with e-mail and web addresses, telephone numbers and @names replaced.",
        "no text, restricted, or erased",
    ),
    # The label
    Column("rule_code", TEXT, "The rule the reviewer chose first.", "no rule was cited"),
    Column("rule_codes", pa.list_(TEXT), "All rules cited, in the order chosen."),
    Column("rules_considered", pa.list_(TEXT), "Rules the case was opened for or cites."),
    Column("guideline_version", TEXT, "Number of the guideline version decided by."),
    Column(
        "rule_version", TEXT, "The wording of rule_code that was in force: CODE@VERSION.", "no rule was cited"
    ),
    Column("label", TEXT, "violates, not (no rule is broken) or unsure."),
    Column("severity", WHOLE, "1–5 of rule_code in that version: harm to the public.", "no rule was cited"),
    Column("action", pa.list_(TEXT), "What was decided to be done; empty when nothing."),
    Column(
        "ground",
        TEXT,
        "guideline, or legal_only when local law alone decided: then no rule is cited and the label is “not”.",
    ),
    Column(
        "context_exception",
        TEXT,
        "Why something that looks like a violation is none: the first such reason the reviewer ticked.",
        "the label is not “not”, or no reason was ticked",
    ),
    Column("rationale_codes", pa.list_(TEXT), "All reasons ticked."),
    # The decision
    Column("decision_id", pa.int64(), "The decision; tombstones name it."),
    Column("decided_at", MOMENT, "When it was made."),
    Column(
        "reviewer_id_hash",
        TEXT,
        "The reviewer; keyed as above, so no two exports can be joined on it.",
        "the language is rare: few people read it",
    ),
    Column("review_kind", TEXT, "first, second_opinion, approval, blind_second, qa, appeal or golden."),
    Column("reveal_state", TEXT, "How far the content was unveiled before deciding.", "not recorded"),
    Column("confidence", TEXT, "sure, fairly or unsure, as the reviewer said.", "the reviewer did not say"),
    Column("label_origin", TEXT, "human. Automatic and propagated labels are not exported."),
    # How it came here
    Column(
        "source",
        TEXT,
        "user_report, auto_flag, hash, trusted_flagger, gov, proactive_sample or virality: what brought it first.",
        "it came by another way",
    ),
    Column(
        "report_reason",
        TEXT,
        "The platform's code in the first report; “other” when it is rare or not a code.",
        "nobody had reported it",
    ),
    Column(
        "detectors", pa.list_(SCORE), "Scores known when it was decided, with the thresholds then.", "erased"
    ),
    # Sampling
    Column("stratum", TEXT, "The stratum it was sampled from.", NO_SAMPLING),
    Column("inclusion_prob", REAL, "The probability with which it was sampled.", NO_SAMPLING),
    Column("weight", REAL, "Horvitz–Thompson weight, 1 / inclusion_prob.", NO_SAMPLING),
    Column("sampling_plan_id", TEXT, "The sampling plan.", NO_SAMPLING),
    # What others said of the same content
    Column("n_votes", WHOLE, "Decisions by people on the same revision of the item, this one included."),
    Column("votes", pa.list_(VOTE), "Each of them, oldest first. Disagreement is information: it is kept."),
    Column("agreement", REAL, "Share of pairs of votes with the same label.", "fewer than two votes"),
    Column("soft_label", SHARES, "Share of the votes for each label.", "fewer than two votes"),
    # How sure one may be of it
    Column(
        "label_status",
        TEXT,
        "final when the time for appeals is over, it was not superseded and waits for nobody; else provisional.",
    ),
    Column("final_after", MOMENT, "When that time is over."),
    Column("appealed", BOOL, "Whether it was appealed.", "appeals are not taken in"),
    Column(
        "overturned",
        BOOL,
        "Whether a later decision on the same revision came to another label or first rule.",
        "still provisional and not superseded",
    ),
    Column("superseded_by", pa.int64(), "The decision that took its place.", "it stands"),
    # Splits
    Column(
        "split",
        TEXT,
        "train, validation or test by a keyed hash; golden cases are never in one of them. See the manifest.",
        "the time rule leaves it out, or its cluster came to be on two sides",
    ),
    Column("split_version", TEXT, "The frozen split. Within a version no item is ever on two sides."),
    Column("split_seed", TEXT, "The key of the split: the same key gives the same split in every export."),
    Column("demo", BOOL, "Made by the demo, not by anybody's work. Leave it out of training."),
    # The export
    Column("export_id", TEXT, "This export."),
    Column(
        "sha256",
        TEXT,
        "Of the columns in `row_digest` of the manifest, as text, null as nothing, joined by U+001F.",
    ),
    Column("created_at", MOMENT, "When this export was begun."),
)

NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
SCHEMA = pa.schema(
    [pa.field(column.name, column.type, nullable=column.null != "never") for column in COLUMNS]
)
