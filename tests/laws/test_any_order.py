"""No order of operations breaks an invariant: people, clocks and reports in every order Hypothesis can think of."""

import os
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from pydantic import TypeAdapter

from apps.decisions.models import Decision
from apps.decisions.operations import decide, undo
from apps.decisions.operations.deciding import approve_as_decided
from apps.decisions.queries import enforcements_in_force, standing
from apps.decisions.verdict import Verdict
from apps.errors import DomainError
from apps.intake.lines import AnyLine
from apps.intake.operations import receive
from apps.ledger.models import Event, Handoff
from apps.ledger.operations import drain
from apps.ledger.sealing import verify
from apps.queues.models import Case, Claim
from apps.queues.operations import (
    claim_case,
    claim_next,
    end_expired_claims,
    end_shift,
    escalate,
    release,
    renew,
    skip,
    take_back,
)
from apps.wellbeing import operations as wellbeing
from apps.wellbeing.exposure import Look
from apps.wellbeing.models import PersonLimit, Shift
from tests import make
from tests.conftest import person
from tests.laws.invariants import breaches

pytestmark = [pytest.mark.laws, pytest.mark.django_db]

LINE = TypeAdapter(AnyLine)
NAMES = ("moderator", "moderator2", "senior", "policy2")
SMALL_BUDGET = 700  # centiunits: enough for one heavy look, so that the limit is met again and again
VERDICTS = {
    "fine": Verdict("no_violation"),
    "unsure": Verdict("unsure"),
    "remove": Verdict("violates", ["HT-1"], ["remove"]),
    "remove and strike": Verdict("violates", ["HT-1"], ["remove", "strike"]),
    "two people": Verdict("violates", ["VX-2"], ["remove"]),
    "terminate": Verdict("violates", ["VX-3"], ["account_terminate"]),
}
people = st.sampled_from(NAMES)
posts = st.sampled_from(["p1", "p2", "p3"])
seconds = st.sampled_from([None, 0.0, 3.0, 45.0, 10_000.0])


class Floor(RuleBasedStateMachine):
    """A floor of moderators, a supervisor beside them, and a platform that keeps sending."""

    @initialize()
    def open_the_floor(self):
        self.undone_with_the_example = transaction.atomic()
        self.undone_with_the_example.__enter__()
        self.clock = time_machine.travel(now(), tick=False)
        self.time = self.clock.start()
        self.cast = {name: person(name) for name in (*NAMES, "supervisor")}
        for name in NAMES:
            wellbeing.start_shift(actor=self.cast[name])
        for post, hint in (("p1", "VX-3"), ("p2", "HT-1"), ("p3", None)):
            self._send(
                {"type": "report", "item": self._item(post, "text", "first"), "reason": "x", "rule": hint}
            )
        drain()

    def teardown(self):
        try:
            if hasattr(self, "time"):
                self.time.shift(timedelta(minutes=1))
                drain()
                verdict = verify()
                assert (verdict.trouble, Handoff.objects.count()) == ("", 0)
                assert verdict.events == Event.objects.count()
        finally:
            if hasattr(self, "time"):
                self.clock.stop()
                transaction.set_rollback(True)
                self.undone_with_the_example.__exit__(None, None, None)

    # What comes in

    def _item(self, post, kind, text):
        return {"source": "laws", "external_id": post, "kind": kind, "language": "en", "text": text,
                "author": {"external_id": f"by-{post}"}}  # fmt: skip

    def _send(self, line):
        [result] = receive([LINE.validate_python(line)], key=None)
        assert result.status in (200, 201, 202), result.errors

    @rule(
        post=posts,
        by=st.sampled_from("ab"),
        hint=st.sampled_from([None, "HT-1", "VX-3", "AU-4"]),
        trusted=st.booleans(),
    )
    def somebody_reports(self, post, by, hint, trusted):
        reporter = {"external_id": by, "trusted_flagger": trusted}
        item = {"source": "laws", "external_id": post, "kind": "text"}
        self._send({"type": "report", "item": item, "reason": "x", "rule": hint, "reporter": reporter})

    @rule(post=posts, kind=st.sampled_from(["text", "video"]), text=st.sampled_from(["one", "two", "three"]))
    def the_author_changes_it(self, post, kind, text):
        self._send({"type": "item", "item": self._item(post, kind, text)})

    @rule(post=posts, score=st.sampled_from([0.2, 0.9]))
    def a_detector_flags(self, post, score):
        item = {"source": "laws", "external_id": post, "kind": "text"}
        scores = [{"rule": "VX-3", "score": score, "threshold": 0.5}]
        self._send(
            {"type": "flag", "item": item, "detector": {"name": "d", "version": "1"}, "scores": scores}
        )

    @rule()
    def what_is_owed_arrives(self):
        drain()

    @rule(by=st.sampled_from([1, 4, 11, 300, 1_000, 3_000]))
    def time_passes(self, by):
        self.time.shift(timedelta(seconds=by))

    @rule()
    def expired_claims_end(self):
        end_expired_claims()

    # What people do

    def _try(self, act, **given):
        """Do it, or be refused in words: then nothing was written."""
        before = Event.objects.count()
        try:
            return act(**given)
        except DomainError:
            assert Event.objects.count() == before
            return None

    def _claim_of(self, who):
        live = Claim.objects.filter(holder=self.cast[who], ended_at=None).values_list("id", flat=True).first()
        if live is None and (claimed := self._try(claim_next, actor=self.cast[who])):
            return claimed.claim_id
        return live

    @rule(who=people)
    def starts_a_shift(self, who):
        self._try(wellbeing.start_shift, actor=self.cast[who])

    @rule(who=people)
    def ends_her_shift(self, who):
        self._try(end_shift, actor=self.cast[who])

    @rule(who=people)
    def takes_or_ends_a_break(self, who):
        shift = Shift.objects.filter(user=self.cast[who], ended_at=None).first()
        act = wellbeing.end_break if shift and shift.break_started_at else wellbeing.start_break
        self._try(act, actor=self.cast[who])

    @rule(who=people)
    def takes_the_next_case(self, who):
        self._try(claim_next, actor=self.cast[who])

    @rule(who=people, shown=seconds)
    def her_page_is_alive(self, who, shown):
        if claim := self._claim_of(who):
            self._try(renew, actor=self.cast[who], claim_id=claim, seconds_revealed=shown)

    @rule(who=people, how=st.sampled_from(["skip", "release", "escalate"]), shown=seconds)
    def gives_it_back(self, who, how, shown):
        if claim := self._claim_of(who):
            look = None if shown is None else Look(shown)
            given = {"actor": self.cast[who], "claim_id": claim, "look": look}
            if how == "escalate":
                self._try(escalate, note="please look", **given)
            else:
                self._try(skip if how == "skip" else release, **given)

    @rule(who=people, what=st.sampled_from(sorted(VERDICTS)), shown=seconds, another=st.booleans())
    def decides(self, who, what, shown, another):
        if claim := self._claim_of(who):
            look = None if shown is None else Look(shown)
            given = {"actor": self.cast[who], "claim_id": claim, "look": look, "claim_another": another}
            self._try(decide, verdict=VERDICTS[what], **given)

    @rule(who=people)
    def agrees_as_the_second_person(self, who):
        claim = self._claim_of(who)
        case = Case.objects.filter(claims=claim, purpose=Case.Purpose.APPROVAL).first() if claim else None
        if case is not None:
            first = Decision.objects.get(pk=case.about_decision_id)
            verdict = approve_as_decided(held_decision=first, explanation="", private_note="", confidence="")
            self._try(decide, actor=self.cast[who], claim_id=claim, verdict=verdict)

    @rule(who=people)
    def takes_her_last_decision_back(self, who):
        last = Decision.objects.filter(decider=self.cast[who], withdraws=False).order_by("-id").first()
        if last is not None:
            self._try(undo, actor=self.cast[who], decision_id=last.pk)

    @rule(post=posts, who=people, back=st.booleans())
    def a_supervisor_gives_or_takes(self, post, who, back):
        case = Case.objects.filter(item__external_id=post, item__source="laws").exclude(state="done").first()
        if case is not None and back:
            self._try(take_back, actor=self.cast["supervisor"], case_id=case.pk)
        elif case is not None:
            self._try(claim_case, actor=self.cast["supervisor"], holder=self.cast[who], case_id=case.pk)

    # What always holds

    @invariant()
    def no_law_is_broken(self):
        assert (breaches(), orders_out_of_step()) == ({}, [])


def orders_out_of_step():
    """Items whose enforcement in force is not what their last settled decision ordered."""
    wrong = []
    for item_id in set(Decision.objects.values_list("item_id", flat=True)):
        settled = (
            standing().filter(item_id=item_id, held=False).exclude(outcome="unsure").order_by("-id").first()
        )
        ordered = sorted(settled.actions) if settled else []
        if sorted(enforcements_in_force(item_id).values_list("action", flat=True)) != ordered:
            wrong.append((item_id, ordered))
    return wrong


@pytest.fixture
def floor():
    """Guidelines and queues as installed; one person with little budget left, one who may see anything."""
    make.house()
    for name in (*NAMES, "supervisor"):
        someone = person(name)
        someone.skills, someone.languages = ["specialist"], ["en"]
        if name == "policy2":
            someone.roles = ["senior_moderator"]
        someone.save()
    PersonLimit.objects.create(user=person("moderator2"), budget=SMALL_BUDGET)
    PersonLimit.objects.create(user=person("policy2"), max_exposure=1)


def test_no_order_of_operations_breaks_a_law(floor):
    run_state_machine_as_test(
        Floor,
        settings=settings(
            max_examples=int(os.environ.get("EXAMPLES", 40)),
            # Shrinking takes minutes here: SHRINK=1 when a breach is to be understood; test_found.py keeps the story.
            phases=[Phase.generate, Phase.shrink] if "SHRINK" in os.environ else [Phase.generate],
            report_multiple_bugs=False,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
