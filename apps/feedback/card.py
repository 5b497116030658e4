"""The card that lies beside the data: what it is, what it is not, how to read it."""

from typing import Any

from apps.feedback.columns import COLUMNS

CARD = """\
---
pretty_name: Review decisions
license: other
task_categories:
- text-classification
tags:
- content-moderation
configs:
- config_name: default
  data_files:
{data_files}
---
# Review decisions

Export `{export_id}` of {created_at}: {rows} rows, one for each decision a person made and did not take back.
Schema {version}. `manifest.json` has the counts, the checksums and the meaning of every column, `manifest.sig.json` its
signature (Ed25519); `croissant.json` says the same to machines.

## What to know before training on it

- **Selected, not sampled.** Items are here because somebody reported them or a detector scored them. Only rows with an
  `inclusion_prob` were drawn: they alone, under `weight`, say anything about how common something is.
- **A label belongs to a wording.** `rule_version` names it. Labels of an older wording may not hold under a newer one;
  see `compatibility` and `compatibility_map` in the manifest.
- **People differ.** `votes` keeps every decision on the same content. A majority hides what they disagreed on.
- **Labels settle.** `label_status` is final when the time for appeals is over ({final_after:g} days). Leave out rows with
  `superseded_by`, `overturned`, `ground` legal_only or `demo`.
- **Labels are corrected.** Increments (`--since {cursor}`) bring rows that replace those with the same `decision_id`;
  `tombstones.jsonl` names decisions to drop.
- **Feedback loops.** A detector trained on labels that its own flags selected learns its own taste. `source` and
  `detectors` say what selected a row.
- **Splits.** Copies of a content are never on both sides; the test set is later than the training set. The split
  “{split}” is frozen: no item is ever on two sides of it. Rows whose `split` is null are left out on purpose.

## What is not in it

No handles, names, notes or explanations, nothing of those who reported, no media. Items, authors and reviewers are
keyed with a salt that was never stored, so two exports cannot be joined on them. For content of the rules
{restricted} there is a hash and a label, never text or a reference. Languages with fewer than {rare} rows are “other”,
and their rows do not say which reviewer it was. Texts are redacted by pattern (web and e-mail addresses, telephone
numbers, @names): names written as plain words remain, so treat the text as personal data.

## Reading it

Null is null: a value that is not known is never written as 0, false or an empty text. In CSV an empty cell is null and
lists are JSON; read it with a parser, not a spreadsheet, since a text may begin like a formula.

| column | null when | meaning |
|---|---|---|
{columns}
"""


def card(manifest: dict[str, Any], restricted: list[str]) -> str:
    data = {
        "parquet": "data/*/*/*.parquet",
        "jsonl": "data/decisions.jsonl",
        "csv": "data/decisions.csv",
        "label_studio": "data/label_studio.json",
    }
    return CARD.format(
        data_files=f"  - split: all\n    path: {data[manifest['formats'][0]]}",
        final_after=manifest["final_after_days"],
        cursor=manifest["cursor"],
        split=manifest["split"]["version"],
        export_id=manifest["export_id"],
        created_at=manifest["created_at"],
        rows=manifest["rows"],
        version=manifest["export_schema_version"],
        restricted=", ".join(restricted),
        rare=manifest["k_threshold"],
        columns="\n".join(f"| `{column.name}` | {column.null} | {column.meaning} |" for column in COLUMNS),
    )
