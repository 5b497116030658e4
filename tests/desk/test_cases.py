"""Finding cases and reading about them: facts and history, never content, never why somebody rested."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import now

from apps.accounts.models import PlatformAccount
from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.intake.models import Flag, Media
from apps.ledger.models import Event
from apps.ledger.operations import record
from apps.queues import case_queries
from apps.queues.models import Case, CaseNote, Claim, Queue
from apps.queues.operations import claim_next, escalate, skip
from apps.queues.operations.opening import bar_conflicts
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import end_break, start_break, start_shift
from tests import make

WORDS = "a sentence nobody should meet by accident"
HT = Verdict(outcome="violates", rules=["HT-1"], actions=["remove"], explanation="It attacks a group.")


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def web(house, signed_in):
    return signed_in("supervisor")


def found(web, **asked):
    """The numbers of the cases a search lists, in order."""
    answer = web.get("/cases/", asked)
    assert answer.status_code == 200
    return [int(pk) for pk in re.findall(r'<th scope="row"><a href="/cases/(\d+)/"', answer.content.decode())]


def main_of(answer):
    """What the main part of a page says, without its frame and its markup."""
    text = answer.content.decode()
    return re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main>")])


def decided(case, by, verdict=HT):
    start_shift(actor=by)
    claim = claim_next(actor=by)
    assert claim.case_id == case.pk
    return decide(actor=by, claim_id=claim.claim_id, verdict=verdict, look=Look(77.5)).decision_id


@pytest.mark.parametrize("path", ["/cases/", "/cases/1/", "/items/1/"])
@pytest.mark.parametrize("who", ["moderator", "policy", "wellbeing", "legal"])
def test_only_those_who_answer_for_cases_read_about_them(house, signed_in, who, path):
    assert signed_in(who).get(path).status_code == 403


@pytest.mark.parametrize("who", ["supervisor", "senior", "admin"])
def test_a_list_shows_no_content(house, signed_in, who):
    case = make.case(item=make.item(text=WORDS))
    text = signed_in(who).get("/cases/").content.decode()
    assert f"/cases/{case.pk}/" in text
    assert WORDS not in text


def test_newest_first_a_page_at_a_time_without_counting(web, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(case_queries.page_of, "__kwdefaults__", {"after": "", "limit": 3})
    made = [make.case().pk for _ in range(7)]
    seen, url = [], "/cases/"
    while url:
        text = web.get(url).content.decode()
        page = [int(pk) for pk in re.findall(r'<th scope="row"><a href="/cases/(\d+)/"', text)]
        assert len(page) <= 3
        seen += page
        more = re.search(r'rel="next" href="([^"]+)"', text)
        url = f"/cases/{more.group(1)}".replace("&amp;", "&") if more else ""
    assert seen == made[::-1]


@pytest.mark.parametrize("order", ["newest", "oldest", "urgent", "due"])
def test_every_order_goes_through_all_cases_once(house, order, django_assert_num_queries):
    for n in range(9):
        make.case(priority=n % 3, due_in=timedelta(hours=n % 4))
    cases, seen, after = Case.objects.all(), [], ""
    while True:
        rows, after = case_queries.page_of(cases, order=order, after=after, limit=2)
        seen += rows
        if not after:
            break
    keys = {
        "newest": lambda c: -c.pk,
        "oldest": lambda c: c.pk,
        "urgent": lambda c: (c.rank, c.pk),
        "due": lambda c: (c.due_at, c.pk),
    }
    assert [c.pk for c in seen] == [c.pk for c in sorted(cases, key=keys[order])]


@pytest.mark.parametrize("after", ["x", "1.2.3", "9" * 40, "-1", "", "1e3", "٣"])
@pytest.mark.parametrize("order", ["newest", "urgent", "due"])
def test_a_key_that_cannot_be_read_begins_anew(web, after, order):
    make.case()
    assert web.get("/cases/", {"after": after, "order": order}).status_code == 200


@pytest.mark.parametrize("many", [1, 50])
def test_the_list_costs_the_same_for_any_number_of_cases(web, many, django_assert_num_queries):
    for _ in range(many):
        make.case(state="claimed")
    web.get("/cases/")
    # session, person; savepoint, patience, cases, release; holders; the queues to choose from
    with django_assert_num_queries(8):
        assert web.get("/cases/").status_code == 200


def test_filters_are_answered(web, moderator):
    hate = make.case(queue="hate", severity=5, language="km", rule_codes=["HT-1"], due_in=timedelta(hours=9))
    late = make.case(queue="fraud", due_in=timedelta(hours=-1), rule_codes=["AU-2"], purpose="re_review")
    soon = make.case(queue="fraud", due_in=timedelta(minutes=30), language="")
    Case.objects.filter(pk=soon.pk).update(detection_source="auto_flag")
    done = make.case(state="done", closed_at=now(), due_in=timedelta(hours=-9))
    assert found(web, queue="hate") == [hate.pk]
    assert found(web, severity=5) == [hate.pk]
    assert found(web, language="km") == [hate.pk]
    assert found(web, language="unknown") == [soon.pk]
    assert found(web, rule="HT-1") == [hate.pk]
    assert found(web, policy="HT") == [hate.pk]
    assert found(web, due="overdue") == [late.pk]
    assert found(web, due="hour") == [soon.pk]
    assert found(web, purpose="re_review") == [late.pk]
    assert found(web, source="auto_flag") == [soon.pk]
    assert found(web, state="done") == [done.pk]
    assert found(web, state="open") == [soon.pk, late.pk, hate.pk]
    assert found(web, order="due") == [late.pk, soon.pk, hate.pk]
    assert found(web, order="oldest", queue="fraud", state="open") == [late.pk, soon.pk]
    assert found(web, queue="hate", severity=1) == []


def test_a_case_is_found_by_its_number_and_by_the_item_it_is_about(web):
    one = make.case(item=make.item(external_id="post:77"))
    other = make.case(item=make.item(external_id=str(one.pk)))
    assert found(web, q=str(other.pk)) == [other.pk]
    assert found(web, q=str(one.pk)) == [other.pk, one.pk]
    assert found(web, q="post:77") == [one.pk]
    assert found(web, q="test:post:77") == [one.pk]
    assert found(web, q="elsewhere:77") == []
    assert found(web, q="%") == []


def test_decided_cases_are_found_by_what_was_decided(web, moderator):
    case = make.case(rule_codes=["HT-1"])
    make.case(queue="escalations")
    decided(case, moderator)
    assert found(web, outcome="violates") == [case.pk]
    assert found(web, outcome="violates", rule="HT-1", decided="today") == [case.pk]
    assert found(web, outcome="violates", rule="HT-2") == []
    assert found(web, outcome="unsure") == []
    assert found(web, action="remove", policy="HT") == [case.pk]


def test_a_decision_taken_back_does_not_count(web, moderator):
    case = make.case()
    undo(actor=moderator, decision_id=decided(case, moderator))
    assert found(web, outcome="violates") == []


@pytest.mark.parametrize(
    "asked",
    [{"severity": "9"}, {"queue": "nowhere"}, {"state": "asleep"}, {"order": "random"}, {"q": "a\x00"}],
)
def test_what_cannot_be_asked_is_said_beside_its_field(web, asked):
    make.case()
    answer = web.get("/cases/", asked)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


def test_a_search_that_goes_through_too_much_is_given_up_and_says_so(web, monkeypatch):
    make.case()
    monkeypatch.setattr(case_queries, "PATIENCE", "1ms")
    monkeypatch.setattr(
        case_queries, "_after", lambda cases, keys, after: cases.extra(where=["pg_sleep(0.2) IS NOT NULL"])
    )
    answer = web.get("/cases/")
    assert answer.status_code == 422
    assert "This search goes through too many cases." in answer.content.decode()


@pytest.fixture
def a_full_case(house, moderator, moderator2, senior):
    """Taken up and skipped with a reason, escalated with a note, decided; reported, scored, with media."""
    item = make.item(text=WORDS, kind="image", language="en")
    make.report(item, by="anna", comment="her own words")
    make.report(item, by="ben", trusted=True)
    Flag.objects.create(
        item=item, item_revision=1, detector="toxic", detector_version="3", over_threshold=True,
        scores=[{"rule": "HT-1", "score": 0.91, "threshold": 0.8}],
    )  # fmt: skip
    Media.objects.create(
        item=item, revision=1, position=0, mime="image/jpeg", sha256="ab" * 32, pdq="cd" * 32, pdq_quality=88,
        state="ready", file="some/file.jpg", veil="data:image/webp;base64,AAAA",
    )  # fmt: skip
    case = make.case(item=item, queue="hate", exposure=2, rule_codes=["HT-1"])
    start_shift(actor=moderator)
    skip(
        actor=moderator,
        claim_id=claim_next(actor=moderator).claim_id,
        reason="my cousin died",
        look=Look(1234),
    )
    start_break(actor=moderator)
    end_break(actor=moderator)
    start_shift(actor=moderator2)
    escalate(
        actor=moderator2,
        claim_id=claim_next(actor=moderator2).claim_id,
        note="Look at the sign.",
        look=Look(3),
    )
    decided(case, senior)
    case.refresh_from_db()
    return case


def page(client, case):
    answer = client.get(f"/cases/{case.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("who", ["supervisor", "senior", "admin"])
def test_a_case_page_tells_the_whole_story_without_the_content(a_full_case, signed_in, who):
    text = page(signed_in(who), a_full_case)
    for said in (
        "Decided: breaks a rule (HT-1)", "Taken up", "Went back to “Hate and discrimination”",
        "Escalated to “Escalations”", "Look at the sign.", "It attacks a group.", "M-senior", "ab" * 32, "cd" * 32,
        "/guidelines/versions/1.1.0/rules/HT-1/", "Trusted flagger", "toxic 3", "To be done: Remove content",
    ):  # fmt: skip
        assert said in text, said
    assert WORDS not in text
    assert "her own words" not in text
    assert "some/file.jpg" not in text
    assert "data:image/webp" not in text
    assert "/media/" not in text


@pytest.mark.parametrize("who", ["supervisor", "senior", "admin"])
def test_why_somebody_rested_or_passed_a_case_on_is_never_there(a_full_case, signed_in, moderator, who):
    client = signed_in(who)
    for path in (f"/cases/{a_full_case.pk}/", f"/items/{a_full_case.item_id}/", f"/people/{moderator.pk}/"):
        answer = client.get(path)
        if who == "senior" and path.startswith("/people"):
            assert answer.status_code == 404
            continue
        text = main_of(answer).lower()
        for private in ("my cousin died", "skip", "break", "shift", "1234", "77.5"):
            assert private not in text.replace("breaks a rule", ""), (path, private)


@pytest.mark.parametrize("many", [1, 50])
def test_a_case_page_costs_the_same_for_any_history(a_full_case, signed_in, many, django_assert_num_queries):
    client = signed_in("supervisor")
    for n in range(many):
        CaseNote.objects.create(case=a_full_case, author_id=Claim.objects.first().holder_id, text="note")
        make.report(a_full_case.item, by=f"r{n}")
        make.case(item=a_full_case.item, state="done", closed_at=now())
        at = now() - timedelta(hours=n + 1)
        Claim.objects.create(
            case=a_full_case, holder_id=Claim.objects.first().holder_id, exposure=0, used_before=0, budget=0,
            reserved=0, started_at=at, expires_at=at + timedelta(minutes=5), ended_at=at, ending="expired",
        )  # fmt: skip
    page(client, a_full_case)
    # session, person, case; events, their people, their queues; claims; decisions, citations, enforcements;
    # reports, scores, media, notes, other cases
    with django_assert_num_queries(15):
        page(client, a_full_case)


def test_an_item_page_tells_the_story_across_its_cases(a_full_case, web):
    again = make.case(item=a_full_case.item, purpose="re_review")
    record_opened(again)
    text = web.get(f"/items/{a_full_case.item_id}/").content.decode()
    assert f"/cases/{again.pk}/" in text
    assert f"/cases/{a_full_case.pk}/" in text
    assert "Decided: breaks a rule (HT-1)" in text
    assert WORDS not in text


def record_opened(case):
    from django.db import transaction

    with transaction.atomic():
        record(
            "case.opened", actor=None, case=case, item=case.item_id, queue=case.queue_id, severity=3, due=1
        )


@pytest.mark.parametrize("many", [1, 50])
def test_an_item_page_costs_the_same_for_any_number_of_cases(
    a_full_case, signed_in, many, django_assert_num_queries
):
    client = signed_in("supervisor")
    for _ in range(many):
        record_opened(make.case(item=a_full_case.item, state="done", closed_at=now()))
    # session, person, item, is it hers; events, people, queues; cases; decisions, citations, enforcements;
    # reports, scores, media
    with django_assert_num_queries(14):
        assert client.get(f"/items/{a_full_case.item_id}/").status_code == 200


def test_a_long_timeline_comes_in_pages(web):
    case = make.case()
    for _ in range(130):
        record_moved(case)
    first = web.get(f"/cases/{case.pk}/").content.decode()
    assert first.count("Moved from") == 100
    more = re.search(r'href="(\?before=\d+)#timeline"', first).group(1)
    assert web.get(f"/cases/{case.pk}/{more}").content.decode().count("Moved from") == 30
    assert web.get(f"/cases/{case.pk}/?before=x").status_code == 200


def record_moved(case):
    from django.db import transaction

    with transaction.atomic():
        record("case.moved", actor=None, case=case, **{"from": case.queue_id, "to": case.queue_id})


def test_the_same_thing_many_times_over_is_said_once(web):
    from django.db import transaction

    case = make.case()
    with transaction.atomic():
        for views in (10, 20, 3000):
            record("views.counted", actor=None, item=case.item_id, views=views)
    text = web.get(f"/items/{case.item_id}/").content.decode()
    assert "3,000 views counted" in text
    assert "3 times" in text
    assert text.count("views counted") == 1


def test_what_one_reported_or_wrote_oneself_is_as_if_it_were_not_there(web, supervisor):
    case = make.case()
    author = case.item.author
    PlatformAccount.objects.create(user=supervisor, source=author.source, external_id=author.external_id)
    bar_conflicts([case.pk])
    assert web.get(f"/cases/{case.pk}/").status_code == 404
    assert web.get(f"/items/{case.item_id}/").status_code == 404
    assert web.post(f"/cases/{case.pk}/text/").status_code == 404


@pytest.mark.parametrize("path", ["/cases/999999/", "/items/999999/", "/people/999999/"])
def test_what_is_not_there_is_not_found(web, path):
    assert web.get(path).status_code == 404


def test_the_text_comes_only_when_asked_for_and_that_is_written_down(web, supervisor):
    case = make.case(item=make.item(text=WORDS), exposure=3)
    assert WORDS not in page(web, case)
    answer = web.post(f"/cases/{case.pk}/text/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert WORDS in text
    assert "<rq-veil veiled" in text
    event = Event.objects.get(kind="case.text_opened")
    assert (event.actor_id, event.case_id, event.private) == (supervisor.pk, case.pk, False)
    assert WORDS not in str(event.data)
    assert "Opened the text to read it here" in page(web, case)


def test_without_javascript_the_text_comes_with_the_page(web):
    case = make.case(item=make.item(text=WORDS))
    answer = web.post(f"/cases/{case.pk}/text/")
    assert answer.status_code == 200
    assert WORDS in answer.content.decode()
    assert web.get(f"/cases/{case.pk}/text/").status_code == 405


@pytest.mark.parametrize(("exposure", "status"), [(0, 200), (1, 200), (2, 403), (4, 403)])
def test_who_also_moderates_opens_heavy_text_only_at_the_desk(house, signed_in, exposure, status):
    case = make.case(item=make.item(text=WORDS), exposure=exposure)
    client = signed_in("senior")
    answer = client.post(f"/cases/{case.pk}/text/")
    assert answer.status_code == status
    assert (WORDS in answer.content.decode()) == (status == 200)
    assert Event.objects.filter(kind="case.text_opened").exists() == (status == 200)
    assert ("Bring the text" in page(client, case)) == (status == 200)


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


def test_a_person_sees_all_she_did_and_others_only_her_work(a_full_case, signed_in, moderator):
    own = signed_in("moderator").get(f"/people/{moderator.pk}/").content.decode()
    assert "You skipped a case" in own
    assert "my cousin died" in own
    assert "You took a break" in own
    assert "You started your shift" in own
    for_supervisor = main_of(signed_in("supervisor").get(f"/people/{moderator.pk}/"))
    assert "Taken up" in for_supervisor
    for private in ("skip", "my cousin", "You took", "You started", "signed in", "Went back"):
        assert private not in for_supervisor


@pytest.mark.parametrize("who", ["moderator", "senior", "policy", "wellbeing", "legal"])
def test_nobody_else_opens_a_persons_timeline(house, signed_in, moderator2, who):
    answer = signed_in(who).get(f"/people/{moderator2.pk}/")
    assert answer.status_code == 404
    assert "M-moderator2" not in answer.content.decode()


@pytest.mark.parametrize("many", [1, 50])
def test_a_persons_timeline_costs_the_same_for_any_history(web, moderator, many, django_assert_num_queries):
    from django.db import transaction

    for _ in range(many):
        case = make.case()
        with transaction.atomic():
            record("case.claimed", actor=moderator, case=case, queue=case.queue_id)
    web.get(f"/people/{moderator.pk}/")
    # session, supervisor, person, events, people named in them, queues named in them
    with django_assert_num_queries(6):
        assert web.get(f"/people/{moderator.pk}/").status_code == 200


def test_a_new_kind_of_event_is_told_in_plain_words(web):
    from django.db import transaction

    case = make.case()
    with transaction.atomic():
        record("case.looked_at_twice", actor=None, case=case)
    assert "Case looked at twice" in page(web, case)


def test_a_switched_off_queue_is_no_place_to_move_to(web):
    Queue.objects.filter(slug="threats").update(active=False)
    assert "threats" not in page(web, make.case(queue="hate"))
