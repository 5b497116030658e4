"""A restricted post: reported, decided by a moderator, its notices told. Time is moved past the ten seconds of undo."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.ledger.operations import drain
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests import make

SCAM = Verdict(
    "violates",
    ["AU-4"],
    ["remove", "strike"],
    ["intent_clear"],
    explanation="Fake investment.",
    private_note="he does this a lot",
)
FINE = Verdict("no_violation", rationale=["satire"])
LINK = re.compile(r"https?://\S+?(/appeal/\S+/)")


def later(**by):
    """The clock, moved on; to be used in a `with`."""
    return time_machine.travel(now() + timedelta(**by), tick=True)


def decided(*, by, verdict=SCAM, reported=True, language="en", **fields):
    """A decision of hers on a new item, which can no longer be taken back."""
    case = make.case(queue="fraud", language=language, **fields)
    if reported:
        make.report(case.item, by="rita", received_at=now() - timedelta(hours=1))
    with time_machine.travel(now() - timedelta(minutes=1), tick=True):
        start_shift(actor=by)
        claim = claim_next(actor=by)
        assert claim.case_id == case.pk
        made = decide(actor=by, claim_id=claim.claim_id, verdict=verdict)
    drain()
    return Decision.objects.select_related("item", "case").get(pk=made.decision_id)


def link(decision, audience="author"):
    """The path of the signed link in the notice to one side."""
    return LINK.search(decision.notices.get(audience=audience).text)[1]


@pytest.fixture
def house(db):
    with time_machine.travel(now() - timedelta(hours=2), tick=True):
        make.house()


@pytest.fixture
def scam(house, moderator):
    """A post removed as a scam, with a strike, reported by rita."""
    return decided(by=moderator)
