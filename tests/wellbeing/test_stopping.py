"""I need to stop now, a word with the wellbeing lead, and an account that is nobody else's."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.accounts.models import User
from apps.ledger.models import Event
from apps.queues.models import Barred, Claim
from apps.wellbeing.models import Practice, Shift, WordWanted
from apps.wellbeing.operations import ask_for_a_word
from apps.wellbeing.queries import ceilings_in_force, limits_in_force
from tests import make


def test_stop_gives_the_case_back_as_any_other_and_begins_a_break(at_work, signed_in):
    work = at_work().begin().levels(2)
    work.takes()
    answer = signed_in(work.person).post(
        "/desk/stop", {"spans": '[{"block": "a", "from_ms": 0, "to_ms": 1000}]'}
    )
    assert answer.status_code == 200
    assert "/wellbeing/help/" in answer.content.decode()
    claim = Claim.objects.get()
    assert (claim.ending, claim.case.state) == ("released", "waiting")
    assert Barred.objects.get().user == work.person
    assert work.shift().break_started_at is not None
    assert not WordWanted.objects.exists()
    shared = Event.objects.filter(case_id=claim.case_id, private=False).values_list("kind", flat=True)
    assert list(shared) == ["case.claimed", "case.returned"]


@pytest.mark.parametrize("who", ["supervisor", "wellbeing", "policy", "legal", "admin"])
def test_everybody_may_stop_from_any_page(db, signed_in, who):
    make.house()
    client = signed_in(who)
    assert 'action="/desk/stop"' in client.get("/guidelines/").content.decode()
    assert client.post("/desk/stop").status_code == 200
    assert not Shift.objects.exists()


def test_the_lead_hears_of_it_only_when_she_asks(at_work, signed_in, wellbeing):
    work = at_work()
    lead = signed_in("wellbeing")
    assert "Nobody has asked for one." in lead.get("/wellbeing/").content.decode()
    her = signed_in(work.person)
    assert [her.post("/wellbeing/word").status_code for _ in range(2)] == [302, 302]
    word = WordWanted.objects.get()
    page = lead.get("/wellbeing/").content.decode()
    assert page.index(work.person.username) < page.index(
        "The organisation's limits"
    )  # what waits comes first
    assert signed_in("supervisor").get("/wellbeing/").status_code == 403
    assert lead.post(f"/wellbeing/word/{word.pk}/answered").status_code == 302
    word.refresh_from_db()
    assert word.answered_by == wellbeing
    assert ask_for_a_word(actor=work.person) is True  # and again, later
    assert not Event.objects.filter(kind__startswith="word.", private=False).exists()


@pytest.mark.parametrize("who", ["supervisor", "wellbeing", "admin", "moderator2"])
def test_asking_for_somebody_elses_account_is_refused_and_written_down(at_work, signed_in, who):
    work = at_work()
    answer = signed_in(who).get(f"/wellbeing/people/{work.person.username}/")
    assert answer.status_code == 403
    assert "for her alone" in answer.content.decode()
    event = Event.objects.get(kind="wellbeing.refused")
    assert (User.objects.get(pk=event.actor_id).username, event.data) == (who, {})
    own = signed_in(work.person).get(f"/wellbeing/people/{work.person.username}/")
    assert (own.status_code, own.url) == (302, "/wellbeing/")


def test_the_lead_vouches_for_somebody_with_a_reason_and_never_for_herself(at_work, signed_in, wellbeing):
    work = at_work()
    lead = signed_in("wellbeing")
    typed = {"person": work.person.username, "since": "2020-01-06", "why": "Three years at another platform."}
    for wrong, said in (
        ({"why": ""}, "This field is required"),
        ({"since": "2999-01-01"}, "This must be a day that has been."),
        ({"person": "wellbeing"}, "Nobody can say this of herself."),
        ({"person": "nobody-here"}, "Nobody here has this user name."),
    ):
        answer = lead.post("/wellbeing/practice", typed | wrong)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), wrong
    before = Practice.objects.get(user=work.person).vouched_by
    assert before is None
    assert lead.post("/wellbeing/practice", typed).status_code == 302
    practice = Practice.objects.get(user=work.person)
    assert (practice.vouched_by, practice.since.year) == (wellbeing, 2020)


def test_lower_ceilings_bring_limits_within_them_at_once_and_for_good(at_work):
    from apps.wellbeing.operations import set_ceilings

    at_work()
    assert limits_in_force().budget == 16_000
    set_ceilings(bounds={"budget": (100, 12_000)}, reason="After the audit.", actor=None)
    assert (limits_in_force().budget, ceilings_in_force()["budget"]) == (12_000, (100, 12_000))
    assert ceilings_in_force()["extreme_minutes"] == (0, 300)


def test_when_wellbeing_cannot_be_read_only_light_cases_go_out_and_the_operators_are_told(at_work, client):
    work = at_work().begin().levels(3, 2, 1, harms=0).levels(1, harms=32)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wellbeing_shift RENAME TO wellbeing_shift_away")
    assert work.takes() == 1
    claim = work.claim()
    assert (claim.owed, claim.shift_id, claim.case.harms) == (True, None, 0)
    said = client.get("/readyz").json()
    assert said["notes"] == [
        "Wellbeing could not be read for somebody: she is given light cases only until it can."
    ]
    assert "reviewqueue_wellbeing_unreadable_total" in client.get("/metrics").content.decode()


def test_ceilings_are_set_on_the_command_line_with_a_reason(db, capsys):
    make.house()
    call_command("wellbeing_ceilings", "--set", "budget=100,15000", "--reason", "After the audit.")
    assert "15,000" in capsys.readouterr().out
    assert limits_in_force().budget == 15_000
    for wrong, said in ((["--set", "budget=1"], "should look like"), (["--set", "budget=1,2"], "Say why"),
                        (["--set", "luck=1,2", "--reason", "x"], "There is no limit")):  # fmt: skip
        with pytest.raises(CommandError, match=said):
            call_command("wellbeing_ceilings", *wrong)
    assert limits_in_force().budget == 15_000
