"""A row as a Label Studio task: https://labelstud.io/guide/task_format"""

from typing import Any

SHOWN = (
    "decision_id", "item_id_hash", "cluster_id", "content_type", "language", "media_ref", "rule_version",
    "label_status", "ground", "overturned", "superseded_by", "split", "split_version", "demo",
)  # fmt: skip


def task(row: dict[str, Any]) -> dict[str, Any]:
    """Each vote becomes an annotation, each detector's score a prediction with the rule it was for.

    A reviewer is named by her pseudonym in `meta` only: `completed_by` is an account of the importing installation.
    """
    return {
        "data": {"text": row["text_redacted"], **{name: row[name] for name in SHOWN}},
        "annotations": [
            {
                "result": _choices(vote["label"], vote["rule_code"]),
                "ground_truth": vote["review_kind"] == "golden",
                "meta": {"reviewer_id_hash": vote["reviewer_id_hash"], "review_kind": vote["review_kind"]},
            }
            for vote in row["votes"]
        ],
        "predictions": [
            {
                "model_version": f"{score['name']} {score['version']}",
                "score": score["score"],
                "result": _choices(
                    "violates"
                    if score["threshold"] is not None and (score["score"] or 0) >= score["threshold"]
                    else "not",
                    score["rule"],
                ),
            }
            for score in row["detectors"] or ()
            if row["ground"] != "legal_only"
        ],
    }


def _choices(label: str, rule: str | None) -> list[dict[str, Any]]:
    said = [
        {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [label]}},
    ]
    if rule:
        said.append({"from_name": "rule", "to_name": "text", "type": "choices", "value": {"choices": [rule]}})
    return said
