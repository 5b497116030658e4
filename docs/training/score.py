"""Score items with a model of train.py and send the scores back as flags: the loop closes. See README.md."""

import argparse
import hashlib
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib

DETECTOR = "docs-example"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument(
        "items", type=Path, help='a JSON object a line: "source", "external_id", "kind", "text"'
    )
    parser.add_argument("--rule", help="the rule the score is for, when the model was trained on all of them")
    parser.add_argument("--send", help="address of the API; without it the flags are printed")
    parser.add_argument("--key", help="machine key with the scope ingest")
    asked = parser.parse_args()
    saved = joblib.load(asked.model)
    items = [json.loads(line) for line in asked.items.read_text().splitlines() if line.strip()]
    for flag in flags(saved, items, asked.rule or saved["rule"]):
        if asked.send:
            send(asked.send.rstrip("/") + "/flags", flag, asked.key)
        else:
            print(json.dumps(flag, ensure_ascii=False))


def flags(saved: dict[str, Any], items: list[dict[str, Any]], rule: str | None) -> Iterator[dict[str, Any]]:
    scores = saved["model"].predict_proba([item["text"] for item in items])[:, 1]
    for item, score in zip(items, scores, strict=True):
        yield {
            "item": item,
            "detector": {"name": DETECTOR, "version": saved["version"]},
            "scores": [{"rule": rule, "score": round(float(score), 4), "threshold": saved["threshold"]}],
        }


def send(address: str, flag: dict[str, Any], key: str) -> None:
    body = json.dumps(flag).encode()
    request = urllib.request.Request(  # noqa: S310 (the address is the caller's own)
        address,
        data=body,
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Idempotency-Key": hashlib.sha256(body).hexdigest()[:32],
        },
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        print(answer.status, answer.read().decode())


if __name__ == "__main__":
    main()
