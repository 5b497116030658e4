"""A restricted post: reported, decided by a moderator, its notices told. Time is moved past the ten seconds of undo."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.timezone import now
from PIL import Image

from apps.appeals.operations import confirm, judge
from apps.decisions.models import Decision
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.ledger.operations import drain
from apps.queues.models import Case
from apps.queues.operations import claim_case, claim_next
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
SAME = Verdict("violates", ["AU-4"], ["remove", "strike"], ["intent_clear"], explanation="It stands.")
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


def picture(name="proof.png"):
    """A small picture, as a browser sends it."""
    written = BytesIO()
    Image.new("RGB", (40, 30), (200, 40, 40)).save(written, "PNG")
    return SimpleUploadedFile(name, written.getvalue(), content_type="image/png")


def hear(person, verdict, first=None):
    """The appeal that waits, heard by somebody in both steps and settled. `verdict` None: the same again."""
    verdict = verdict or SAME
    with time_machine.travel(now() - timedelta(seconds=30), tick=True):
        start_shift(actor=person)
        case = Case.objects.get(purpose="appeal", state="waiting")
        claim = claim_case(actor=person, holder=person, case_id=case.pk)
        judge(actor=person, claim_id=claim.claim_id, verdict=first or verdict, form={})
        made = confirm(actor=person, claim_id=claim.claim_id, verdict=verdict)
    drain()
    return Decision.objects.get(pk=made.decision_id)


@pytest.fixture(scope="module")
def _house_for_all(django_db_setup, django_db_blocker):
    """Guidelines and queues, made once for a module: each test runs in a savepoint of this transaction."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        with time_machine.travel(now() - timedelta(hours=2), tick=True):
            make.house()
        yield
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


@pytest.fixture
def house(_house_for_all, db):
    """What every installation has."""


@pytest.fixture
def scam(house, moderator):
    """A post removed as a scam, with a strike, reported by rita."""
    return decided(by=moderator)
