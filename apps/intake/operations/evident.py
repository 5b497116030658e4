"""What lines tell of an account's conduct, as rows: each part once for each who told it."""

import hashlib
import json
from typing import Any

from apps.intake.lines import FlagSent, ReportSent
from apps.intake.operations import statements as sql
from apps.intake.operations.batch import Batch, Work


def write_evidence(batch: Batch, works: list[Work]) -> None:
    """Write the evidence of these lines, flags judged already; each line's `told` becomes the parts that were new."""
    rows: list[dict[str, Any]] = []
    said: list[tuple[Work, str, str]] = []
    for work in works:
        if work.line.item.evidence is None:
            continue
        item_id = batch.items[work.key]["id"]
        teller = _teller(work)
        for part, facts in work.line.item.evidence.parts():
            sha256 = _sha256([part, facts, teller])
            said.append((work, part, sha256))
            rows.append(
                {
                    "n": len(rows), "item_id": item_id, "revision": work.revision, "part": part, "facts": facts,
                    **teller, "sha256": sha256, "key_id": batch.key_id, "at": batch.at,
                }
            )  # fmt: skip
    if not rows:
        return
    new = set(sql.run(sql.ACCOUNT_EVIDENCE, rows))
    for work, part, sha256 in said:
        known_as = (batch.items[work.key]["id"], sha256)
        if known_as in new:
            new.remove(known_as)  # of two lines in one batch the first told it
            work.told.append(part)


def _teller(work: Work) -> dict[str, Any]:
    if isinstance(work.line, FlagSent):
        detector = work.line.detector
        return {
            "told_with": "flag", "detector": detector.name, "version": detector.version, "shadow": work.shadow,
        }  # fmt: skip
    with_report = isinstance(work.line, ReportSent)
    return {"told_with": "report" if with_report else "item", "detector": "", "version": "", "shadow": False}


def _sha256(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
