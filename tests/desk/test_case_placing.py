"""What a supervisor does with a case on its page."""

import re

import pytest

from apps.decisions.verdict import Verdict
from apps.ledger.models import Event
from apps.queues.models import CaseNote, Queue
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_break, start_shift
from tests import make

WORDS = "a sentence nobody should meet by accident"
HT = Verdict(outcome="violates", rules=["HT-1"], actions=["remove"], explanation="It attacks a group.")


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def web(house, signed_in):
    return signed_in("supervisor")


def main_of(answer):
    """What the main part of a page says, without its frame and its markup."""
    text = answer.content.decode()
    return re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main>")])


def page(client, case):
    answer = client.get(f"/cases/{case.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_those_who_plan_the_work_place_a_case(house, signed_in):
    case = make.case()
    client = signed_in("senior")
    assert "Place it" not in page(client, case)
    for way in ("move", "give", "take-back"):
        assert client.post(f"/cases/{case.pk}/{way}/").status_code == 403
    assert Event.objects.filter(case_id=case.pk).count() == 0


def test_a_supervisor_moves_a_case_on_its_page(web):
    case = make.case(queue="hate")
    answer = web.post(
        f"/cases/{case.pk}/move/", {"move-queue": "threats", "move-note": "Rather here."}, follow=True
    )
    assert "The case is in “Threats and dangerous groups” now." in answer.content.decode()
    assert "Moved from “Hate and discrimination” to “Threats and dangerous groups”" in answer.content.decode()
    case.refresh_from_db()
    assert case.queue.slug == "threats"


def test_a_move_that_cannot_be_keeps_what_was_typed(web):
    case = make.case(queue="hate")
    answer = web.post(f"/cases/{case.pk}/move/", {"move-queue": "nowhere", "move-note": "Rather here."})
    assert answer.status_code == 422
    assert "Rather here." in answer.content.decode()
    case.refresh_from_db()
    assert (case.queue.slug, CaseNote.objects.count(), Event.objects.filter(case_id=case.pk).count()) == (
        "hate",
        0,
        0,
    )


def test_a_supervisor_gives_a_case_and_takes_it_back(web, moderator):
    case = make.case(queue="hate")
    start_shift(actor=moderator)
    given = web.post(f"/cases/{case.pk}/give/", {"give-person": moderator.pk}, follow=True).content.decode()
    assert "The case is with M-moderator now." in given
    assert "Given to M-moderator" in given
    back = web.post(f"/cases/{case.pk}/take-back/", follow=True).content.decode()
    assert "The case waits in its queue again." in back
    case.refresh_from_db()
    assert case.state == "waiting"


def resting(person):
    start_shift(actor=person)
    start_break(actor=person)


def away(person):
    pass


@pytest.mark.parametrize("how", [resting, away])
def test_a_refused_gift_reads_the_same_whatever_the_reason(web, moderator, how):
    case = make.case(queue="hate", exposure=2)
    how(moderator)
    answer = web.post(f"/cases/{case.pk}/give/", {"give-person": moderator.pk})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "This case cannot go to that person right now. Nothing was changed." in text
    assert not re.search("break|shift|limit", main_of(answer).lower())
    assert Event.objects.filter(case_id=case.pk).count() == 0


def test_people_are_offered_by_what_they_can_do_not_by_how_they_are(web, moderator, moderator2, senior):
    case = make.case(queue="hate", language="km")
    resting(moderator2)
    text = page(web, case)
    assert "M-moderator2</option>" in text  # on a break, offered all the same
    assert "M-senior</option>" in text
    assert "M-moderator</option>" not in text  # does not read Khmer


def test_somebody_who_could_not_work_there_cannot_be_given_it(web, policy):
    case = make.case(queue="hate")
    answer = web.post(f"/cases/{case.pk}/give/", {"give-person": policy.pk})
    assert answer.status_code == 422
    assert "Choose a person to give it to." in answer.content.decode()


def test_nothing_to_take_back_is_said(web):
    case = make.case()
    answer = web.post(f"/cases/{case.pk}/take-back/")
    assert answer.status_code == 409
    assert "Nobody holds this case any more." in answer.content.decode()


def test_a_switched_off_queue_is_no_place_to_move_to(web):
    Queue.objects.filter(slug="threats").update(active=False)
    assert "threats" not in page(web, make.case(queue="hate"))


def test_a_supervisor_gives_a_case_on_from_one_person_to_another(web, moderator, moderator2):
    case = make.case(queue="hate")
    for person in (moderator, moderator2):
        start_shift(actor=person)
    claim_next(actor=moderator)
    seen = re.search(r'name="give-taken_from" value="(\d+)"', page(web, case)).group(1)
    assert int(seen) == moderator.pk
    offered = re.search(r'<select name="give-person".*?</select>', page(web, case), re.S).group()
    assert [f'value="{one.pk}"' in offered for one in (moderator, moderator2)] == [False, True]
    body = {"give-person": moderator2.pk, "give-taken_from": seen}
    assert (
        "The case is with M-moderator2 now."
        in web.post(f"/cases/{case.pk}/give/", body, follow=True).content.decode()
    )
    late = web.post(f"/cases/{case.pk}/give/", {**body, "give-person": moderator2.pk})
    assert late.status_code == 409
    assert "has just changed hands" in late.content.decode()
    assert f'value="{moderator2.pk}" selected' in late.content.decode()
