"""What changed is read before the first case of the next shift, by whoever was here before it changed."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from apps.briefing.models import Acknowledgement, UnclearMark
from apps.briefing.operations import acknowledge, mark_unclear
from apps.briefing.queries import briefing_owed, forget, read_by
from apps.guidelines.changes import changed_lately
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.queries import in_force
from apps.ledger.models import Event
from apps.queues.models import Claim
from apps.wellbeing.models import Shift
from apps.wellbeing.operations import end_shift, start_shift
from tests import make

REWORDED = {"VX_1": {"description": "States an intent to harm. A plan is enough."}}


@pytest.fixture
def moved(house, moderator, publish_anew):
    """The moderator was here before VX-1 was reworded, and begins a shift after it."""
    edition = publish_anew("2.0.0", **REWORDED)
    start_shift(actor=moderator)
    return edition


def owed(person):
    return briefing_owed(person, Shift.objects.get(user=person, ended_at=None).started_at)


def test_the_desk_tells_what_changed_before_it_hands_out_a_case(moved, moderator, signed_in):
    make.case()
    client = signed_in("moderator")
    for answer in (client.get("/desk/"), client.post("/desk/next", headers={"HX-Request": "true"})):
        page = answer.content.decode()
        assert "What changed in the guidelines" in page
        assert "A plan is enough." in page
        assert "HT-1" not in page
    assert not Claim.objects.exists()
    page = client.post("/desk/briefing/2.0.0/read", headers={"HX-Request": "true"}).content.decode()
    assert "Your desk is clear" in page
    client.post("/desk/next", headers={"HX-Request": "true"})
    assert Claim.objects.filter(holder=moderator, ended_at=None).count() == 1
    assert Acknowledgement.objects.get().user == moderator


def test_acknowledging_twice_is_acknowledging_once(moved, moderator):
    acknowledge(actor=moderator, number="2.0.0")
    acknowledge(actor=moderator, number="2.0.0")
    version = GuidelineVersion.objects.get(number="2.0.0")
    assert read_by(version) == 1
    assert [event.private for event in Event.objects.filter(kind="guidelines.acknowledged")] == [True]
    with pytest.raises(IntegrityError, match="acknowledged_once"), transaction.atomic():
        Acknowledgement.objects.create(user=moderator, version=version)
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        Acknowledgement.objects.all().delete()


def test_nobody_is_interrupted_in_a_shift(house, moderator, publish_anew):
    start_shift(actor=moderator)
    publish_anew("2.0.0", **REWORDED)
    assert owed(moderator) is None
    end_shift(actor=moderator)
    start_shift(actor=moderator)
    assert [change.code for change in owed(moderator).changes] == ["VX-1"]


def test_who_came_after_it_has_nothing_to_compare(house, publish_anew, request):
    publish_anew("2.0.0", **REWORDED)
    newcomer = request.getfixturevalue("moderator")
    start_shift(actor=newcomer)
    assert owed(newcomer) is None


def test_the_first_version_is_no_change(house, moderator, django_assert_num_queries):
    start_shift(actor=moderator)
    shift = Shift.objects.get()
    in_force()
    with django_assert_num_queries(0):
        assert briefing_owed(moderator, shift.started_at) is None


def test_several_versions_are_told_at_once_from_the_last_one_she_read(moved, moderator, publish_anew):
    acknowledge(actor=moderator, number="2.0.0")
    publish_anew("3.0.0", HT_1={"title": "Dehumanising attacks"})
    publish_anew("4.0.0", HT_2={"title": "Slurs and names"})
    end_shift(actor=moderator)
    start_shift(actor=moderator)
    assert [change.code for change in owed(moderator).changes] == ["HT-1", "HT-2"]


def test_a_version_that_changed_no_rule_owes_nothing(moved, moderator, publish_anew):
    acknowledge(actor=moderator, number="2.0.0")
    publish_anew("3.0.0")
    end_shift(actor=moderator)
    start_shift(actor=moderator)
    assert owed(moderator) is None


def test_once_she_has_read_it_the_desk_asks_nobody_again(moved, moderator, django_assert_num_queries):
    acknowledge(actor=moderator, number="2.0.0")
    shift = Shift.objects.get()
    forget()
    briefing_owed(moderator, shift.started_at)
    with django_assert_num_queries(0):
        assert briefing_owed(moderator, shift.started_at) is None


def test_what_changed_is_marked_for_fourteen_days(moved):
    from datetime import timedelta

    at = moved.published_at
    assert list(changed_lately(at + timedelta(days=13))) == ["VX-1"]
    assert changed_lately(at + timedelta(days=14, minutes=1)) == {}


def test_the_rule_chooser_shows_the_version_in_force_and_marks_what_is_new(moved, moderator, signed_in):
    acknowledge(actor=moderator, number="2.0.0")
    make.case(rule_codes=["VX-1"])
    client = signed_in("moderator")
    page = client.post("/desk/next", headers={"HX-Request": "true"}).content.decode()
    assert "of guidelines 2.0.0" in page
    assert page.count('<span class="badge info">Changed ') == 1
    found = client.get("/desk/rules?q=VX-1").content.decode()
    assert '<span class="badge info">Changed ' in found


def test_one_key_says_that_a_rule_is_unclear_once_a_person_and_nobody_learns_who(
    moved, moderator, senior, signed_in
):
    client = signed_in("moderator")
    for _ in range(2):
        answer = client.post("/desk/rules/VX-1/unclear", headers={"HX-Request": "true"})
        assert (answer.status_code, "never who" in answer.content.decode()) == (200, True)
    mark_unclear(actor=senior, code="VX-1")
    assert UnclearMark.objects.count() == 2
    assert set(Event.objects.filter(kind="guidelines.marked_unclear").values_list("actor_id", flat=True)) == {
        None
    }
    assert client.post("/desk/rules/NO-1/unclear", headers={"HX-Request": "true"}).status_code == 404
    assert UnclearMark.objects.count() == 2


# A case claimed before a publication


@pytest.fixture
def held(house, moderator, signed_in, publish_anew):
    """She holds a case and has its page before her; then VX-1 is reworded."""
    start_shift(actor=moderator)
    make.case(rule_codes=["VX-1"])
    client = signed_in("moderator")
    client.post("/desk/next", headers={"HX-Request": "true"})
    seen = in_force()
    claim = Claim.objects.get(holder=moderator)

    def decide(edition, code="VX-1", **more):
        form = {
            "outcome": "violates",
            "rules": [str(edition.rules[code].id)],
            "actions": ["remove"],
            "spans": "[]",
        }
        form |= {"guidelines": str(edition.id), "explanation": "A plan.", **more}
        return client.post(f"/desk/claims/{claim.pk}/decide", form, headers={"HX-Request": "true"})

    return seen, decide


def test_it_is_decided_under_the_version_in_force_at_the_decision_once_she_has_seen_what_changed(
    held, publish_anew
):
    from apps.decisions.models import Decision

    seen, decide = held
    current = publish_anew("2.0.0", **REWORDED)
    page = decide(seen).content.decode()
    assert "guidelines 2.0.0 came into force while you had this case" in page
    assert "A plan is enough." in page
    assert f'value="{current.rules["VX-1"].id}" data-code="Digit1" data-label="VX-1"' in page
    assert f'name="guidelines" value="{current.id}"' in page
    assert ">A plan.</textarea>" in page
    assert not Decision.objects.exists()
    assert Claim.objects.get().ended_at is None
    decide(current)
    decision = Decision.objects.get()
    assert decision.guideline_version_id == current.id
    assert list(decision.cited.values_list("rule_version_id", flat=True)) == [current.rules["VX-1"].id]


def test_a_rule_with_the_same_words_says_so(held, publish_anew):
    seen, decide = held
    publish_anew("2.0.0", **REWORDED)
    page = decide(seen, code="VX-4").content.decode()
    assert "VX-4: the same words as before." in page
    assert "1 other rule changed." in page


def test_nothing_moved_nothing_asked(held):
    from apps.decisions.models import Decision

    seen, decide = held
    decide(seen)
    assert Decision.objects.get().rule_codes == ["VX-1"]


@pytest.mark.parametrize("said", ["", "0", "nonsense", "9" * 40])
def test_a_page_that_does_not_say_what_it_showed_is_decided_as_before(held, said):
    from apps.decisions.models import Decision

    seen, decide = held
    decide(seen, guidelines=said)
    assert Decision.objects.count() == 1


# In her language


def test_rules_come_in_her_first_language_with_the_source_beside(house, moderator2, signed_in):
    from pathlib import Path

    from apps.guidelines import queries, reading
    from apps.guidelines.operations.translating import load_translations

    file = Path(queries.__file__).parent / "starter/km.yaml"
    load_translations(file.read_bytes(), edition=in_force(), actor=None)
    reading.forget()
    start_shift(actor=moderator2)
    make.case(rule_codes=["VX-1"], language="km")
    page = signed_in("moderator2").post("/desk/next", headers={"HX-Request": "true"}).content.decode()
    assert "ការគំរាមកំហែងគួរឱ្យជឿ" in page
    assert '<span class="in-source" lang="en">Credible threats and incitement to violence</span>' in page
    assert "In English <kbd" in page
    assert "to be read by a native speaker" in page
    found = signed_in("moderator2").get("/desk/rules?q=ជួញដូរមនុស្ស").content.decode()
    assert "VX-5" in found
