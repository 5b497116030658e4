"""The wellbeing page, as the people it is for see it, and as everybody else does not."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from apps.ledger.models import Event
from apps.wellbeing import operations
from apps.wellbeing.limits import Wanted
from apps.wellbeing.models import ExposureEntry, LimitSet, PersonLimit, Shift
from apps.wellbeing.operations import own, set_limits, start_break, start_shift, tighten
from apps.wellbeing.queries import Ceiling, limits_in_force
from tests import make

AS_IT_IS = "organisation"  # the choice that leaves a limit to the organisation


@pytest.fixture(autouse=True)
def house(db):
    make.house()


@pytest.fixture
def mara(moderator):
    return moderator


@pytest.fixture
def her(signed_in, mara):
    return signed_in(mara)


def looks(user, number=1, *, shift=None, units=150, seconds=12.4, ago=timedelta(0), **fields):
    """Entries of the exposure ledger, as claims leave them."""
    start = (ExposureEntry.objects.order_by("-claim_id").values_list("claim_id", flat=True).first() or 0) + 1
    fields = {"exposure": 2, "modality": 100, "reported": True} | fields
    ExposureEntry.objects.bulk_create(
        ExposureEntry(
            user=user, shift=shift, claim_id=start + n, units=units, seconds_revealed=seconds, at=now() - ago, **fields
        )
        for n in range(number)
    )  # fmt: skip


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def save(client, **typed):
    return client.post("/wellbeing/mine", {"highest": AS_IT_IS, "budget": ""} | typed)


def test_before_the_first_shift_it_says_what_the_next_one_would_allow(her):
    page = words(her.get("/wellbeing/"))
    assert "No shift is running" in page
    assert "a budget of 160 units and exposure up to 3 (high)" in page
    assert "0 <small>of 640 units, the cap on any seven days (4 shift budgets)" in page
    assert "Nothing yet." in page


def test_she_sees_her_shift_her_week_and_her_looks(her, mara):
    shift = start_shift(actor=mara)
    Shift.objects.filter(pk=shift.pk).update(spent=1_250, reserved=350)
    looks(mara, shift=shift, units=125, seconds=31.0)
    looks(mara, units=400, seconds=0, exposure=3, modality=50, ago=timedelta(days=2))
    looks(mara, units=1, seconds=90, reported=False, modality=160, ago=timedelta(days=6))
    looks(mara, units=9_000, ago=timedelta(days=8))
    page = words(her.get("/wellbeing/"))
    assert "16 <small>of 160 units" in page
    assert "5.26 <small>of 640 units" in page
    assert "Uncovered" in page
    assert "Left covered" in page
    assert "Not known: the whole time counts" in page
    assert (
        page.split('class="bars"')[1].split("</svg>")[0].count("<rect") == 8
    )  # the first day is cut, and so is the last
    assert page.count(">1.25<") == 2  # in the day's row and in the look's


def test_it_says_plainly_what_limits_can_do_and_whom_to_talk_to(her, settings):
    settings.WELLBEING_CONTACT = "Sokha, room 4, or <0800 1>."
    page = words(her.get("/wellbeing/"))
    assert "Limits reduce the dose; they do not make the work safe." in page
    assert "the evidence for them is mixed" in page
    assert "Sokha, room 4, or &lt;0800 1&gt;." in page


def test_nothing_of_it_stays_in_a_cache(her):
    for address in ("/wellbeing/", "/wellbeing/mine.csv"):
        assert "no-store" in her.get(address)["Cache-Control"]


@pytest.mark.parametrize("who", ["supervisor", "admin", "policy", "legal"])
@pytest.mark.parametrize(
    "path", ["/wellbeing/", "/wellbeing/mine", "/wellbeing/mine.csv", "/wellbeing/limits"]
)
def test_it_opens_for_nobody_else(signed_in, mara, who, path):
    looks(mara)
    client = signed_in(who)
    sent = {"highest": "1", "user": mara.pk}
    assert [client.get(path).status_code, client.post(path, sent).status_code] == [403, 403]
    assert not PersonLimit.objects.exists()


@pytest.mark.parametrize("who", ["moderator2", "senior", "wellbeing"])
@pytest.mark.parametrize("name", ["user", "user_id", "person", "id", "pk", "who", "pseudonym", "before"])
def test_no_parameter_leads_to_somebody_elses_numbers(signed_in, mara, who, name):
    shift = start_shift(actor=mara)
    Shift.objects.filter(pk=shift.pk).update(spent=4_321)
    looks(mara, units=9_876, seconds=543, shift=shift)
    client = signed_in(who)
    for value in (mara.pk, mara.username, mara.pseudonym):
        for address in ("/wellbeing/", "/wellbeing/mine.csv"):
            page = client.get(address, {name: value}).content.decode()
            assert "98.76" not in page
            assert "43.21" not in page
            assert mara.pseudonym not in page
    client.post("/wellbeing/mine", {"highest": "0", "budget": "1", name: mara.pk})
    assert not PersonLimit.objects.filter(user=mara).exists()


def test_the_lead_sees_no_person_at_all(signed_in, mara):
    looks(mara, units=9_876)
    tighten(actor=mara, max_exposure=1, budget=77_31, opted_in_to_extreme=False)
    page = words(signed_in("wellbeing").get("/wellbeing/"))
    assert "you do not moderate" in page
    assert "98.76" not in page
    assert "77.31" not in page
    assert mara.pseudonym not in page


def test_a_lead_who_used_to_moderate_still_sees_her_own(signed_in, wellbeing):
    looks(wellbeing, units=9_876)
    page = words(signed_in("wellbeing").get("/wellbeing/"))
    assert "98.76" in page
    assert "Set new limits" in page


def test_a_moderator_sees_no_form_for_the_organisation(her):
    assert "Set new limits" not in words(her.get("/wellbeing/"))


def test_it_asks_the_database_as_often_with_one_look_as_with_fifty(her, mara):
    counts = []
    her.get("/wellbeing/")  # from here on it is known whose session it is
    for number in (1, 49):
        looks(mara, number)
        with CaptureQueriesContext(connection) as asked:
            assert her.get("/wellbeing/").status_code == 200
        with CaptureQueriesContext(connection) as exported:
            assert her.get("/wellbeing/mine.csv").status_code == 200
        counts.append((len(asked), len(exported)))
    assert counts[0] == counts[1]


def test_beyond_fifty_looks_it_says_where_the_others_are(her, mara):
    looks(mara, 51)
    page = words(her.get("/wellbeing/"))
    assert "These are the latest 50." in page
    assert page.count("Uncovered</td>") == 50


# One's own limits


def test_tighter_limits_count_at_once(her, mara):
    shift = start_shift(actor=mara)
    answer = save(her, highest="1", budget="80")
    assert (answer.status_code, answer.url) == (302, "/wellbeing/#notices")
    limit = PersonLimit.objects.get(user=mara)
    assert (limit.max_exposure, limit.budget, limit.opted_in_to_extreme) == (1, 8_000, False)
    shift.refresh_from_db()
    assert (shift.max_exposure, shift.budget) == (1, 8_000)
    assert Event.objects.get(kind="limits.changed_own").private is True
    page = words(her.get("/wellbeing/"))
    assert "What is tighter counts now" in page
    assert '<option value="1" selected>' in page
    assert 'value="80"' in page


def test_looser_limits_count_from_the_next_shift(her, mara):
    save(her, highest="1", budget="80")
    shift = start_shift(actor=mara)
    save(her, highest=AS_IT_IS, budget="")
    shift.refresh_from_db()
    assert (shift.max_exposure, shift.budget) == (1, 8_000)
    operations.end_shift(actor=mara)
    after = start_shift(actor=mara)
    assert (after.max_exposure, after.budget) == (3, 16_000)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"budget": "-1"}, "A budget cannot be below 0."),
        ({"budget": "161"}, "The organisation allows you 160 units at most."),
        ({"budget": "9" * 400}, "The organisation allows you 160 units at most."),
        ({"budget": "9" * 5000}, "Please give whole units in digits"),
        ({"budget": "eighty"}, "Please give whole units in digits"),
        ({"budget": "80.5"}, "Please give whole units in digits"),
        ({"budget": "1e9"}, "Please give whole units in digits"),
        ({"budget": "80", "highest": "4", "opted_in": "on"}, "the organisation allows you exposure 3 at most"),
        ({"budget": "80", "highest": "-1"}, "Please choose one of the levels"),
        ({"budget": "80", "highest": "high"}, "Please choose one of the levels"),
        ({"budget": "80", "highest": ""}, "Please choose one of the levels."),
        ({"budget": "80", "opted_in": "on"}, "The organisation does not give you exposure 4 at all."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(her, mara, typed, said):
    tighten(actor=mara, max_exposure=2, budget=10_000, opted_in_to_extreme=False)
    shift = start_shift(actor=mara)
    events = Event.objects.count()
    answer = save(her, **typed)
    assert answer.status_code == 422
    page = words(answer)
    assert said in page
    assert f'value="{typed["budget"]}"' in page
    limit = PersonLimit.objects.get(user=mara)
    assert (limit.max_exposure, limit.budget, limit.opted_in_to_extreme) == (2, 10_000, False)
    shift.refresh_from_db()
    assert (shift.max_exposure, shift.budget) == (2, 10_000)
    assert Event.objects.count() == events


def test_the_database_has_the_last_word_and_it_reads_as_a_sentence(her, mara, monkeypatch):
    with pytest.raises(IntegrityError, match="person_limit_within_the_ceiling"), transaction.atomic():
        PersonLimit.objects.create(user=mara, budget=40_001)
    # As if the organisation's limits fell between the look at them and the writing.
    monkeypatch.setattr(own, "ceiling_of", lambda *_: Ceiling(budget=99_999, max_exposure=4, week=0))
    answer = save(her, budget="500")
    assert answer.status_code == 422
    page = words(answer)
    assert "Your own limits can only be tighter than the organisation" in page
    assert 'value="500"' in page
    assert not PersonLimit.objects.exists()
    assert not Event.objects.filter(kind="limits.changed_own").exists()


def test_a_specialist_is_given_the_most_extreme_only_when_she_says_so(signed_in, senior):
    senior.skills = ["specialist"]
    senior.save()
    client = signed_in(senior)
    refused = save(client, highest="4", budget="300")
    assert refused.status_code == 422
    assert "Exposure 4 is given only to those who choose it here." in words(refused)
    assert not PersonLimit.objects.exists()
    assert save(client, highest="4", budget="300", opted_in="on").status_code == 302
    shift = start_shift(actor=senior)
    assert (shift.max_exposure, shift.budget) == (4, 30_000)
    assert save(client, highest=AS_IT_IS, budget="300").status_code == 302
    shift.refresh_from_db()
    assert shift.max_exposure == 3


def test_a_limit_above_new_lower_ones_is_offered_as_it_can_be(her, mara, wellbeing):
    tighten(actor=mara, max_exposure=3, budget=15_000, opted_in_to_extreme=False)
    values = Wanted.of(limits_in_force()).values() | {"budget": 10_000, "max_exposure": 2}
    set_limits(Wanted(**values), reason="Less.", days=30, based_on=limits_in_force().pk, actor=wellbeing)
    page = words(her.get("/wellbeing/"))
    assert 'value="100"' in page
    assert '<option value="2" selected>' in page
    assert "a budget of 100 units and exposure up to 2" in page


# Her export


def test_her_export_holds_everything_about_her_and_nobody_else(her, mara, moderator2):
    tighten(actor=mara, max_exposure=2, budget=10_000, opted_in_to_extreme=False)
    shift = start_shift(actor=mara)
    start_break(actor=mara)
    looks(mara, 2, shift=shift, units=125, seconds=31.04)
    looks(mara, ago=timedelta(days=40), reported=False)
    looks(moderator2, 3, units=777)
    answer = her.get("/wellbeing/mine.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="my-exposure.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["what"] for row in rows] == [
        "own limits", "moderates since", "shift", "break", "look", "look", "look",
    ]  # fmt: skip
    assert {row["units"] for row in rows if row["what"] == "look"} == {"1.25", "1.5"}
    assert rows[2]["budget_units"] == "100.0"
    assert rows[-1]["seconds_uncovered"] == "31.0"
    assert LimitSet.objects.count() == 1


def test_no_cell_of_her_export_is_a_formula(her, mara, senior):
    mara.pseudonym, mara.first_name = "=cmd()", "@x"
    mara.save()
    tighten(actor=mara, max_exposure=None, budget=0, opted_in_to_extreme=False)
    start_shift(actor=mara)
    for modality in (50, 100, 160, 200):
        looks(mara, modality=modality, reported=modality != 200)
    for row in csv.reader(io.StringIO(her.get("/wellbeing/mine.csv").content.decode())):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
