"""Supervisors and moderators at the same moment, on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.errors import DomainError
from apps.ledger.models import Event
from apps.queues.models import Case, Claim, Queue, RoutingRule
from apps.queues.operations import claim_next, give, move, release, take_away
from apps.queues.operations.editing import QueueDraft, edit_queue, reorder_rules, stamp_of
from apps.queues.queries import routing_rules
from apps.wellbeing.models import Shift
from apps.wellbeing.operations import start_shift
from tests import make

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def people(count, role="moderator"):
    return [
        User.objects.create(username=f"{role}{n}", pseudonym=f"{role[0]}{n}", roles=[role], languages=["en"])
        for n in range(count)
    ]


def at_once(*actions):
    """Run them all in threads; True for those that went through, False for those refused in words."""

    def attempt(action):
        try:
            action()
            return True
        except DomainError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(attempt, actions))


def test_of_many_new_orders_made_from_one_page_exactly_one_is_saved():
    make.house()
    supervisors = people(8, "supervisor")
    rules = routing_rules()
    stamp, ids = stamp_of(rules), [rule.pk for rule in rules]
    orders = [ids[n:] + ids[:n] for n in range(1, 9)]
    saved = at_once(
        *(
            lambda who=who, order=order: reorder_rules(actor=who, stamp=stamp, order=order)
            for who, order in zip(supervisors, orders, strict=True)
        )
    )
    assert saved.count(True) == 1
    assert [rule.pk for rule in routing_rules()] == orders[saved.index(True)]
    assert sorted(RoutingRule.objects.values_list("position", flat=True)) == list(range(1, 13))
    assert Event.objects.filter(kind="routing.reordered").count() == 1


def test_one_case_given_to_many_people_at_once_goes_to_one():
    make.house()
    (supervisor,) = people(1, "supervisor")
    moderators = people(8)
    for moderator in moderators:
        start_shift(actor=moderator)
    case = make.case(exposure=2)
    given = at_once(
        *(lambda who=who: give(actor=supervisor, case_id=case.pk, holder=who) for who in moderators)
    )
    assert given.count(True) == 1
    assert Claim.objects.filter(case=case, ended_at=None).count() == 1
    assert list(Shift.objects.exclude(reserved=0).values_list("reserved", flat=True)) == [case.units]


def test_many_cases_given_to_one_person_at_once_leave_her_with_one():
    make.house()
    supervisors = people(8, "supervisor")
    (moderator,) = people(1)
    start_shift(actor=moderator)
    cases = [make.case() for _ in supervisors]
    given = at_once(
        *(
            lambda who=who, case=case: give(actor=who, case_id=case.pk, holder=moderator)
            for who, case in zip(supervisors, cases, strict=True)
        )
    )
    assert given.count(True) == 1
    assert Claim.objects.filter(holder=moderator, ended_at=None).count() == 1
    assert Case.objects.filter(state="waiting").count() == 7


def test_placing_and_claiming_cross_without_deadlock_and_every_case_stays_in_one_place():
    make.house()
    (supervisor,) = people(1, "supervisor")
    moderators = people(4)
    queues = list(Queue.objects.filter(slug__in=["hate", "fraud", "threats"]))
    cases = [make.case(queue="hate") for _ in range(12)]
    for moderator in moderators:
        start_shift(actor=moderator)

    def work(moderator):
        for _ in range(6):
            if claimed := claim_next(actor=moderator):
                with suppress(DomainError):  # taken back meanwhile
                    release(actor=moderator, claim_id=claimed.claim_id)

    def place(offset):
        for n, case in enumerate(cases):
            for action in (
                lambda case=case: take_away(actor=supervisor, case_id=case.pk),
                lambda case=case, n=n: move(
                    actor=supervisor, case_id=case.pk, queue=queues[(n + offset) % len(queues)]
                ),
            ):
                with suppress(DomainError):  # somebody holds it, or nobody does
                    action()

    done = at_once(
        *(lambda who=who: work(who) for who in moderators), *(lambda n=n: place(n) for n in range(3))
    )
    assert done == [True] * 7
    assert Claim.objects.filter(ended_at=None).count() == 0
    assert Case.objects.filter(state="waiting").count() == 12
    for case in Case.objects.select_related("lane"):
        assert case.lane.queue_id == case.queue_id
        moves = Event.objects.filter(case_id=case.pk, kind="case.moved").order_by("id")
        assert (moves.last().data["to"] if moves else case.queue_id) == case.queue_id
    assert set(Shift.objects.values_list("reserved", flat=True)) == {0}


def test_two_cases_exchanged_crosswise_never_lock_each_other():
    make.house()
    supervisors = people(2, "supervisor")
    one, other = people(2)
    first, second = make.case(priority=9), make.case()
    for moderator in (one, other):
        start_shift(actor=moderator)
        claim_next(actor=moderator)
    for _ in range(5):
        at_once(
            lambda: give(actor=supervisors[0], case_id=first.pk, holder=other, taken_from=one.pk),
            lambda: give(actor=supervisors[1], case_id=second.pk, holder=one, taken_from=other.pk),
        )
    # Each holds a case already, so neither can be given the other's: both still have their own.
    held = dict(Claim.objects.filter(ended_at=None).values_list("case_id", "holder_id"))
    assert held == {first.pk: one.pk, second.pk: other.pk}


def test_a_case_on_its_way_in_keeps_its_queue_from_being_switched_off():
    make.house()
    (supervisor,) = people(1, "supervisor")
    fraud, hate = Queue.objects.get(slug="fraud"), Queue.objects.get(slug="hate")
    draft = QueueDraft(name=fraud.name, roles=fraud.roles, escalates_to=fraud.escalates_to_id, active=False)
    for _ in range(10):
        case = make.case(queue="hate")
        at_once(
            lambda case=case: move(actor=supervisor, case_id=case.pk, queue=fraud),
            lambda: edit_queue(actor=supervisor, queue=fraud, version=fraud.version, draft=draft),
        )
        fraud.refresh_from_db()
        case.refresh_from_db()
        assert fraud.active or case.queue_id == hate.pk
        Case.objects.update(state="done", closed_at="2026-01-01T00:00Z")
        Queue.objects.filter(pk=fraud.pk).update(active=True)
        fraud.refresh_from_db()
