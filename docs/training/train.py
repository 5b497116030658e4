"""Train a small text classifier on a training export. See README.md beside this file."""

import argparse
import base64
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pyarrow.dataset as ds
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_score, recall_score
from sklearn.pipeline import make_pipeline

COLUMNS = [
    "text_redacted", "label", "soft_label", "rule_code", "rule_version", "language", "split", "label_status", "ground", "demo",
    "overturned", "superseded_by", "weight", "cluster_id", "author_id_hash",
]  # fmt: skip
CHANGED = {"narrowed", "widened", "split"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("export", type=Path)
    parser.add_argument("--rule", help="only labels of this rule count as violations; by default of any rule")
    parser.add_argument("--model", type=Path, default=Path("model.joblib"))
    parser.add_argument("--public-key", help="of the installation that exported; checks the signature")
    parser.add_argument("--provisional", action="store_true", help="also labels that may still be appealed")
    parser.add_argument("--demo", action="store_true", help="also what the demo decided, for trying this out")
    asked = parser.parse_args()
    manifest = check(asked.export, asked.public_key)
    rows = usable(load(asked.export), manifest, provisional=asked.provisional, demo=asked.demo)
    told, model = train(rows, asked.rule)
    told |= {"export": manifest["export_id"], "split_version": manifest["split"]["version"]}
    version = f"{manifest['export_id'][:8]}"
    joblib.dump(
        {"model": model, "threshold": told["threshold"], "version": version, "rule": asked.rule}, asked.model
    )
    json.dump(told, sys.stdout, indent=1)
    print(f"\nSaved as {asked.model}, version {version}.")


def check(folder: Path, key: str | None) -> dict[str, Any]:
    """The manifest, after its signature and every checksum were checked."""
    written = (folder / "manifest.json").read_bytes()
    signature = json.loads((folder / "manifest.sig.json").read_text())
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key or signature["public_key"]))
    try:
        public.verify(base64.b64decode(signature["signature"]), written)
    except InvalidSignature:
        sys.exit("The signature does not fit: this is not the export that was made.")
    manifest = json.loads(written)
    for file in manifest["files"]:
        if hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() != file["sha256"]:
            sys.exit(f"{file['path']} is not as it was signed.")
    return manifest


def load(folder: Path) -> list[dict[str, Any]]:
    return ds.dataset(folder / "data", format="parquet").to_table(columns=COLUMNS).to_pylist()


def usable(
    rows: list[dict[str, Any]], manifest: dict[str, Any], *, provisional: bool, demo: bool
) -> list[dict[str, Any]]:
    """Rows with text whose label stands under a wording that still holds."""
    stale = {
        before
        for one in manifest["compatibility_map"]
        if one["compatibility"] in CHANGED
        for before in one["from"]
    }
    kept = [
        row
        for row in rows
        if row["text_redacted"] and row["split"] and row["label"] != "unsure" and row["ground"] == "guideline"
        and not row["overturned"] and row["superseded_by"] is None and row["rule_version"] not in stale
        and (provisional or row["label_status"] == "final") and (demo or not row["demo"])
    ]  # fmt: skip
    if not kept:
        sys.exit("No row is fit to train on yet: labels become final when they can no longer be appealed.")
    for name in ("cluster_id", "author_id_hash"):
        sides: dict[str, set[str]] = {}
        for row in kept:
            if row[name]:
                sides.setdefault(row[name], set()).add(row["split"])
        if name == "cluster_id" and any(len(side) > 1 for side in sides.values()):
            sys.exit("A cluster is on two sides of the split: do not train on this export.")
    return kept


def train(rows: list[dict[str, Any]], rule: str | None) -> tuple[dict[str, Any], Any]:
    """Character n-grams, so that scripts without spaces need no segmentation; each row as often as its voters thought so."""
    sides = {side: [row for row in rows if row["split"] == side] for side in ("train", "validation", "test")}
    texts, labels, weights = [], [], []
    for row in sides["train"]:
        share = positive_share(row, rule)
        for label, weight in ((1, share), (0, 1 - share)):
            if weight > 0:
                texts.append(row["text_redacted"])
                labels.append(label)
                weights.append(weight)
    if len(set(labels)) < 2:
        sys.exit("All labels to train on say the same.")
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, max_features=200_000),
        LogisticRegression(max_iter=1000, class_weight="balanced"),
    )
    model.fit(texts, labels, logisticregression__sample_weight=weights)
    threshold = best_threshold(model, sides["validation"] or sides["train"], rule)
    told = {
        "rows": {side: len(found) for side, found in sides.items()},
        "threshold": threshold,
        "test": measured(model, sides["test"], rule, threshold),
        "test_by_language": {
            language: measured(
                model, [row for row in sides["test"] if row["language"] == language], rule, threshold
            )
            for language, n in Counter(row["language"] for row in sides["test"]).items()
            if n >= 20
        },
        "prevalence_of_drawn_rows": prevalence(rows, rule),
    }
    return told, model


def positive_share(row: dict[str, Any], rule: str | None) -> float:
    if rule and row["rule_code"] != rule:
        return 0.0
    return row["soft_label"]["violates"] if row["soft_label"] else float(row["label"] == "violates")


def best_threshold(model: Any, rows: list[dict[str, Any]], rule: str | None) -> float:
    """The threshold with the highest F1."""
    scores = model.predict_proba([row["text_redacted"] for row in rows])[:, 1]
    truth = np.array([positive_share(row, rule) > 0.5 for row in rows])
    best = max(
        np.linspace(0.05, 0.95, 19),
        key=lambda t: 2 * ((scores >= t) & truth).sum() / max(1, (scores >= t).sum() + truth.sum()),
    )
    return round(float(best), 2)


def measured(model: Any, rows: list[dict[str, Any]], rule: str | None, threshold: float) -> dict[str, Any]:
    truth = [positive_share(row, rule) > 0.5 for row in rows]
    if len(set(truth)) < 2:
        return {"rows": len(rows), "note": "too few of both kinds to measure"}
    scores = model.predict_proba([row["text_redacted"] for row in rows])[:, 1]
    said = scores >= threshold
    return {
        "rows": len(rows),
        "violations": sum(truth),
        "precision": round(float(precision_score(truth, said, zero_division=0)), 3),
        "recall": round(float(recall_score(truth, said)), 3),
        "average_precision": round(float(average_precision_score(truth, scores)), 3),
    }


def prevalence(rows: list[dict[str, Any]], rule: str | None) -> float | None:
    """Hájek's estimate from the rows that were drawn: selected rows have no weight and do not count."""
    drawn = [row for row in rows if row["weight"] is not None]
    total = sum(row["weight"] for row in drawn)
    return sum(row["weight"] * positive_share(row, rule) for row in drawn) / total if total else None


if __name__ == "__main__":
    main()
