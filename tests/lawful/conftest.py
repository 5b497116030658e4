"""A notice of law on a post, and the way it goes: our own guidelines first, then a legal reviewer."""

import pytest

from apps.decisions.operations import decide as judge
from apps.decisions.verdict import Verdict
from apps.lawful.models import LawNotice
from apps.lawful.operations import Sent, decide, send
from apps.ledger.operations import drain
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.later import later

FINE = Verdict("no_violation")
NAME, EMAIL = "Sokha Chan", "sokha@rights.example"
WHY = "The registered photograph is shown whole, and no exception applies."


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def floor(house, moderator):
    moderator.languages = ["en", "km", "vi"]
    moderator.save()
    start_shift(actor=moderator)
    return moderator


def sent(item, kind="property", **fields) -> Sent:
    """A complete notice; what is not said has an ordinary value."""
    said = {
        "kind": kind,
        "address": f"{item.source}:{item.external_id}" if hasattr(item, "source") else item,
        "country": "KH",
        "relation": "owner" if kind == "property" else "self",
        "statement": "It shows my photograph without my leave.",
        "concerned": "The photograph “Dawn over the river”, 2024.",
        "name": NAME,
        "email": EMAIL,
        "good_faith": True,
        "accurate": True,
    }
    return Sent(**{**said, **fields})


def reviewed(notice: LawNotice, moderator, verdict=FINE) -> LawNotice:
    """As it stands after a moderator decided its item and could no longer take it back."""
    drain()
    claim = claim_next(actor=moderator)
    assert claim is not None
    assert claim.item_id == notice.item_id
    judge(actor=moderator, claim_id=claim.claim_id, verdict=verdict, look=Look(1))
    later()
    notice.refresh_from_db()
    return notice


def noticed(kind="property", item=None, **fields) -> LawNotice:
    return send(sent=sent(item or make.item(), kind, **fields))


def joined(kind, moderator, verdict=FINE) -> LawNotice:
    """A notice about what a moderator holds already: it joins her case, and goes on with what she decides."""
    case = make.case()
    claim = claim_next(actor=moderator)
    assert claim is not None
    assert claim.case_id == case.pk
    notice = noticed(kind, item=case.item)
    drain()
    judge(actor=moderator, claim_id=claim.claim_id, verdict=verdict, look=Look(1))
    later()
    notice.refresh_from_db()
    return notice


def accepted(moderator, legal, kind="property", **more) -> LawNotice:
    """All the way: no rule broken, accepted under the law."""
    notice = reviewed(noticed(), moderator) if kind == "property" else joined(kind, moderator)
    decide(actor=legal, notice_id=notice.pk, accept=True, reasons=WHY, **more)
    notice.refresh_from_db()
    return notice
