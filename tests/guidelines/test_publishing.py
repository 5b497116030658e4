"""One version is in force; published versions never change; the one in force is known without asking."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.guidelines import queries, reading
from apps.guidelines.errors import BaseOutdated, NotADraft, NothingInForce, PublishedMeanwhile, ReasonNeeded
from apps.guidelines.models import GuidelineVersion, Policy, RuleVersion
from apps.guidelines.operations import load, publish
from apps.guidelines.operations.publishing import LEAD
from apps.ledger.models import Event
from tests import make
from tests.conftest import person
from tests.guidelines.test_loading import SMALL, STARTER
from tests.patience import PATIENCE


def draft(number: str = "0.1") -> GuidelineVersion:
    return load(SMALL.replace('"0.1"', f'"{number}"'), actor=None)


def published(number: str = "0.1", reason: str = "First.") -> GuidelineVersion:
    return publish(make.approved(draft(number)), actor=person("policy"), reason=reason)


@pytest.mark.django_db
def test_publishing_retires_the_version_before_at_the_very_moment_the_new_one_takes_effect(policy):
    with time_machine.travel(now(), tick=False) as clock:
        first, second = published("1", "The first."), published("2", "Better.")
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, second.state) == ("retired", "published")
        assert first.retired_at == second.published_at == now() + LEAD
        assert (second.published_by, second.reason, second.publication) == (policy, "Better.", "reviewed")
        assert queries.in_force().id == first.pk
        clock.shift(LEAD - timedelta(microseconds=1))
        assert queries.in_force().id == first.pk
        clock.shift(timedelta(microseconds=1))
        assert queries.in_force().id == second.pk
    events = Event.objects.filter(kind="guidelines.published").order_by("id")
    assert [(event.data["number"], event.data["before"], event.data["how"]) for event in events] == [
        ("1", None, "reviewed"),
        ("2", first.pk, "reviewed"),
    ]


@pytest.mark.django_db
@pytest.mark.impatient
def test_what_was_looked_up_before_a_publication_still_tells_the_version_of_every_moment(policy):
    """Another process asked a moment before: what it remembers is right until it asks again."""
    assert timedelta(seconds=queries.IN_FORCE_KNOWN_FOR) < LEAD
    with time_machine.travel(now(), tick=False) as clock:
        first = published("1")
        queries.in_force()
        remembered = queries._in_force
        published("2")
        clock.shift(timedelta(seconds=queries.IN_FORCE_KNOWN_FOR))
        queries._in_force = remembered
        assert queries.in_force().id == first.pk == GuidelineVersion.objects.get(retired_at__gt=now()).pk


@pytest.mark.django_db
def test_a_published_version_is_not_published_again(policy):
    version = published()
    with pytest.raises(NotADraft):
        publish(version, actor=policy, reason="Again.")
    assert Event.objects.filter(kind="guidelines.published").count() == 1


@pytest.mark.django_db
def test_publishing_needs_a_reason(policy):
    version = make.approved(draft())
    with pytest.raises(ReasonNeeded):
        publish(version, actor=policy, reason="  ")
    version.refresh_from_db()
    assert version.state == "in_review"
    assert not Event.objects.filter(kind="guidelines.published").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "what", ["rule", "policy", "version", "new rule", "rule gone", "back to draft", "rule moved in"]
)
def test_the_database_refuses_to_change_what_was_published(policy, what):
    version = publish(draft(), actor=None, reason="First.")
    rule = RuleVersion.objects.get()
    rule.pk = None if what == "new rule" else rule.pk
    rule.code = "AB-2"
    other = draft("other").rules.get()
    change = {
        "rule": lambda: RuleVersion.objects.update(description="Something else."),
        "policy": lambda: Policy.objects.update(title="Something else"),
        "version": lambda: GuidelineVersion.objects.update(principles=[]),
        "new rule": rule.save,
        "rule gone": rule.delete,
        "back to draft": lambda: GuidelineVersion.objects.update(state="draft", published_at=None),
        "rule moved in": lambda: RuleVersion.objects.filter(pk=other.pk).update(version=version),
    }[what]
    with pytest.raises(IntegrityError, match="never_changed"), transaction.atomic():
        change()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"publication": "reviewed"}, "publication_is_approved"),
        ({"publication": "early"}, "publication_is_approved"),
        ({"publication": "emergency"}, "emergency_publication_takes_two_people"),
        ({"publication": "emergency", "alone": True}, "emergency_publication_takes_two_people"),
        ({"publication": "installed"}, "only_the_command_line_installs"),
        ({"publication": "installed", "published_by": None, "reason": ""}, "publication_gives_a_reason"),
        ({"publication": ""}, "publication_is_approved"),
    ],
)
def test_the_database_refuses_what_nobody_approved(policy, values, refusal):
    version = draft()
    by = {"published_by": policy} | ({"seconded_by": policy} if values.pop("alone", False) else {})
    GuidelineVersion.objects.filter(pk=version.pk).update(state="in_review")
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        GuidelineVersion.objects.filter(pk=version.pk).update(
            state="published", published_at=now(), **({"reason": "Because."} | by | values)
        )


@pytest.mark.django_db
def test_no_version_is_born_published():
    with pytest.raises(IntegrityError, match="guideline_version_is_born_a_draft"), transaction.atomic():
        GuidelineVersion.objects.create(
            code="X",
            title="X",
            number="9",
            state="published",
            published_at=now(),
            publication="installed",
            reason="x",
        )


@pytest.mark.django_db
def test_the_database_knows_no_moment_without_a_version_and_none_with_two(policy):
    version, second = published("1"), make.approved(draft("2"))
    rows = GuidelineVersion.objects
    given = {"state": "published", "publication": "reviewed", "published_by": policy, "reason": "x"}

    def publish_second(at):
        rows.filter(pk=second.pk).update(published_at=at, **given)

    with pytest.raises(IntegrityError, match="never_without_a_version_in_force"), transaction.atomic():
        retire_alone(version)
    with transaction.atomic():
        rows.filter(pk=version.pk).update(state="retired", retired_at=now() + LEAD)
        with pytest.raises(IntegrityError, match="never_without_a_version_in_force"), transaction.atomic():
            publish_second(now() + 2 * LEAD)
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError, match="never_without_a_version_in_force"), transaction.atomic():
        publish_second(now() + LEAD)
    version.refresh_from_db()
    assert version.state == "published"


def retire_alone(version: GuidelineVersion) -> None:
    GuidelineVersion.objects.filter(pk=version.pk).update(state="retired", retired_at=now())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_nothing_in_force_is_said_in_words():
    with pytest.raises(NothingInForce) as refusal:
        queries.in_force()
    assert refusal.value.status == 409


@pytest.mark.django_db
def test_the_edition_in_force_costs_no_query_once_known(policy, django_assert_num_queries):
    publish(load(STARTER, actor=None), actor=None, reason="First.")
    queries.in_force()
    reading.search("threat")
    with django_assert_num_queries(0):
        for _ in range(50):
            edition = queries.in_force()
            edition.rules["VX-2"], queries.rules_likely(["SH-3"]), reading.search("threat")
    assert edition.rules_by_id[edition.rules["VX-2"].id].needs_second_person
    assert edition.rules["YS-1"].specialist_only
    assert edition.actions["remove"].dsa == {"decision_visibility": "DECISION_VISIBILITY_CONTENT_REMOVED"}


@pytest.mark.django_db
def test_the_edition_in_force_is_looked_up_with_one_small_query_after_a_while(
    policy, django_assert_num_queries, monkeypatch
):
    published("1")
    queries.in_force()
    later = queries.time.monotonic() + queries.IN_FORCE_KNOWN_FOR + 0.1
    monkeypatch.setattr(queries.time, "monotonic", lambda: later)
    with django_assert_num_queries(1):
        queries.in_force()


@pytest.mark.django_db
def test_an_edition_cannot_be_changed_in_memory(policy):
    published()
    edition = queries.in_force()
    with pytest.raises(AttributeError):
        edition.number = "2"
    with pytest.raises(TypeError):
        edition.rules["AB-1"].handling["dual_review"] = False


@pytest.mark.django_db
def test_a_draft_is_read_anew_each_time():
    version = draft()
    queries.edition(version.pk)
    RuleVersion.objects.update(title="Reworded")
    assert queries.edition(version.pk).rules["AB-1"].title == "Reworded"


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
def test_of_two_who_publish_at_once_one_is_told_to_look_first(policy):
    publish(draft("0"), actor=None, reason="What both start from.")
    versions = [make.approved(draft("1")), make.approved(draft("2"))]
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def go(version: GuidelineVersion) -> None:
        together.wait(PATIENCE)
        try:
            publish(version, actor=policy, reason="Mine.")
            outcomes.append("published")
        except (PublishedMeanwhile, BaseOutdated):
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(outcomes) == ["published", "told"]
    assert GuidelineVersion.objects.filter(state="published").count() == 1
    assert Event.objects.filter(kind="guidelines.published").count() == 2
