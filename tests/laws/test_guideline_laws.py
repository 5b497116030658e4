"""No order of edits, approvals, publications and decisions breaks the constitution."""

import os
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.errors import DomainError
from apps.guidelines import operations as guidelines
from apps.guidelines import parts, queries
from apps.guidelines.models import Comment, GuidelineVersion, Schedule
from apps.guidelines.yaml_text import dump
from apps.ledger.models import Event
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person
from tests.guidelines.test_loading import SMALL

pytestmark = [pytest.mark.laws, pytest.mark.django_db]
LEADS = ("policy", "policy2", "admin")
LAWS = {
    "a decision cites a version that was in force when it was made": """
        SELECT d.id FROM decisions_decision d JOIN guidelines_guidelineversion v ON v.id = d.guideline_version_id
        WHERE NOT d.withdraws AND NOT (v.published_at <= d.decided_at
              AND (v.retired_at IS NULL OR d.decided_at < v.retired_at))
    """,
    "a decision cites rules of its own version only": """
        SELECT c.id FROM decisions_decisionrule c JOIN decisions_decision d ON d.id = c.decision_id
        JOIN guidelines_ruleversion r ON r.id = c.rule_version_id WHERE r.version_id <> d.guideline_version_id
    """,
    "nothing is published that nobody but its authors approved": """
        SELECT v.id FROM guidelines_guidelineversion v WHERE v.publication = 'reviewed' AND NOT EXISTS (
            SELECT 1 FROM guidelines_approval a WHERE a.version_id = v.id AND a.revision = v.revision
              AND a.withdrawn_at IS NULL AND a.person_id IS DISTINCT FROM v.created_by_id
              AND NOT EXISTS (SELECT 1 FROM guidelines_draftedit e
                              WHERE e.version_id = v.id AND e.person_id = a.person_id))
    """,
    "an emergency took two people": """
        SELECT id FROM guidelines_guidelineversion
        WHERE publication = 'emergency'
          AND (published_by_id IS NULL OR seconded_by_id IS NULL OR published_by_id = seconded_by_id)
    """,
    "nothing was published over an open comment": """
        SELECT v.id FROM guidelines_guidelineversion v JOIN guidelines_comment c ON c.version_id = v.id
        WHERE v.publication = 'reviewed' AND c.resolved_at IS NULL
    """,
    "one version follows another without a gap and without an overlap": """
        SELECT v.id FROM guidelines_guidelineversion v WHERE v.published_at IS NOT NULL AND (
            (SELECT count(*) FROM guidelines_guidelineversion n WHERE n.published_at = v.retired_at)
                <> CASE WHEN v.retired_at IS NULL THEN 0 ELSE 1 END
            OR EXISTS (SELECT 1 FROM guidelines_guidelineversion o WHERE o.id <> v.id AND o.published_at IS NOT NULL
                AND tstzrange(o.published_at, o.retired_at) && tstzrange(v.published_at, v.retired_at)))
    """,
    "each version was written upon the one it followed": """
        SELECT v.id FROM guidelines_guidelineversion v WHERE v.published_at IS NOT NULL
          AND v.base_id IS DISTINCT FROM (SELECT b.id FROM guidelines_guidelineversion b WHERE b.retired_at = v.published_at)
    """,
    "a rule is kept or retired, never dropped": """
        SELECT r.id FROM guidelines_ruleversion r JOIN guidelines_guidelineversion v ON v.base_id = r.version_id
        WHERE v.published_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM guidelines_ruleversion k WHERE k.version_id = v.id AND k.identity = r.identity)
          AND NOT EXISTS (SELECT 1 FROM guidelines_retiredrule g WHERE g.version_id = v.id AND g.identity = r.identity)
    """,
}
A_RULE = """
  - code: {code}
    title: A rule
    severity: 3
    exposure: 0
    description: Says what breaks it.
    violating_examples: [One that does.]
    allowed_examples: [One that does not.]
    actions: [remove]
    dsa_category: STATEMENT_CATEGORY_SCAMS_AND_FRAUD
"""
A_POLICY = """
- code: {code}
  title: A policy
  severity: 3
  description: About something.
  dsa_category: STATEMENT_CATEGORY_SCAMS_AND_FRAUD
  rules:
"""
# Four rules are enough for every law, and quickly copied.
A_SMALL_SET = (
    SMALL[: SMALL.index("- code: AB")]
    + A_POLICY.format(code="AU")
    + A_RULE.format(code="AU-4")
    + A_POLICY.format(code="HT")
    + A_RULE.format(code="HT-1")
    + A_RULE.format(code="HT-2")
)
leads = st.sampled_from(LEADS)
numbers = st.integers(0, 3)


def breaches() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        for name, law in LAWS.items():
            cursor.execute(law)
            if rows := cursor.fetchall():
                found[name] = [row[0] for row in rows]
    return found


class Parliament(RuleBasedStateMachine):
    """Leads who write, approve and publish at their will, and a moderator who goes on deciding."""

    @initialize()
    def convene(self):
        self.undone_with_the_example = transaction.atomic()
        self.undone_with_the_example.__enter__()
        self.clock = time_machine.travel(now() + timedelta(seconds=1), tick=False)
        self.time = self.clock.start()
        self.cast = {name: person(name) for name in (*LEADS, "moderator")}
        self.texts: dict[int, str] = {}
        queries.forget_in_force()
        start_shift(actor=self.cast["moderator"])

    def teardown(self):
        if hasattr(self, "time"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.undone_with_the_example.__exit__(None, None, None)
            queries.forget_in_force()

    def _try(self, act, **given):
        before = Event.objects.count()
        try:
            with transaction.atomic():
                return act(**given)
        except DomainError:
            assert Event.objects.count() == before
            return None

    def _draft(self, number):
        drafts = list(GuidelineVersion.objects.filter(published_at=None).order_by("id"))
        return drafts[number % len(drafts)] if drafts else None

    @rule(who=leads, back=st.booleans())
    def opens_a_draft(self, who, back):
        if GuidelineVersion.objects.filter(published_at=None).count() < 3:
            old = GuidelineVersion.objects.filter(state="retired").first() if back else None
            self._try(guidelines.open_draft, actor=self.cast[who], restore=old)

    @rule(
        who=leads,
        of=numbers,
        code=st.sampled_from(["HT-1", "AU-4"]),
        text=st.sampled_from("abc"),
        stale=st.booleans(),
    )
    def rewrites_a_rule(self, who, of, code, text, stale):
        draft = self._draft(of)
        found = draft and draft.rules.filter(code=code).first()
        if found:
            part = parts.rule_part(found.identity)
            doc = {**parts.read(draft, part), "description": text, "compatibility": "widened"}
            seen = 0 if stale else draft.revision
            self._try(
                guidelines.save_part, actor=self.cast[who], version_id=draft.pk, part=part, doc=doc, seen=seen
            )

    @rule(who=leads, of=numbers)
    def retires_a_rule(self, who, of):
        draft = self._draft(of)
        found = draft and draft.rules.filter(code="HT-2").first()
        if found:
            doc = {"retired": True, "code": "HT-2", "title": found.title, "successors": ["HT-1"], "note": ""}
            given = {"part": parts.rule_part(found.identity), "doc": doc, "seen": draft.revision}
            self._try(guidelines.save_part, actor=self.cast[who], version_id=draft.pk, **given)

    @rule(who=leads, of=numbers, act=st.sampled_from(["undo", "redo", "ask_for_review", "back_to_draft", "bring_up_to_date",
                                                      "withdraw_approval", "call_off", "discard"]))  # fmt: skip
    def does_something_with_a_draft(self, who, of, act):
        if draft := self._draft(of):
            self._try(getattr(guidelines, act), actor=self.cast[who], version_id=draft.pk)

    @rule(who=leads, of=numbers, off=st.sampled_from([0, 0, 0, 1]))
    def approves(self, who, of, off):
        if draft := self._draft(of):
            given = {"version_id": draft.pk, "revision": max(0, draft.revision - off)}
            self._try(guidelines.approve, actor=self.cast[who], **given)

    @rule(who=leads, of=numbers, resolve=st.booleans())
    def comments_or_resolves(self, who, of, resolve):
        if draft := self._draft(of):
            open_one = Comment.objects.filter(version=draft, resolved_at=None).first()
            if resolve and open_one:
                given = {"version_id": draft.pk, "comment_id": open_one.pk}
                self._try(guidelines.resolve, actor=self.cast[who], **given)
            elif not resolve:
                self._try(guidelines.comment, actor=self.cast[who], version_id=draft.pk, text="Really?")

    @rule(who=leads, of=numbers)
    def publishes(self, who, of):
        if draft := self._draft(of):
            self._try(guidelines.publish, version=draft, actor=self.cast[who], reason="Because.")

    @rule(of=numbers, who=leads, reviewer=leads)
    def takes_the_whole_way(self, of, who, reviewer):
        """Steps at random seldom line up: now and then everything is done as it should be."""
        if draft := self._draft(of):
            for act in (guidelines.bring_up_to_date, guidelines.ask_for_review):
                self._try(act, actor=self.cast[who], version_id=draft.pk)
            draft.refresh_from_db()
            given = {"version_id": draft.pk, "revision": draft.revision}
            self._try(guidelines.approve, actor=self.cast[reviewer], **given)
            self._try(guidelines.publish, version=draft, actor=self.cast[who], reason="Because.")

    @rule(who=leads, of=numbers, after=st.sampled_from([1, 60, 3600]))
    def plans(self, who, of, after):
        if draft := self._draft(of):
            at = now() + timedelta(seconds=after)
            given = {"version_id": draft.pk, "effective_at": at, "reason": "Later."}
            self._try(guidelines.schedule, actor=self.cast[who], **given)

    @rule(who=leads, of=numbers, confirm=st.booleans())
    def an_emergency(self, who, of, confirm):
        if draft := self._draft(of):
            given = {"actor": self.cast[who], "version_id": draft.pk, "revision": draft.revision}
            if confirm:
                self._try(guidelines.confirm_emergency, **given)
            else:
                self._try(guidelines.call_emergency, reason="It burns.", **given)

    @rule(by=st.sampled_from([1, 2, 4, 5, 30, 1_000, 4_000]))
    def time_passes(self, by):
        self.time.shift(timedelta(seconds=by))

    @rule()
    def the_tick_comes(self):
        guidelines.publish_due()

    @rule(forgets=st.booleans(), taken_back=st.booleans())
    def a_moderator_decides(self, forgets, taken_back):
        """She may have looked the version up a moment before; the clock of that memory is the clock of the test."""
        if forgets:
            queries.forget_in_force()
        make.case(queue="fraud")
        claim = self._try(claim_next, actor=self.cast["moderator"])
        if claim:
            given = {"actor": self.cast["moderator"], "claim_id": claim.claim_id, "look": Look(1)}
            made = self._try(decide, verdict=Verdict("violates", ["AU-4"], ["remove"]), **given)
            if made and taken_back:
                self._try(undo, actor=self.cast["moderator"], decision_id=made.decision_id)

    @invariant()
    def no_law_is_broken(self):
        assert breaches() == {}
        assert Schedule.objects.filter(state="pending").count() <= 1

    @invariant()
    def no_published_text_changed(self):
        for version in GuidelineVersion.objects.filter(published_at__isnull=False):
            text = dump(version)
            assert self.texts.setdefault(version.pk, text) == text


def test_no_order_of_operations_breaks_the_constitution(db):
    guidelines.publish(guidelines.load(A_SMALL_SET, actor=None), actor=None, reason="The first.")
    make.house()
    for name in LEADS:
        person(name)
    run_state_machine_as_test(
        Parliament,
        settings=settings(
            max_examples=int(os.environ.get("EXAMPLES", 10)),
            phases=[Phase.generate, Phase.shrink] if "SHRINK" in os.environ else [Phase.generate],
            report_multiple_bugs=False,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
