"""Two people publish; what is published never changes; a correction is a new edition."""

import threading

import pytest
from django.db import IntegrityError, InternalError, connections, transaction

from apps.disclosure.errors import (
    DraftedAlready,
    DraftMoved,
    PeriodNotOver,
    PublishedAlready,
    SomebodyElsePublishes,
)
from apps.disclosure.models import Edition, Period
from apps.disclosure.operations import count_anew, draft, publish, put_aside
from apps.disclosure.periods import days_of, parse
from apps.errors import Invalid
from apps.ledger.models import Event
from tests import make
from tests.conftest import person
from tests.disclosure.conftest import drafted, published, table


def test_a_draft_is_published_by_somebody_else_and_then_stays_for_ever(removed):
    removed(7)
    made = drafted(words="We added people who read Khmer.", recipients=1200)
    with pytest.raises(SomebodyElsePublishes):
        publish(actor=person("policy2"), edition_id=made.pk, seen=made.sha256)
    made.refresh_from_db()
    assert (made.state, made.published_by) == ("draft", None)
    done = publish(actor=person("legal"), edition_id=made.pk, seen=made.sha256)
    assert (done.state, done.published_by) == ("published", person("legal"))
    kinds = (
        Event.objects.filter(kind__startswith="disclosure.").order_by("id").values_list("kind", "actor_id")
    )
    assert list(kinds) == [
        ("disclosure.drafted", person("policy2").pk),
        ("disclosure.published", person("legal").pk),
    ]
    for again in (count_anew, put_aside):
        with pytest.raises(PublishedAlready):
            again(actor=person("legal"), edition_id=made.pk)
    with pytest.raises(PublishedAlready):
        publish(actor=person("admin"), edition_id=made.pk, seen=made.sha256)


@pytest.mark.parametrize(
    "change",
    [
        lambda edition: Edition.objects.filter(pk=edition.pk).update(figures={}),
        lambda edition: Edition.objects.filter(pk=edition.pk).update(
            state="draft", published_by=None, published_at=None
        ),
        lambda edition: Edition.objects.filter(pk=edition.pk).delete(),
    ],
)
def test_the_database_refuses_to_change_what_is_published(house, change):
    edition = published()
    with (
        pytest.raises((IntegrityError, InternalError), match="edition_published_never_changes"),
        transaction.atomic(),
    ):
        change(edition)
    assert Edition.objects.get().sha256 == edition.sha256


def test_the_database_refuses_to_move_a_period_and_an_edition_that_was_never_a_draft(house):
    edition = published()
    for change in (
        lambda: Period.objects.update(ends="2025-09-01"),
        lambda: Period.objects.update(kind="half"),
        lambda: Period.objects.create(kind="quarter", begins="2025-01-01", ends="2025-04-01").delete(),
    ):
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError, match="edition_begins_as_a_draft"), transaction.atomic():
        Edition.objects.create(
            period=edition.period, number=2, reason="Because.", state="published", figures={}, sha256="",
            drafted_by=person("policy"), drafted_at=edition.drafted_at, published_by=person("legal"),
            published_at=edition.published_at,
        )  # fmt: skip
    assert (Edition.objects.get(), Period.objects.get().slug) == (edition, "2025-q3")


@pytest.mark.parametrize(
    ("kind", "begins", "ends"),
    [
        ("quarter", "2025-02-01", "2025-05-01"),
        ("quarter", "2025-01-02", "2025-04-02"),
        ("quarter", "2025-01-01", "2025-07-01"),
        ("half", "2025-04-01", "2025-10-01"),
        ("half", "2025-01-01", "2025-06-30"),
        ("year", "2025-07-01", "2026-07-01"),
        ("year", "2025-01-01", "2025-12-31"),
    ],
)
def test_the_database_refuses_a_period_that_is_no_whole_one_so_that_two_of_a_kind_never_overlap(
    house, kind, begins, ends
):
    with pytest.raises(IntegrityError, match="period_is_a_whole_one"), transaction.atomic():
        Period.objects.create(kind=kind, begins=begins, ends=ends)
    assert not Period.objects.exists()


def test_the_database_refuses_that_one_person_does_both(house):
    made = drafted()
    with pytest.raises(IntegrityError, match="edition_takes_two_people"), transaction.atomic():
        Edition.objects.filter(pk=made.pk).update(
            state="published", published_by=made.drafted_by, published_at=made.drafted_at
        )


def test_what_was_counted_anew_is_read_over_again_by_somebody_else(removed):
    removed(7)
    made = drafted(by="policy2")
    seen = made.sha256
    removed(5)
    moved = count_anew(actor=person("policy"), edition_id=made.pk)
    assert moved.sha256 != seen
    with pytest.raises(DraftMoved):
        publish(actor=person("legal"), edition_id=made.pk, seen=seen)
    with pytest.raises(SomebodyElsePublishes):
        publish(actor=person("policy"), edition_id=made.pk, seen=moved.sha256)
    done = publish(actor=person("policy2"), edition_id=made.pk, seen=moved.sha256)
    assert table(done, "removals_by_rule")[""]["removals"] == 12


def test_a_correction_is_the_next_edition_and_says_what_was_wrong(removed):
    removed(7)
    first = published()
    removed(5)
    with pytest.raises(Invalid, match="cannot be used") as refused:
        drafted()
    assert refused.value.errors == [
        {"field": "reason", "reason": "A correction of what is published says what was wrong."}
    ]
    second = published(reason="Five were confirmed late.")
    assert (second.number, table(second, "removals_by_rule")[""]["removals"]) == (2, 12)
    first.refresh_from_db()
    assert table(first, "removals_by_rule")[""]["removals"] == 7


def test_a_period_is_drafted_once_it_is_over_and_one_draft_at_a_time(house):
    kind, begins, ends = parse("2099-q1")
    with pytest.raises(PeriodNotOver):
        draft(actor=person("policy"), kind=kind, begins=begins, ends=ends)
    assert Period.objects.exists() is False
    drafted()
    with pytest.raises(DraftedAlready):
        drafted(by="legal")
    assert Edition.objects.count() == 1
    drafted("2025-q2")
    assert Edition.objects.count() == 2


def test_what_is_put_aside_leaves_its_number_free(house):
    made = drafted()
    put_aside(actor=person("legal"), edition_id=made.pk)
    assert Edition.objects.exists() is False
    assert drafted().number == 1


@pytest.mark.races
def test_of_several_who_draft_or_publish_at_once_one_does(transactional_db):
    make.house()
    people = [person(name) for name in ("policy", "policy2", "legal", "admin")]
    came = []

    def at_once(do):
        def run(one):
            try:
                came.append(do(one).pk)
            except (DraftedAlready, PublishedAlready, SomebodyElsePublishes) as refusal:
                came.append(type(refusal).__name__)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(one,)) for one in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        found, came[:] = sorted(map(str, came)), []
        return found

    kind, begins, ends = parse("2025-q3")
    drafts = at_once(lambda one: draft(actor=one, kind=kind, begins=begins, ends=ends))
    made = Edition.objects.get()
    assert drafts == sorted([str(made.pk)] + ["DraftedAlready"] * 3)
    done = at_once(lambda one: publish(actor=one, edition_id=made.pk, seen=made.sha256))
    assert done.count(str(made.pk)) == 1
    assert Event.objects.filter(kind="disclosure.published").count() == 1


def test_names_of_periods_are_their_days():
    assert [one.isoformat() for one in days_of("quarter", 2026, 4)] == ["2026-10-01", "2027-01-01"]
    assert [one.isoformat() for one in days_of("half", 2026, 1)] == ["2026-01-01", "2026-07-01"]
    for slug in ("2025-q1", "2025-q4", "2025-h1", "2025-h2", "2025"):
        kind, begins, ends = parse(slug)
        assert Period(kind=kind, begins=begins, ends=ends).slug == slug
    for wrong in ("", "2025-q5", "2025-q0", "2025-x1", "25", "2025-h3", "2025-q11", "٢٠٢٥", "1999-q1"):
        with pytest.raises(ValueError):
            parse(wrong)
