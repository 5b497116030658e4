from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils.timezone import now

from apps.accounts.models import User
from apps.authority.models import LetterTemplate, Request, RequestItem
from apps.authority.operations import Asking, answer_proposal, find_validity, propose, record_request
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.ledger.operations import drain
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import CAST, person
from tests.later import later

FINE = Verdict("no_violation")
SCAM = Verdict("violates", ["AU-4"], ["remove"])
WORDS = {
    "legality": "Article 305 of the penal code, published and in force.",
    "aim": "It protects the rights of a named person.",
    "necessity": "Nothing milder reaches the readers it concerns.",
    "proportionality": "One post in one country; the rest of the account stays.",
}
SECRET = "Ministry of Whispers"


@pytest.fixture
def house(db):
    make.house()
    letters()


def letters() -> None:
    """The letters every installation has; tests with real transactions empty the table."""
    if not LetterTemplate.objects.exists():
        import_module("apps.authority.migrations.0002_first_letters").write(apps, None)


@pytest.fixture
def floor(house, moderator):
    moderator.languages = ["en", "km", "vi"]
    moderator.save()
    start_shift(actor=moderator)
    return moderator


def asking(*items, **fields) -> Asking:
    """A complete order about these items; what is not said has an ordinary value."""
    said = {
        "sender": SECRET,
        "country": "KH",
        "kind": "ministry",
        "form": "order",
        "channel": "letter",
        "scope": "Take down what mocks the minister.",
        "legal_basis": "Penal code, Article 305",
        "reference": "MW-77",
        "addresses": [f"{one.source}:{one.external_id}" if hasattr(one, "source") else one for one in items],
        "received_at": now(),
    }
    return Asking(**{**said, **fields})


@pytest.fixture
def asked(floor, legal):
    """`asked(...)`: a request about one new item, recorded by the legal reviewer; its only item."""

    def make_one(item=None, *, actor=None, **fields) -> RequestItem:
        made = record_request(actor=actor or legal, asking=asking(item or make.item(), **fields))
        drain()
        return made.items.get()

    return make_one


def reviewed(row: RequestItem, moderator, verdict=FINE) -> RequestItem:
    """The item as it stands after a moderator decided its review and could no longer take it back."""
    claim = claim_next(actor=moderator)
    assert claim is not None
    assert claim.item_id == row.item_id
    decide(actor=moderator, claim_id=claim.claim_id, verdict=verdict, look=Look(1))
    later()
    row.refresh_from_db()
    return row


def proposed(row: RequestItem, legal, *, by=None, **more) -> RequestItem:
    """Valid, and proposed to be withheld: by the same legal reviewer, unless somebody else is named."""
    find_validity(
        actor=legal, item=row, valid=True, reasons="Signed by the competent court; the law is in force."
    )
    propose(actor=by or legal, item=row, words=WORDS, about_officials=False, **more)
    row.refresh_from_db()
    return row


def withheld(row: RequestItem, moderator, legal, admin, **more) -> RequestItem:
    """All the way: no rule broken, valid, necessary, agreed by two."""
    proposed(reviewed(row, moderator), legal, **more)
    answer_proposal(actor=admin, item=row, agrees=True)
    row.refresh_from_db()
    return row


def legal2(name: str = "legal2") -> User:
    """Another legal reviewer, who took no part in anything yet."""
    if name in CAST:
        return person(name)
    return User.objects.filter(username=name).first() or User.objects.create_user(
        name, password="a calm evening", roles=["legal_reviewer"], languages=["en"], pseudonym=f"L-{name}"
    )


__all__ = [
    "FINE",
    "SCAM",
    "SECRET",
    "WORDS",
    "Request",
    "asking",
    "legal2",
    "proposed",
    "reviewed",
    "timedelta",
    "withheld",
]
