"""Turn labelled posts into lines for the bulk door.

    python bench/convert_posts.py POSTS.jsonl > lines.jsonl

A post is {"external_id", "text", "labels": {name: true | false | null}}. Every post becomes an item; its
labels become one flag of a detector (0.9 for true, 0.1 for false, none for null); posts without a
true label are reported by a person, as are a third of the others, so that each becomes a case.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

RULES = {"hate": "HT-1", "hate_threatening": "VX-1", "violence": "VX-1", "harassment": "HR-1"}
SCORE = {True: 0.9, False: 0.1}
THRESHOLD = 0.5
ALSO_REPORTED = 3  # of the posts a detector flags, every third is reported too
REPORTERS = 40


def lines(post: dict[str, Any]) -> Iterator[dict[str, Any]]:
    item = {"source": "posts", "external_id": post["external_id"], "kind": "text", "text": post["text"]}
    scores: dict[str, float] = {}
    for label, value in post["labels"].items():
        if value is not None:
            scores[RULES[label]] = max(SCORE[value], scores.get(RULES[label], 0.0))
    if scores:
        yield {
            "type": "flag",
            "item": item,
            "detector": {"name": "labels", "version": "1"},
            "scores": [
                {"rule": rule, "score": score, "threshold": THRESHOLD} for rule, score in scores.items()
            ],
        }
    dice = int.from_bytes(sha256(post["external_id"].encode()).digest()[:4])
    if max(scores.values(), default=0) < THRESHOLD or dice % ALSO_REPORTED == 0:
        yield {
            "type": "report",
            "item": item,
            "reason": "Reported by a reader",
            "reporter": {"external_id": f"reader-{dice % REPORTERS}"},
        }


def main(path: Path) -> None:
    with path.open(encoding="utf-8") as posts:
        for raw in posts:
            if raw.strip():
                for line in lines(json.loads(raw)):
                    print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
