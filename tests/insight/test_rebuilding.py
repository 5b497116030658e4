"""A law: however the numbers came about, making them anew gives the same."""

import contextlib
import random
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from apps.decisions.errors import UndoTooLate
from apps.decisions.models import Enforcement
from apps.decisions.operations import decide, record_effect, undo
from apps.decisions.verdict import Verdict
from apps.insight.models import OpenMinute
from apps.insight.operations import fold, rebuild
from apps.insight.operations.rebuilding import ROLLUPS
from apps.insight.queries import snapshot
from apps.intake.models import Flag
from apps.ledger.models import Event, Handoff
from apps.ledger.operations import drain, subscriptions
from apps.queues.models import Case, Claim
from apps.queues.operations import claim_next, escalate, refresh_cases, release, skip
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person

VERDICTS = [
    Verdict(outcome="violates", rules=["AU-4"], actions=["remove"]),
    Verdict(outcome="violates", rules=["HT-1"], actions=["remove", "strike"]),
    Verdict(outcome="no_violation"),
    Verdict(outcome="unsure"),
]


def everything():
    """All rollups as plain values; the ids of sums, and sums of nothing, say nothing."""
    told = {}
    for model in ROLLUPS:
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        rows = model.objects.values_list(*names)
        told[model.__name__] = sorted(repr(row) for row in rows if not _says_nothing(model, names, row))
    return told


def _says_nothing(model, names, row):
    if model.__name__ == "FirstRemoval":
        return False
    keys = {"queue_id", "measure", "minute", "width", "start", "day", "rule_code", "outcome", "bucket", "detector",
            "detector_version", "policy_code"}  # fmt: skip
    return not any(value for name, value in zip(names, row, strict=True) if name not in keys)


class Working:
    """People doing things at random, the relay now and then in between."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.people = [person(name) for name in ("moderator", "moderator2", "senior")]
        for each in self.people:
            start_shift(actor=each)
        self.decided = []

    def claim(self):
        who = self.random.choice(self.people)
        claim = Claim.objects.filter(holder=who, ended_at=None).values_list("id", flat=True).first()
        if claim is None and (claimed := claim_next(actor=who)):
            claim = claimed.claim_id
        return who, claim

    def report(self):
        item = make.item(posted_at=now() - timedelta(hours=self.random.randint(1, 48)))
        rule = self.random.choice(["", "AU-4", "HT-1"])
        make.report(item, rule=rule)
        score = self.random.random()
        Flag.objects.create(
            item=item, item_revision=1, detector="d", detector_version="1", over_threshold=score > 0.5,
            scores=[{"rule": "AU-4", "score": score, "threshold": 0.5}],
        )  # fmt: skip
        refresh_cases([item.pk])

    def report_again(self):
        if case := Case.objects.order_by("?").first():
            make.report(
                case.item, by=f"r{self.random.random()}", rule="HT-1", trusted=self.random.random() < 0.5
            )
            refresh_cases([case.item_id])

    def decide(self):
        who, claim = self.claim()
        if claim:
            item = Claim.objects.get(pk=claim).case.item_id
            asked = Case.objects.filter(item=item, purpose="second_opinion").exclude(state="done").exists()
            verdict = self.random.choice(VERDICTS[:3] if asked else VERDICTS)
            self.decided.append((who, decide(actor=who, claim_id=claim, verdict=verdict).decision_id))

    def undo(self):
        if self.decided:
            who, decision = self.decided.pop()
            with contextlib.suppress(UndoTooLate):
                undo(actor=who, decision_id=decision)

    def give_back(self):
        who, claim = self.claim()
        if claim:
            self.random.choice([release, skip])(actor=who, claim_id=claim)

    def escalate(self):
        who, claim = self.claim()
        if claim:
            escalate(actor=who, claim_id=claim, note="Look, please.")

    def confirm(self):
        waiting = Enforcement.objects.filter(effective_at=None, reverses=None)
        waiting = waiting.exclude(decision__superseded_by__withdraws=True)
        if enforcement := waiting.order_by("?").first():
            at = now() - timedelta(minutes=self.random.randint(0, 3000))
            record_effect(enforcement_id=enforcement.pk, at=at, views=self.random.choice([None, 0, 5]))

    def do_something(self):
        self.random.choice(
            [self.report, self.report, self.report_again, self.decide, self.decide, self.undo, self.give_back,
             self.escalate, self.confirm, fold, drain]
        )()  # fmt: skip


@pytest.mark.laws
@pytest.mark.parametrize("seed", range(2))
def test_kept_as_things_happen_or_made_anew_the_numbers_are_the_same(transactional_db, seed):
    make.house()
    working = Working(seed)
    for _ in range(120):
        working.do_something()
    # Half of the time something is still owed when the rebuild begins.
    if seed % 2:
        drain()
    rebuild()
    drain()
    made_anew = everything()
    assert Case.objects.count() > 10
    with connection.cursor() as cursor:
        for model in ROLLUPS:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
    owe_everything_again()
    drain()
    assert everything() == made_anew
    open_cases = Case.objects.exclude(state="done")
    totals = snapshot()["totals"]
    assert totals["claimed"] == open_cases.filter(state="claimed").count()
    assert totals["waiting"] + totals["claimed"] == open_cases.count()


def owe_everything_again():
    """As if our handler had never run: every event it is told of is owed to it."""
    kinds = [kind for kind, told in subscriptions.by_kind.items() if "insight.rollups" in told]
    Handoff.objects.filter(subscriber="insight.rollups").delete()
    Handoff.objects.bulk_create(
        Handoff(event=event, subscriber="insight.rollups") for event in Event.objects.filter(kind__in=kinds)
    )


def test_what_is_owed_when_a_rebuild_begins_is_not_counted_twice(transactional_db):
    make.house()
    item = make.item()
    make.report(item, rule="AU-4")
    refresh_cases([item.pk])
    assert Handoff.objects.filter(subscriber="insight.rollups").exists() is True
    rebuild()
    drain()
    assert snapshot()["totals"]["waiting"] == 1
    assert OpenMinute.objects.filter(measure="opened").get().n == 1


def test_a_rebuild_inside_a_transaction_is_refused(db):
    with pytest.raises(RuntimeError, match="a transaction of its own"):
        rebuild()
