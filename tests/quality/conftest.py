"""Two people and a senior, decisions with what follows them, and a chance that always says yes."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.ledger.operations import drain
from apps.quality.models import Golden, GoldenCase, SamplingPlan
from apps.quality.operations.giving import _give
from apps.queues.models import Case
from apps.queues.operations import claim_case
from apps.wellbeing.exposure import Look
from apps.wellbeing.models import Practice
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person

REMOVE = Verdict("violates", ["AU-4"], ["remove"], explanation="It promises money for nothing.")
STRIKE = Verdict("violates", ["AU-4"], ["strike"])
OTHER_RULE = Verdict("violates", ["AU-1"], ["remove"])
CLEAR = Verdict("no_violation", rationale=["satire"])
LATER = timedelta(seconds=11)


def plan(**shares) -> SamplingPlan:
    """A plan for every queue under which everything is drawn, unless told otherwise."""
    shares = {"random_share": 1, "golden_share": 0, **shares}
    number = SamplingPlan.objects.filter(queue=None).count() + 1
    return SamplingPlan.objects.create(number=number, seed="a seed", **shares)


def let_pass() -> None:
    """The ten seconds of an undo pass, and the worker does what is owed."""
    with time_machine.travel(now() + LATER):
        drain()


def decided(who: str | User, case: Case, verdict: Verdict = REMOVE, *, wait: bool = True) -> Decision:
    """The person takes the case and decides it."""
    her = person(who) if isinstance(who, str) else who
    claim = claim_case(actor=her, holder=her, case_id=case.pk)
    made = decide(actor=her, claim_id=claim.claim_id, verdict=verdict, look=Look(2))
    if wait:
        let_pass()
    return Decision.objects.get(pk=made.decision_id)


def case(**fields) -> Case:
    """A case in the fraud queue that was suspected under the rule by a report."""
    text = fields.pop("text", "Invest now and be rich.")
    of = fields.pop("item", None) or make.item(text=text, language=fields.get("language", "en"))
    make.report(of, rule="AU-4")
    return make.case(item=of, queue="fraud", rule_codes=["AU-4"], **fields)


def second_look_of(first: Decision) -> Case:
    return Case.objects.get(draw__decision=first)


@pytest.fixture
def floor(db):
    """The house, and three people on shift: two moderators and a senior."""
    make.house()
    for name in ("moderator", "moderator2", "senior"):
        start_shift(actor=person(name))
    return person("moderator")


def newcomer(name: str, *roles: str) -> User:
    """Somebody more than the cast has, used to the work and on shift."""
    made = User.objects.create_user(name, roles=list(roles), languages=["en"], pseudonym=f"M-{name}")
    Practice.objects.create(user=made, since=now() - timedelta(days=90))
    start_shift(actor=made)
    return made


def given(golden: Golden) -> GoldenCase | None:
    """The golden case, put among the others now; None when it could not be."""
    with transaction.atomic():
        return _give(golden.pk)
