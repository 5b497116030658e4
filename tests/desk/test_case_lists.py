"""Finding cases: by what they are about, a page at a time, never by what they say."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import now

from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.queues import case_queries
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
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
    # session with its person; savepoint, patience, cases, release; holders; the queues to choose from
    with django_assert_num_queries(7):
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
