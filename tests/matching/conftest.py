"""Items that come in through the API's own door, banks that colleagues made and verified, and the relay run by hand."""

import itertools

import pytest
from django.db import transaction
from pydantic import TypeAdapter

from apps.accounts.models import User
from apps.intake.lines import AnyLine
from apps.intake.models import Item, Media
from apps.intake.operations.receiving import receive
from apps.ledger.models import Handoff
from apps.ledger.operations import drain, record
from apps.matching import lookup, operations
from apps.matching.hashes import NewEntry
from apps.matching.models import Bank
from apps.matching.operations import BankFacts
from tests import make
from tests.conftest import person

_numbers = itertools.count(1)
LINE: TypeAdapter = TypeAdapter(AnyLine)


@pytest.fixture
def house(db):
    make.house()
    drain()


@pytest.fixture(autouse=True)
def _processes_begin_anew():
    lookup.forget()


def sent(text: str = "", *, report: str = "", author: str = "", language: str = "en", **fields) -> Item:
    """An item as the platform sends it; with a report on it under a rule when one is named. The relay is not yet run."""
    number = next(_numbers)
    item = {
        "source": "app", "external_id": f"post-{number}", "kind": fields.pop("kind", "text"), "text": text,
        "author": {"external_id": author or f"author-{number}"}, "language": language, **fields,
    }  # fmt: skip
    line = {"type": "item", "item": item}
    if report:
        line = {
            "type": "report",
            "item": item,
            "reason": "reported",
            "rule": report,
            "reporter": {"external_id": "r"},
        }
    receive([LINE.validate_python(line)], key=None)
    return Item.objects.get(source="app", external_id=item["external_id"])


def picture(pdq: str, *, sha256: str = "", text: str = "", quality: int = 90, **fields) -> Item:
    """An item with one picture that a worker has prepared, known by its hashes."""
    item = sent(text, kind="image", **fields)
    Media.objects.create(
        item=item, revision=item.revision, position=0, mime="image/png", state="ready", file="x", pdq=pdq,
        sha256=sha256 or f"{next(_numbers):064x}", pdq_quality=quality if pdq else None,
    )  # fmt: skip
    with transaction.atomic():
        record("item.prepared", actor=None, item=item, revision=item.revision)
    return item


def bank(name: str = "Known", *, verified: bool = True, rule: str = "HR-1", **facts) -> Bank:
    facts.setdefault("actions", ["remove"])
    made = operations.make_bank(
        actor=person("policy"), facts=BankFacts(name=name, rule_code=rule, **facts), because="for the tests"
    )
    if verified:
        operations.verify_bank(actor=person("policy2"), bank_id=made.pk, because="looked at the list")
    made.refresh_from_db()
    return made


def entry(into: Bank, signal: str, value: str, *, says: str = "positive", actor: User | None = None):
    new = NewEntry(signal=signal, value=value, says=says, why="for the tests")
    return operations.add_entry(actor=actor or person("policy"), bank_id=into.pk, entry=new)


def flipped(value: str, bits: int) -> str:
    """The hash with its first bits turned over."""
    return f"{int(value, 16) ^ ((1 << bits) - 1):064x}"


def owe_now() -> None:
    """The ten seconds of undo have passed."""
    Handoff.objects.update(due_at="2020-01-01T00:00:00Z")
    drain()


HASH = "f0e1d2c3b4a5968778695a4b3c2d1e0f" * 2
