"""Cases with a known answer: told from no other by anybody who gets one, and never learned from."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from apps.decisions.models import Decision, Enforcement, Notice
from apps.decisions.verdict import Verdict
from apps.feedback.keying import Split
from apps.feedback.operations import export
from apps.guidelines.operations import open_draft, publish
from apps.intake.models import ItemContent, Media
from apps.ledger.models import Event
from apps.ledger.operations import record
from apps.quality.errors import NotGolden, RetiredAlready
from apps.quality.models import Adjudication, Finding, Golden, GoldenCase
from apps.quality.operations import add_golden, retire
from apps.queues.models import Case
from apps.queues.operations import claim_case
from tests import make
from tests.conftest import person
from tests.guidelines.test_drafts import change
from tests.quality.conftest import CLEAR, REMOVE, case, decided, let_pass, newcomer, plan, second_look_of


def adjudicated(first_case: Case | None = None, verdict: Verdict = REMOVE) -> Adjudication:
    first = decided("moderator", first_case or case())
    decided("moderator2", second_look_of(first), CLEAR)
    found = Adjudication.objects.get(comparison__first=first)
    decided("senior", found.case, verdict)
    found.refresh_from_db()
    return found


@pytest.fixture
def golden(floor):
    """One golden case, in a queue into which one is put for every decision."""
    plan()
    kept = add_golden(actor=person("senior"), adjudication_id=adjudicated().pk, why="It promises a fixed gain.")
    plan(random_share=0.03, clear_share=0.03, golden_share=0.02)
    return kept


def given(golden: Golden) -> GoldenCase:
    """The golden case, put among the others now."""
    from apps.quality.operations.giving import _give

    with transaction.atomic():
        made = _give(golden.pk)
    assert made is not None
    return made
