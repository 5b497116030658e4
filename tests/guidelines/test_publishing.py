"""One version is in force; published versions never change; the one in force is known without asking."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from apps.guidelines import queries
from apps.guidelines.errors import NotADraft, NothingInForce, PublishedMeanwhile, ReasonNeeded
from apps.guidelines.models import GuidelineVersion, Policy, RuleVersion
from apps.guidelines.operations import load, publish
from apps.ledger.models import Event
from tests.guidelines.test_loading import SMALL, STARTER
from tests.patience import PATIENCE


def draft(number: str = "0.1") -> GuidelineVersion:
    return load(SMALL.replace('"0.1"', f'"{number}"'), actor=None)


@pytest.mark.django_db
def test_publishing_retires_the_version_before(policy):
    first, second = draft("1"), draft("2")
    publish(first, actor=policy, reason="The first.")
    publish(second, actor=policy, reason="Better.")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("retired", "published")
    assert first.retired_at == second.published_at
    assert (second.published_by, second.reason) == (policy, "Better.")
    assert queries.in_force().id == second.pk
    events = Event.objects.filter(kind="guidelines.published").order_by("id")
    assert [event.data for event in events] == [
        {"version": first.pk, "number": "1", "before": None},
        {"version": second.pk, "number": "2", "before": first.pk},
    ]


@pytest.mark.django_db
def test_a_published_version_is_not_published_again(policy):
    version = publish(draft(), actor=policy, reason="First.")
    with pytest.raises(NotADraft):
        publish(version, actor=policy, reason="Again.")
    assert Event.objects.filter(kind="guidelines.published").count() == 1


@pytest.mark.django_db
def test_publishing_needs_a_reason(policy):
    version = draft()
    with pytest.raises(ReasonNeeded):
        publish(version, actor=policy, reason="  ")
    version.refresh_from_db()
    assert version.state == "draft"
    assert not Event.objects.filter(kind="guidelines.published").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["rule", "policy", "version", "new rule", "rule gone", "back to draft"])
def test_the_database_refuses_to_change_what_was_published(policy, what):
    publish(draft(), actor=policy, reason="First.")
    rule = RuleVersion.objects.get()
    rule.pk = None if what == "new rule" else rule.pk
    rule.code = "AB-2"
    change = {
        "rule": lambda: RuleVersion.objects.update(description="Something else."),
        "policy": lambda: Policy.objects.update(title="Something else"),
        "version": lambda: GuidelineVersion.objects.update(principles=[]),
        "new rule": rule.save,
        "rule gone": rule.delete,
        "back to draft": lambda: GuidelineVersion.objects.update(state="draft", published_at=None),
    }[what]
    with pytest.raises(IntegrityError, match="never_changed"), transaction.atomic():
        change()


@pytest.mark.django_db
def test_nothing_in_force_is_said_in_words():
    with pytest.raises(NothingInForce) as refusal:
        queries.in_force()
    assert refusal.value.status == 409


@pytest.mark.django_db
def test_the_edition_in_force_costs_no_query_once_known(policy, django_assert_num_queries):
    publish(load(STARTER, actor=None), actor=policy, reason="First.")
    queries.in_force()
    with django_assert_num_queries(0):
        for _ in range(50):
            edition = queries.in_force()
            edition.rules["VX-2"], queries.rules_likely(["SH-3"]), queries.search("threat")
    assert edition.rules_by_id[edition.rules["VX-2"].id].needs_second_person
    assert edition.rules["YS-1"].specialist_only
    assert edition.actions["remove"].dsa == {"decision_visibility": "DECISION_VISIBILITY_CONTENT_REMOVED"}


@pytest.mark.django_db
def test_the_edition_in_force_is_looked_up_with_one_small_query_after_a_while(
    policy, django_assert_num_queries, monkeypatch
):
    publish(draft("1"), actor=policy, reason="First.")
    queries.in_force()
    later = queries.time.monotonic() + queries.IN_FORCE_KNOWN_FOR + 0.1
    monkeypatch.setattr(queries.time, "monotonic", lambda: later)
    with django_assert_num_queries(1):
        queries.in_force()


@pytest.mark.django_db
def test_an_edition_cannot_be_changed_in_memory(policy):
    publish(draft(), actor=policy, reason="First.")
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
    versions = [draft("1"), draft("2")]
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def go(version: GuidelineVersion) -> None:
        together.wait(PATIENCE)
        try:
            publish(version, actor=policy, reason="Mine.")
            outcomes.append("published")
        except PublishedMeanwhile:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    # Quick enough, one follows the other and both are published in turn; never are two in force.
    assert outcomes.count("published") >= 1
    assert len(outcomes) == 2
    assert GuidelineVersion.objects.filter(state="published").count() == 1
    assert Event.objects.filter(kind="guidelines.published").count() == outcomes.count("published")
