"""The author contests what only local law took away: by her link, once, in time; heard by somebody who took no part."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.authority.documents import keep
from apps.authority.errors import (
    ContestDecided,
    ContestedAlready,
    ContestInvalid,
    ContestLinkNotOurs,
    ContestTooLate,
    InvalidAsking,
    NothingToContest,
    TookPart,
)
from apps.authority.models import Contest, ContestFile, ContestLetter, ContestWords, NecessityTest, Telling
from apps.authority.operations import (
    add_document,
    answer_proposal,
    contest,
    decide_contest,
    forget_words,
    keep_quiet,
    lift,
    lift_due,
    record_request,
    send_letter,
    tell_authors_due,
)
from apps.decisions.models import Enforcement, Notice
from apps.delivery.models import Delivery, Endpoint
from apps.errors import NotAllowed
from apps.ledger.models import Event
from apps.ledger.operations import drain
from tests import make
from tests.authority.conftest import SECRET, asking, legal2, proposed, reviewed, withheld
from tests.authority.test_privacy import PDF
from tests.later import later

pytestmark = pytest.mark.django_db
SAID = "The minister holds a public office; this is a song about his office."
WHY = "A song about a public office does not come under the article that was named."


@pytest.fixture
def told(asked, floor, legal, admin):
    """`told(...)`: an item withheld under local law, whose author was told; her telling."""

    def make_one(item=None, **fields) -> Telling:
        row = withheld(asked(item, **fields), floor, legal, admin)
        assert tell_authors_due() == 1
        return Telling.objects.select_related("item").get(item=row)

    return make_one


def contested(telling, **said) -> Contest:
    return contest(telling_id=telling.pk, **{"statement": SAID, "language": "en", **said})


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def nothing_new(call, refusal) -> None:
    """The call is refused, and neither a row nor an event is there that was not."""
    before = (
        kinds(),
        list(Contest.objects.values()),
        Enforcement.objects.count(),
        ContestLetter.objects.count(),
    )
    with pytest.raises(refusal):
        call()
    assert before == (
        kinds(),
        list(Contest.objects.values()),
        Enforcement.objects.count(),
        ContestLetter.objects.count(),
    )


def test_a_contest_lifts_the_measure_once_and_the_author_is_told_once(told, legal, floor):
    Endpoint.objects.create(name="platform", url="https://platform.example/hooks", secret="whsec_x")
    telling = told()
    other = told(make.item())
    made = contested(telling)
    assert made.due_at - made.lodged_at == timedelta(days=settings.APPEAL_ANSWER_DAYS)
    assert made.window_ends_at == telling.told_at + timedelta(days=settings.APPEAL_WINDOW_DAYS)
    assert Enforcement.objects.filter(reverses__isnull=False).count() == 0  # nothing happens by itself
    hers = legal2()
    decide_contest(actor=hers, contest_id=made.pk, outcome="lifted", reasons=WHY)
    made.refresh_from_db()
    test = made.test
    assert (made.state, made.outcome, made.decided_by, made.reasons) == ("decided", "lifted", hers, WHY)
    assert (test.lifted_by, test.lifted_at is not None) == (hers, True)
    [reversal] = Enforcement.objects.filter(reverses__isnull=False)
    assert reversal.decision_id == telling.decision_id
    assert NecessityTest.objects.get(decision=other.decision_id).lifted_at is None
    nothing_new(
        lambda: decide_contest(actor=hers, contest_id=made.pk, outcome="upheld", reasons=WHY), ContestDecided
    )
    assert lift(actor=legal, test=test) is False
    later()
    later()
    said = [one.payload["data"] for one in Delivery.objects.filter(kind="notice.due")]
    mine = [one for one in said if one["decision_id"] == telling.decision_id]
    assert len(mine) == 2  # that it was withheld, and what came of the contest
    answer = next(one for one in mine if WHY in one["text"])
    assert (answer["audience"], answer["language"]) == ("author", "en")
    assert "it is no longer withheld" in answer["text"]
    for private in (SAID, hers.pseudonym, legal.pseudonym, floor.pseudonym, SECRET):
        assert private not in str(said)
    assert SAID not in str(list(Event.objects.values_list("data", flat=True)))
    ours = Event.objects.filter(kind__startswith="authority.")
    assert not ours.filter(private=False).exists()
    assert kinds().count("authority.contested") == kinds().count("authority.contest_decided") == 1
    assert not Notice.objects.filter(decision=telling.decision_id, audience="reporter").exists()


def test_upheld_changes_nothing_but_says_why(told):
    telling = told(make.item(language="km"))
    made = contested(telling, language="km")
    decide_contest(actor=legal2(), contest_id=made.pk, outcome="upheld", reasons=WHY)
    assert NecessityTest.objects.get().lifted_at is None
    assert Enforcement.objects.count() == 1
    letter = ContestLetter.objects.get()
    assert "វានៅតែត្រូវបានបិទនៅទីនោះ" in letter.text
    assert WHY in letter.text
    nothing_new(lambda: contested(telling), ContestedAlready)  # it is heard once


def test_it_is_contested_once_and_in_time(told):
    telling = told()
    end = telling.told_at + timedelta(days=settings.APPEAL_WINDOW_DAYS)
    with time_machine.travel(end + timedelta(seconds=1), tick=False):
        nothing_new(lambda: contested(telling), ContestTooLate)
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        contested(telling)
        nothing_new(lambda: contested(telling), ContestedAlready)


@pytest.mark.parametrize(("statement", "files"), [(" \n", 0), ("x" * 5_001, 0), ("a\x00b", 0), (SAID, 4)])
def test_what_cannot_be_kept_is_refused(told, statement, files):
    telling = told()
    nothing_new(lambda: contested(telling, statement=statement, files=[None] * files), ContestInvalid)


def test_who_was_not_told_has_nothing_to_contest_and_her_time_begins_with_the_telling(
    asked, floor, legal, admin
):
    order = keep([PDF], name="order.pdf")
    until = now() + timedelta(days=300)
    silent = {"documents": [order], "author_silence_until": until, "silence_basis": "A court order."}
    withheld(asked(make.item(), **silent), floor, legal, admin)
    telling = Telling.objects.get()
    nothing_new(lambda: contested(telling), ContestLinkNotOurs)
    insert = """INSERT INTO authority_contest (test_id, language, lodged_at, window_ends_at, due_at, state, reasons)
                SELECT id, 'en', now(), now() + interval '1 day', now() + interval '1 day', 'open', ''
                FROM authority_necessitytest"""
    refused("contest_is_of_a_measure_its_author_was_told_of", insert)
    with time_machine.travel(until + timedelta(seconds=1)):
        assert tell_authors_due() == 1
        told_at = Telling.objects.get().told_at
    with time_machine.travel(until + timedelta(days=settings.APPEAL_WINDOW_DAYS - 1)):
        made = contested(telling)
    assert made.window_ends_at == told_at + timedelta(days=settings.APPEAL_WINDOW_DAYS)


def refused(name: str, sql: str, values=()) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, list(values))


def test_nobody_who_took_part_decides(asked, floor, legal, admin, supervisor):
    """Whoever wrote it down, reviewed, found it valid, wrote the test, answered it, kept it quiet, added to it or wrote to
    the sender: refused by the operation, and by the database itself."""
    recorder, judge, author = legal2("recorder"), legal2("judge"), legal2("author")
    quiet, giver, writer = legal2("quiet"), legal2("giver"), legal2("writer")
    row = asked(actor=recorder)
    reviewed(row, floor)
    floor.roles = ["moderator", "legal_reviewer"]
    floor.save()
    proposed(row, judge, by=author)
    answer_proposal(actor=supervisor, item=row, agrees=True)
    supervisor.roles = ["supervisor", "admin"]
    supervisor.save()
    tell_authors_due()
    add_document(actor=giver, request=row.request, kept=keep([PDF], name="more.pdf"))
    send_letter(actor=writer, item=row, kind="received")
    keep_quiet(
        actor=quiet, request=row.request, kind="confidential", until=now() + timedelta(days=1), basis="A law.",
        document=None,
    )  # fmt: skip
    made = contested(Telling.objects.get())
    raw = """UPDATE authority_contest SET state = 'decided', outcome = 'upheld', reasons = 'r', decided_at = now(),
             decided_by_id = %s"""
    for who in (recorder, floor, judge, author, supervisor, giver, writer, quiet):
        nothing_new(
            lambda who=who: decide_contest(actor=who, contest_id=made.pk, outcome="lifted", reasons=WHY),
            TookPart,
        )
        refused("contest_is_decided_by_somebody_who_took_no_part", raw, [who.pk])
    outsider = User.objects.create_user(
        "outsider", password="x", roles=["supervisor"], pseudonym="M-outsider"
    )
    nothing_new(
        lambda: decide_contest(actor=outsider, contest_id=made.pk, outcome="lifted", reasons=WHY), NotAllowed
    )
    refused("contest_is_decided_by_somebody_who_took_no_part", raw, [outsider.pk])
    refused("contest_decided_says_by_whom_and_why", raw.replace("%s", "NULL"))
    decide_contest(actor=admin, contest_id=made.pk, outcome="upheld", reasons=WHY)
    assert Contest.objects.get().decided_by == admin


def test_a_step_in_any_item_of_the_request_is_a_part_in_it(floor, legal, admin, supervisor):
    """Also one that came to nothing: a test that was answered with no."""
    order, judge = legal2("order"), legal2("judge")
    asked = record_request(actor=order, asking=asking(make.item(), make.item()))
    drain()
    first, second = asked.items.all()
    withheld(first, floor, legal, admin)
    assert tell_authors_due() == 1
    proposed(reviewed(second, floor), judge)
    answer_proposal(
        actor=supervisor, item=second, agrees=False, words="The aim named is not a legitimate one."
    )
    supervisor.roles = ["supervisor", "legal_reviewer"]
    supervisor.save()
    made = contested(Telling.objects.get())
    raw = """UPDATE authority_contest SET state = 'decided', outcome = 'upheld', reasons = 'r', decided_at = now(),
             decided_by_id = %s"""
    for who in (order, judge, supervisor):
        nothing_new(
            lambda who=who: decide_contest(actor=who, contest_id=made.pk, outcome="lifted", reasons=WHY),
            TookPart,
        )
        refused("contest_is_decided_by_somebody_who_took_no_part", raw, [who.pk])
    decide_contest(actor=legal2(), contest_id=made.pk, outcome="lifted", reasons=WHY)
    second.refresh_from_db()
    assert (second.state, second.tests.get().lifted_at) == ("test", None)


def test_what_was_decided_is_never_changed(told):
    made = contested(told())
    lifted = """UPDATE authority_contest SET state = 'decided', outcome = %s, reasons = 'r', decided_at = now(),
                decided_by_id = %s"""
    who = legal2()
    refused("contest_outcome_is_what_holds", lifted, ["lifted", who.pk])  # said, but not done
    refused(
        "contest_outcome_is_what_holds", "UPDATE authority_contest SET state = 'moot', decided_at = now()"
    )
    early = "INSERT INTO authority_contestletter (contest_id, text) VALUES (%s, 'told')"
    refused("contest_is_answered_after_it_ended", early, [made.pk])
    refused("contest_is_decided_once", "UPDATE authority_contest SET lodged_at = now()")
    decide_contest(actor=who, contest_id=made.pk, outcome="upheld", reasons=WHY)
    for change in (
        "UPDATE authority_contest SET outcome = 'lifted'",
        "UPDATE authority_contest SET reasons = 'another'",
        "DELETE FROM authority_contest",
    ):
        refused("contest_is_decided_once|violates foreign key", change)
    refused("contest_is_answered_once", early, [made.pk])
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ContestLetter.objects.update(text="another")


def test_reasons_name_nobody_and_say_something(told, legal):
    made = contested(told(contact="Mr Quiet"))
    hers = legal2()
    for words in (
        "No.",
        f"{legal.pseudonym} was wrong about the article named.",
        "As mr quiet told us, it has to stay.",
    ):
        nothing_new(
            lambda words=words: decide_contest(
                actor=hers, contest_id=made.pk, outcome="upheld", reasons=words
            ),
            InvalidAsking,
        )
    nothing_new(
        lambda: decide_contest(actor=hers, contest_id=made.pk, outcome="partly", reasons=WHY), InvalidAsking
    )


@pytest.mark.parametrize("ending", ["by hand", "by itself"])
def test_a_measure_that_ends_before_closes_the_contest_and_says_so(asked, floor, legal, admin, ending):
    row = withheld(asked(), floor, legal, admin, until=now() + timedelta(days=9))
    tell_authors_due()
    telling = Telling.objects.get()
    made = contested(telling)
    if ending == "by hand":
        assert lift(actor=legal, test=row.tests.get()) is True
    else:
        with time_machine.travel(now() + timedelta(days=10)):
            assert lift_due() == 1
    made.refresh_from_db()
    assert (made.state, made.outcome, made.decided_by) == ("moot", None, None)
    assert "The reason for it has ended meanwhile" in ContestLetter.objects.get().text
    nothing_new(
        lambda: decide_contest(actor=legal2(), contest_id=made.pk, outcome="lifted", reasons=WHY),
        ContestDecided,
    )
    assert Enforcement.objects.filter(reverses__isnull=False).count() == 1


def test_what_no_longer_holds_is_not_contested(told, legal):
    telling = told()
    lift(actor=legal, test=NecessityTest.objects.get())
    nothing_new(lambda: contested(telling), NothingToContest)
    assert not ContestLetter.objects.exists()


def test_words_and_files_are_forgotten_a_year_after_the_end(told):
    made, waiting = contested(told()), contested(told(make.item()))
    ContestFile.objects.create(contest=made, file="a", mime="application/pdf", size=1, sha256="a" * 64)
    decide_contest(actor=legal2(), contest_id=made.pk, outcome="upheld", reasons=WHY)
    with time_machine.travel(now() + timedelta(days=364)):
        assert forget_words() == 0
    with time_machine.travel(now() + timedelta(days=366)):
        assert (forget_words(), forget_words()) == (1, 0)
    assert (made.words.statement, ContestFile.objects.count()) == (SAID, 0)
    assert ContestWords.objects.get(contest=made).statement == ""
    assert ContestWords.objects.get(contest=waiting).statement == SAID
    made.refresh_from_db()
    assert (made.outcome, made.reasons) == ("upheld", WHY)
