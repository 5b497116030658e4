"""What clocks say by themselves about measures of local law: each reminder once, and their end to their authors once."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.authority.documents import keep
from apps.authority.models import ContestLetter, ContestReminder, Ending, Telling
from apps.authority.operations import (
    contest,
    decide_contest,
    lift,
    lift_due,
    remind,
    tell_authors_due,
    tell_endings_due,
)
from apps.authority.operations.recording import keep_quiet
from apps.decisions.models import Notice
from apps.delivery.models import Delivery, Endpoint
from apps.ledger.models import Event
from tests import make
from tests.authority.conftest import SECRET, legal2, withheld
from tests.authority.test_privacy import PDF
from tests.later import later

pytestmark = pytest.mark.django_db
WHY = "A song about a public office does not come under the article that was named."
DAYS = settings.APPEAL_ANSWER_DAYS


def contested(language="en"):
    assert tell_authors_due() == 1
    return contest(telling_id=Telling.objects.latest("id").pk, statement="It is a song.", language=language)


def refused(name: str, sql: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def said(kind: str) -> list[dict]:
    return list(Event.objects.filter(kind=kind, private=True).values_list("data", flat=True))


def test_legal_reviewers_are_reminded_once_that_a_contest_is_soon_due_and_once_that_it_is_overdue(
    asked, floor, legal, admin, client
):
    row = withheld(asked(), floor, legal, admin)
    made = contested()
    about = {"contest": made.pk, "request": row.request_id, "position": 1}
    assert remind() == 0

    def page() -> str:
        client.force_login(legal2())
        return client.get("/authority-requests/").content.decode()

    assert "Due soon" not in page()
    with time_machine.travel(made.due_at - timedelta(days=DAYS) / 4 + timedelta(minutes=1)):
        assert [remind(), remind()] == [1, 0]
        assert "Due soon" in page()
    assert (said("authority.contest_due_soon"), said("authority.contest_overdue")) == ([about], [])
    with time_machine.travel(made.due_at + timedelta(minutes=1)):
        assert [remind(), remind()] == [1, 0]
        overdue = page()
    assert "Overdue" in overdue
    assert "Due soon" not in overdue
    assert (said("authority.contest_due_soon"), said("authority.contest_overdue")) == ([about], [about])
    refused(
        "contest_reminded_once", "INSERT INTO authority_contestreminder (contest_id, kind)"
        " SELECT contest_id, kind FROM authority_contestreminder LIMIT 1",
    )  # fmt: skip


def test_of_a_contest_that_was_decided_nobody_is_reminded(asked, floor, legal, admin):
    withheld(asked(), floor, legal, admin)
    made = contested()
    decide_contest(actor=legal2(), contest_id=made.pk, outcome="upheld", reasons=WHY)
    with time_machine.travel(made.due_at + timedelta(days=1)):
        assert remind() == 0
    assert not ContestReminder.objects.exists()


@pytest.mark.parametrize("ending", ["by its date", "withdrawn"])
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "That has ended"), ("km", "ការបិទនោះបានចប់ហើយ"), ("vi", "Việc hạn chế đã chấm dứt")],
)
def test_an_author_who_did_not_contest_is_told_once_that_it_has_ended(
    asked, floor, legal, admin, ending, language, words
):
    Endpoint.objects.create(name="platform", url="https://platform.example/hooks", secret="whsec_x")
    item = make.item(language=language)
    row = withheld(asked(item), floor, legal, admin, until=now() + timedelta(days=9))
    assert tell_authors_due() == 1
    assert tell_endings_due() == 0
    if ending == "by its date":
        with time_machine.travel(now() + timedelta(days=10), tick=False):
            assert [lift_due(), lift_due()] == [1, 0]
            assert [tell_endings_due(), tell_endings_due()] == [1, 0]
    else:
        assert [lift(actor=legal, test=row.tests.get()), lift(actor=legal, test=row.tests.get())] == [
            True,
            False,
        ]
        assert [tell_endings_due(), tell_endings_due()] == [1, 0]
    later(days=11)
    later(days=11)
    told = [one.payload["data"] for one in Delivery.objects.filter(kind="notice.due").order_by("id")]
    assert [one["decision_id"] for one in told] == [row.tests.get().decision_id] * 2  # begun, and ended
    (end,) = [one for one in told if words in one["text"]]
    assert (end["audience"], end["language"]) == ("author", language)
    assert SECRET not in end["text"]
    assert Event.objects.filter(kind="authority.ending_told", private=False).count() == 0
    refused("ending_is_told_once", "UPDATE authority_ending SET text = 'another'")
    refused("ending_is_told_once", "DELETE FROM authority_ending")


def test_while_an_order_forbids_it_she_is_told_of_neither_and_then_of_both(asked, floor, legal, admin):
    order, until = keep([PDF], name="order.pdf"), now() + timedelta(days=30)
    silent = {"documents": [order], "author_silence_until": until, "silence_basis": "A court order."}
    row = withheld(asked(**silent), floor, legal, admin)
    lift(actor=legal, test=row.tests.get())
    assert (tell_authors_due(), tell_endings_due()) == (0, 0)
    refused(
        "ending_is_told_when_it_may_be",
        "UPDATE authority_ending SET told_at = now(), language = 'en', text = 'It has ended.'",
    )
    with time_machine.travel(until + timedelta(seconds=1)):
        assert (tell_authors_due(), tell_endings_due(), tell_endings_due()) == (1, 1, 0)
    assert Notice.objects.filter(audience="author").count() == 1
    assert Ending.objects.get().text.startswith("What you posted had been withheld in Cambodia under the law")


def test_an_order_that_comes_after_she_was_told_keeps_the_end_from_her_until_it_ends(
    asked, floor, legal, admin
):
    row = withheld(asked(), floor, legal, admin)
    assert tell_authors_due() == 1
    until = now() + timedelta(days=5)
    keep_quiet(
        actor=legal, request=row.request, kind="confidential", until=until, basis="A law.", document=None
    )
    lift(actor=legal, test=row.tests.get())
    assert (tell_endings_due(), Ending.objects.get().due_at) == (0, until)
    assert not Event.objects.filter(kind="authority.ending_told").exists()
    with time_machine.travel(until + timedelta(seconds=1)):
        assert (tell_endings_due(), tell_endings_due()) == (1, 0)


def test_whose_contest_was_open_or_ended_it_is_told_by_its_answer_alone(asked, floor, legal, admin):
    row = withheld(asked(), floor, legal, admin)
    contested()
    lift(actor=legal, test=row.tests.get())
    withheld(asked(), floor, legal, admin)
    decide_contest(actor=legal2(), contest_id=contested().pk, outcome="lifted", reasons=WHY)
    assert (tell_endings_due(), Ending.objects.count(), ContestLetter.objects.count()) == (0, 0, 2)
    refused(
        "ending_is_of_a_measure_no_contest_ended",
        "INSERT INTO authority_ending (test_id, due_at, language, text)"
        " SELECT id, now(), '', '' FROM authority_necessitytest LIMIT 1",
    )


def test_who_contested_in_vain_is_told_when_it_ends_after_all(asked, floor, legal, admin):
    row = withheld(asked(), floor, legal, admin)
    decide_contest(actor=legal2(), contest_id=contested().pk, outcome="upheld", reasons=WHY)
    lift(actor=legal, test=row.tests.get())
    assert (tell_endings_due(), tell_endings_due()) == (1, 0)


def test_no_end_is_told_before_it_has_come(asked, floor, legal, admin):
    withheld(asked(), floor, legal, admin)
    refused(
        "ending_is_of_a_measure_no_contest_ended",
        "INSERT INTO authority_ending (test_id, due_at, language, text)"
        " SELECT id, now(), '', '' FROM authority_necessitytest",
    )
