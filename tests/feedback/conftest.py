import json
from datetime import timedelta
from pathlib import Path

import pgtrigger
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.evidence import take
from apps.decisions.models import Decision, DecisionWords
from apps.feedback.facts import facts
from apps.feedback.operations.exporting import export
from apps.guidelines.queries import in_force
from tests import make

# The guidelines of a test are in force since a moment ago; its decisions tell of days before.
EARLIER_THAN_THE_GUIDELINES = "decisions.Decision:decision_is_made_under_the_version_in_force"


@pytest.fixture(autouse=True)
def nobody_else_knows(monkeypatch):
    """What other rooms know is told by the test that asks for it."""
    for name in ("clusters_of", "appeals_of", "appeal_window"):
        monkeypatch.setattr(facts, name, None)
    monkeypatch.setattr(facts, "inclusion_of", [])


@pytest.fixture
def house(db):
    make.house()


def past_decision(by: User, *, item=None, case=None, ago=timedelta(days=1), words=None, **fields) -> Decision:
    """A decision that was made a while ago; what is not said has an ordinary value."""
    case = case or make.case(item=item or make.item(), queue="fraud")
    fields.setdefault("outcome", "violates")
    if fields["outcome"] == "violates":
        fields.setdefault("rule_codes", ["AU-4"])
        fields.setdefault("actions", ["remove"])
    evidence = take(case.item_id)
    fields.setdefault("supersedes_id", evidence.head)
    fields.setdefault("purpose", "review")
    with pgtrigger.ignore(EARLIER_THAN_THE_GUIDELINES):
        decision = Decision.objects.create(
            case=case,
            item=case.item,
            item_revision=fields.pop("item_revision", case.item.revision),
            decider=by,
            guideline_version_id=in_force().id,
            language=fields.pop("language", case.item.language),
            detection_source=case.detection_source,
            evidence_sha256=evidence.sha256,
            decided_at=now() - ago,
            **fields,
        )
    snapshot = json.loads(json.dumps(evidence.snapshot, default=str))
    DecisionWords.objects.create(decision=decision, evidence=snapshot, **(words or {}))
    return decision


@pytest.fixture
def decided(house, moderator):
    """`decided(...)`: a decision of a moderator, or of whoever is named, that was made a while ago."""
    return lambda *, by=None, **fields: past_decision(by or moderator, **fields)


@pytest.fixture
def rows(tmp_path):
    """`rows()`: export now as JSONL, and the rows by decision id."""

    def run(**options) -> dict[int, dict]:
        out = tmp_path / "export"
        export(out, formats=["jsonl"], actor=None, **options)
        return {row["decision_id"]: row for row in read_jsonl(out)}

    return run


def read_jsonl(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "data/decisions.jsonl").read_text().splitlines()]


def parquet_files(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in (out / "data").rglob("*.parquet"))


def read_parquet(out: Path) -> pa.Table:
    """Every partition, in the order of the decisions, without the columns that the folders' names add."""
    tables = [pq.ParquetFile(out / path).read() for path in parquet_files(out)]
    return pa.concat_tables(tables).sort_by("decision_id")
