"""Notices of law: what each must state, its clock, who decides, what each side is told, and how a measure ends."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils.timezone import now

from apps.decisions.models import Enforcement
from apps.decisions.verdict import Verdict
from apps.delivery.models import Delivery, Endpoint
from apps.intake.models import Report, Reporter
from apps.lawful.errors import LawNoticeInvalid, LawNoticeNotTaken, LawStepNotDue, NeedsSomebodyElse
from apps.lawful.models import CounterNotice, LawLetter, LawNotice, LawWords
from apps.lawful.operations import (
    decide,
    end_due,
    forget_words,
    lift,
    locate,
    name_court,
    object_to,
    restore_due,
    send,
    withdraw,
)
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Case
from apps.transparency.models import Statement
from tests import make
from tests.later import later
from tests.lawful.conftest import EMAIL, NAME, WHY, accepted, joined, noticed, reviewed, sent

OURS = Verdict("violates", ["HR-4"], ["remove"])


def refused_fields(**fields):
    with pytest.raises(LawNoticeInvalid) as refusal:
        send(sent=sent(make.item(), fields.pop("kind", "property"), **fields))
    assert LawNotice.objects.count() == 0
    assert Event.objects.filter(kind__startswith="law_notice").count() == 0
    return [error["field"] for error in refusal.value.errors]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"good_faith": False}, ["good_faith"]),
        ({"accurate": False}, ["accurate"]),
        ({"relation": "self"}, ["relation"]),
        ({"kind": "privacy", "relation": "owner"}, ["relation"]),
        ({"kind": "gossip"}, ["kind"]),
        ({"country": "XX"}, ["country"]),
        ({"concerned": " "}, ["concerned"]),
        ({"name": "", "email": "nobody"}, ["name", "email"]),
        ({"statement": "x" * 5001}, ["statement"]),
        ({"statement": "a\x00b"}, ["statement"]),
    ],
)
def test_a_notice_is_taken_only_with_what_the_law_asks_it_to_state(house, fields, named):
    assert refused_fields(**fields) == named


def test_about_minors_nobody_needs_to_name_herself(house):
    notice = noticed("minors", relation="office", name="", email="")
    assert notice.state == "review"
    assert noticed("minors", item=notice.item, name="", email="").pk != notice.pk


@pytest.mark.parametrize(
    ("kind", "hours"), [("intimate", 48), ("minors", 24), ("privacy", 168), ("property", 168)]
)
def test_each_kind_has_its_own_clock(house, kind, hours):
    notice = noticed(kind)
    assert notice.due_at - notice.received_at == timedelta(hours=hours)


def test_the_clock_makes_the_case_due_and_says_so(house, settings):
    settings.LAW_NOTICE_HOURS = {**settings.LAW_NOTICE_HOURS, "property": 2}
    notice = noticed()
    drain()
    case = Case.objects.get(item=notice.item)
    assert (case.purpose, case.due_at, case.due_because) == ("review", notice.due_at, "notice of law")
    make.report(notice.item, by="somebody-else")
    from apps.queues.operations import refresh_cases

    refresh_cases([notice.item_id])
    case.refresh_from_db()
    assert (case.due_at, case.due_because) == (notice.due_at, "notice of law")


def test_what_was_decided_before_is_looked_at_again_by_a_person(floor, legal):
    item = make.item()
    first = reviewed(noticed(item=item), floor)
    assert first.state == "law"
    second = send(sent=sent(item, "property", email="other@rights.example"))
    drain()
    assert Case.objects.get(item=item, state="waiting").purpose == "re_review"
    assert second.state == "review"


def test_a_rule_of_ours_ends_it_and_the_law_is_not_asked(floor, legal):
    notice = joined("intimate", floor, OURS)
    assert notice.state == "by_rules"
    assert notice.measure is None
    with pytest.raises(LawStepNotDue):
        decide(actor=legal, notice_id=notice.pk, accept=True, reasons=WHY)
    assert [one.about for one in notice.letters.filter(side="notifier")] == ["received", "by_rules"]
    assert not notice.letters.filter(side="author").exists()


def test_accepted_it_is_withheld_in_one_country_without_a_strike(floor, legal):
    notice = accepted(floor, legal)
    assert (notice.state, notice.decided_by) == ("by_law", legal)
    [ordered] = Enforcement.objects.filter(item=notice.item)
    assert (ordered.action, ordered.parameters["countries"]) == ("geo_restrict", ["KH"])
    later()
    assert Statement.objects.get(enforcement=ordered).because == "not_in_the_union"
    report = Report.objects.get(pk=notice.report_id)
    assert report.upheld is True
    reporter = Reporter.objects.get(pk=report.reporter_id)
    assert (reporter.judged, reporter.upheld) == (1, 1)


def test_refused_it_stays_and_the_author_hears_nothing(floor, legal):
    notice = reviewed(noticed(), floor)
    decide(actor=legal, notice_id=notice.pk, accept=False, reasons="It is quoted for criticism.")
    assert Enforcement.objects.count() == 0
    assert [one.side for one in notice.letters.filter(about__in=["by_law", "refused"])] == ["notifier"]


def test_only_a_legal_reviewer_who_did_not_review_it_decides(floor, legal, senior):
    from apps.errors import NotAllowed

    notice = reviewed(noticed(), floor)
    with pytest.raises(NotAllowed):
        decide(actor=senior, notice_id=notice.pk, accept=True, reasons=WHY)
    floor.roles = [*floor.roles, "legal_reviewer"]
    floor.save()
    with pytest.raises(NeedsSomebodyElse):
        decide(actor=floor, notice_id=notice.pk, accept=True, reasons=WHY)
    with (
        pytest.raises(DatabaseError, match="law_notice_is_found_by_another_legal_reviewer"),
        transaction.atomic(),
    ):
        LawNotice.objects.filter(pk=notice.pk).update(
            state="refused", decided_by=floor, reasons="x", closed_at=now()
        )
    with (
        pytest.raises(DatabaseError, match="law_notice_is_decided_by_a_person_with_reasons"),
        transaction.atomic(),
    ):
        LawNotice.objects.filter(pk=notice.pk).update(state="refused", closed_at=now())
    notice.refresh_from_db()
    assert notice.state == "law"


def test_nothing_is_accepted_that_no_person_reviewed(house, legal):
    notice = noticed()
    with (
        pytest.raises(DatabaseError, match="law_notice_is_reviewed_by_a_person_first"),
        transaction.atomic(),
    ):
        LawNotice.objects.filter(pk=notice.pk).update(state="law")


def test_reasons_name_neither_side(floor, legal):
    notice = reviewed(noticed(), floor)
    for words in ("", f"{NAME} is right.", f"Ask {EMAIL.upper()}", f"{notice.item.author.handle} copied it."):
        with pytest.raises(LawNoticeInvalid):
            decide(actor=legal, notice_id=notice.pk, accept=True, reasons=words)
    notice.refresh_from_db()
    assert (notice.state, notice.reasons) == ("law", "")


def test_no_side_is_told_anything_of_the_other(floor, legal):
    Endpoint.objects.create(name="platform", url="https://platform.example/", secret="whsec_" + "A" * 32)
    notice = accepted(floor, legal)
    object_to(
        notice_id=notice.pk, statement="I took it myself; ask Dara.", good_faith=True, name="Dara Author"
    )
    later()
    with time_machine.travel(now() + timedelta(days=15), tick=True):
        assert restore_due() == 1
    later()
    told = {
        side: " ".join(one.text for one in notice.letters.filter(side=side))
        for side in ("notifier", "author")
    }
    theirs = (NAME, EMAIL, "photograph without", "Dawn over the river")
    hers = ("Dara", "took it myself", notice.item.author.handle, notice.item.author.external_id)
    assert not [word for word in theirs if word in told["author"]]
    assert not [word for word in hers if word in told["notifier"]]
    assert WHY in told["author"]
    assert WHY in told["notifier"]
    sent_out = " ".join(str(one.payload) for one in Delivery.objects.all())
    assert "law_notice.letter" in sent_out
    assert not [word for word in (*theirs, "Dara", "took it myself") if word in sent_out]
    everywhere = " ".join(str(one.data) for one in Event.objects.all())
    assert not [word for word in (*theirs, "Dara", "took it myself") if word in everywhere]


def test_each_side_is_told_each_thing_once(floor, legal):
    Endpoint.objects.create(name="platform", url="https://platform.example/", secret="whsec_" + "A" * 32)
    notice = accepted(floor, legal)
    later()
    later()
    kinds = Delivery.objects.filter(kind="law_notice.letter")
    assert sorted((one.payload["data"]["side"], one.payload["data"]["about"]) for one in kinds) == [
        ("author", "by_law"),
        ("notifier", "by_law"),
        ("notifier", "received"),
    ]
    with pytest.raises(DatabaseError, match="law_letter_once_per_side"), transaction.atomic():
        LawLetter.objects.create(notice=notice, side="author", about="by_law", language="en", text="again")


def test_an_objection_brings_it_back_once_when_no_court_is_named(floor, legal):
    notice = accepted(floor, legal)
    counter = object_to(notice_id=notice.pk, statement="It is mine.", good_faith=True)
    assert counter.waits_until - counter.lodged_at == timedelta(days=14)
    assert restore_due() == 0
    with pytest.raises(LawStepNotDue):
        object_to(notice_id=notice.pk, statement="Again.", good_faith=True)
    with time_machine.travel(now() + timedelta(days=14, minutes=1), tick=True):
        assert (restore_due(), restore_due()) == (1, 0)
        with pytest.raises(LawStepNotDue):
            name_court(notice_id=notice.pk, court="Too late, 1/2026")
    assert Enforcement.objects.filter(item=notice.item, reverses__isnull=False).count() == 1
    notice.refresh_from_db()
    assert (notice.measure_ending, notice.counter.state) == ("restored", "restored")


def test_a_court_named_in_time_keeps_it_withheld_until_a_legal_reviewer_ends_it(floor, legal):
    notice = accepted(floor, legal)
    object_to(notice_id=notice.pk, statement="It is mine.", good_faith=True)
    name_court(notice_id=notice.pk, court="Phnom Penh Municipal Court, 77/2026")
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        assert restore_due() == 0
        assert Enforcement.objects.filter(reverses__isnull=False).count() == 0
        assert lift(actor=legal, notice_id=notice.pk) is True
        assert lift(actor=legal, notice_id=notice.pk) is False
    assert Enforcement.objects.filter(reverses__isnull=False).count() == 1


@pytest.mark.parametrize("kind", ["minors", "intimate"])
def test_to_a_notice_for_a_victim_there_is_no_counter_notice(floor, legal, kind):
    notice = accepted(floor, legal, kind)
    with pytest.raises(LawStepNotDue):
        object_to(notice_id=notice.pk, statement="It is mine.", good_faith=True)
    with pytest.raises(DatabaseError, match="counter_notice_objects_to_what_holds"), transaction.atomic():
        CounterNotice.objects.create(notice=notice, lodged_at=now(), waits_until=now() + timedelta(days=1))
    assert notice.letters.get(side="author").about == "by_law_only"


def test_a_measure_ends_by_itself_at_the_sooner_of_its_ends(floor, legal):
    notice = reviewed(noticed(ends_at=now() + timedelta(days=5)), floor)
    decide(actor=legal, notice_id=notice.pk, accept=True, reasons=WHY, until=now() + timedelta(days=9))
    object_to(notice_id=notice.pk, statement="It is mine.", good_faith=True)
    assert end_due() == 0
    with time_machine.travel(now() + timedelta(days=6), tick=True):
        assert (end_due(), end_due()) == (1, 0)
    with time_machine.travel(now() + timedelta(days=20), tick=True):
        assert restore_due() == 0
    assert Enforcement.objects.filter(reverses__isnull=False).count() == 1
    notice.refresh_from_db()
    assert (notice.measure_ending, notice.counter.state) == ("ran_out", "moot")


def test_what_is_not_found_waits_until_it_is(floor, legal):
    notice = send(sent=sent("https://platform.example/post/9"))
    assert (notice.state, notice.item) == ("unknown", None)
    with pytest.raises(LawNoticeInvalid):
        locate(actor=legal, notice_id=notice.pk, address="test:nowhere")
    item = make.item()
    locate(actor=legal, notice_id=notice.pk, address=f"test:{item.external_id}")
    assert reviewed(LawNotice.objects.get(), floor).state == "law"


def test_taken_back_it_is_decided_by_nobody(floor, legal):
    notice = reviewed(noticed(), floor)
    withdraw(notice_id=notice.pk)
    with pytest.raises(LawStepNotDue):
        decide(actor=legal, notice_id=notice.pk, accept=True, reasons=WHY)
    with pytest.raises(LawStepNotDue):
        withdraw(notice_id=notice.pk)
    assert Enforcement.objects.count() == 0


def test_sent_twice_it_is_kept_once(house):
    item = make.item()
    assert noticed(item=item).pk == noticed(item=item).pk
    assert Report.objects.filter(item=item).count() == 1


def test_whose_notices_rest_is_told_so_and_nothing_is_kept(house):
    notice = noticed()
    Reporter.objects.update(paused_until=now() + timedelta(days=3))
    with pytest.raises(LawNoticeNotTaken):
        noticed()
    assert LawNotice.objects.get() == notice
    with time_machine.travel(now() + timedelta(days=4), tick=True):
        assert noticed().state == "review"


def test_unfounded_notices_bring_a_warning_before_anything_else(floor, legal):
    from apps.strikes.models import ReporterPause, ReporterWarning

    first = noticed()
    Reporter.objects.update(judged=19)
    reviewed(first, floor)
    later()
    assert ReporterWarning.objects.get().reporter.external_id == first.sender
    assert not ReporterPause.objects.exists()
    assert EMAIL not in first.sender


def test_what_was_written_is_forgotten_a_year_after_the_end(floor, legal):
    held = accepted(floor, legal)
    gone = noticed("privacy")
    withdraw(notice_id=gone.pk)
    assert forget_words() == 0
    with time_machine.travel(now() + timedelta(days=366), tick=True):
        assert (forget_words(), forget_words()) == (1, 0)
    words = LawWords.objects.get(notice=gone)
    assert (words.name, words.email, words.statement) == ("", "", "")
    assert LawWords.objects.get(notice=held).name == NAME
