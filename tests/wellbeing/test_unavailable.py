"""Not available is one answer: the same bytes, from every door, for the same work, whatever the cause.

Each cause is brought about in a savepoint, every door of those who plan the work is opened, and all is taken back.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from apps.accounts.keys import issue
from apps.accounts.models import PlatformAccount
from apps.insight import consumers
from apps.ledger.operations import drain
from apps.queues.models import Barred
from apps.wellbeing.care.operations import check_in, consent
from apps.wellbeing.care.queries import reads_of
from apps.wellbeing.models import PersonLimit, Shift
from apps.wellbeing.operations import choose_harms, end_shift, start_break, start_shift, tighten
from apps.wellbeing.veil.operations import set_own_veil
from tests import make

NOON = "2026-03-04T12:00:00+00:00"


def no_shift(her):
    pass


def shift_ended(her):
    start_shift(actor=her)
    end_shift(actor=her)


def on_a_break(her):
    start_shift(actor=her)
    start_break(actor=her)


def on_a_long_overrun_break(her):
    on_a_break(her)
    Shift.objects.filter(user=her).update(break_started_at=now() - timedelta(hours=3))


def at_her_limit_and_on_a_break(her):
    on_a_break(her)
    Shift.objects.filter(user=her).update(spent=10**6)


def opted_out_and_on_a_break(her):
    on_a_break(her)
    PersonLimit.objects.create(user=her, max_exposure=0, budget=0)


def unwell_and_home(her):
    check_in("Heavier than usual", "No", "I went home.", actor=her, today=now().date())
    consent("named", given=True, actor=her)


NOT_AVAILABLE = (
    no_shift,
    shift_ended,
    on_a_break,
    on_a_long_overrun_break,
    at_her_limit_and_on_a_break,
    opted_out_and_on_a_break,
    unwell_and_home,
)


def fresh(her):
    start_shift(actor=her)


def at_her_limit(her):
    start_shift(actor=her)
    Shift.objects.filter(user=her).update(spent=10**6)


def all_reserved(her):
    start_shift(actor=her)
    Shift.objects.filter(user=her).update(reserved=10**6)


def tightened(her):
    start_shift(actor=her)
    tighten(actor=her, max_exposure=0, budget=0, opted_in_to_extreme=False)


def veiled(her):
    start_shift(actor=her)
    set_own_veil("picture", {"blur": 2, "edges": 1}, actor=her)


def opted_out_of_kinds_of_harm(her):
    start_shift(actor=her)
    choose_harms(actor=her, avoids=3)


def out_of_heavy_minutes(her):
    start_shift(actor=her)
    Shift.objects.filter(user=her).update(high_seconds=10**5, high_since_rest=True, extreme_days=3)


def resting_after_an_extreme_case(her):
    start_shift(actor=her)
    Shift.objects.filter(user=her).update(extremes=3, extreme_seconds=10**4)


def at_the_end_of_her_day(her):
    start_shift(actor=her)
    Shift.objects.filter(user=her).update(seconds_before=8 * 3600)


AVAILABLE = (
    fresh,
    at_her_limit,
    all_reserved,
    tightened,
    veiled,
    opted_out_of_kinds_of_harm,
    out_of_heavy_minutes,
    resting_after_an_extreme_case,
    at_the_end_of_her_day,
)


def her_own(her, case):
    start_shift(actor=her)
    PlatformAccount.objects.create(user=her, source="test", external_id=case.item.author.external_id)


@pytest.fixture
def planned(db, moderator, supervisor, signed_in):
    """A team and a heavy case, seen by a supervisor and by a program."""
    make.house()
    case = make.case(queue="hate", exposure=2, priority=9)
    key = issue("stats", ["read"], actor=None)
    return {"her": moderator, "case": case, "client": signed_in("supervisor"), "key": key}


def masked(body: bytes) -> bytes:
    """Without what is drawn anew for every page, whoever it is about."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", body)


def doors(planned) -> dict[str, tuple[bytes, int]]:
    """What each door answers, and how often it asked where a cause could lie: the same work takes the same time."""
    client, her, case = planned["client"], planned["her"], planned["case"]
    program = {"headers": {"Authorization": f"Bearer {planned['key']}"}}
    give = {"give-person": her.pk}
    asked = {
        "her page": lambda: client.get(f"/people/{her.pk}/"),
        "her availability": lambda: client.get(f"/api/v1/people/{her.pseudonym}/availability", **program),
        "her exposure": lambda: client.get(f"/api/v1/people/{her.pseudonym}/exposure", **program),
        "her weeks": lambda: client.get(f"/wellbeing/people/{her.pk}/"),
        "the dashboard": lambda: client.get("/live/"),
        "its part": lambda: client.get("/live/board"),
        "its table": lambda: client.get("/live/csv/queues.csv"),
        "the numbers": lambda: client.get("/api/v1/stats", **program),
        "the plan": lambda: client.get("/planning/"),
        "the plan as a table": lambda: client.get("/planning/plan.csv"),
        "the case": lambda: client.get(f"/cases/{case.pk}/"),
        "giving her the case": lambda: client.post(f"/cases/{case.pk}/give/", give, follow=True),
    }
    found = {}
    for name, ask in asked.items():
        if name == "giving her the case":
            found["the websocket"] = (consumers._message().encode(), 0)
        with CaptureQueriesContext(connection) as queries:
            answer = ask()
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        # What else is asked for is remembered for seconds here and there, whoever the page is about.
        count = sum("wellbeing_" in query["sql"] or "care." in query["sql"] for query in queries)
        found[name] = (str(answer.status_code).encode() + b" " + masked(body), count)
    body, _ = found["giving her the case"]
    found["giving her the case"] = (body, 0)  # a door that tries: what it finds out first ends it
    return found


def told(planned, cause) -> dict[str, tuple[bytes, int]]:
    point = transaction.savepoint()
    cause(planned["her"])
    while drain():
        pass
    found = doors(planned)
    transaction.savepoint_rollback(point)
    planned["her"].refresh_from_db()
    return found


def same(first, second) -> list[str]:
    """Which doors tell two causes apart."""
    return [name for name in first if first[name] != second[name]]


@pytest.mark.parametrize("causes", [NOT_AVAILABLE, AVAILABLE], ids=["not available", "available"])
def test_every_door_gives_the_same_bytes_for_the_same_work_whatever_the_cause(planned, causes):
    with time_machine.travel(NOON, tick=False):
        told(planned, causes[0])  # whatever is looked up once is looked up
        first = told(planned, causes[0])
        for cause in causes[1:]:
            different = same(first, told(planned, cause))
            if causes is AVAILABLE:  # a fresh person can be given the case, and then it is given
                different = [name for name in different if cause is fresh or name != "giving her the case"]
            assert different == [], cause.__name__


def test_the_comparison_can_tell_that_somebody_is_available(planned):
    with time_machine.travel(NOON, tick=False):
        told(planned, no_shift)
        away, here = told(planned, no_shift), told(planned, tightened)
    assert {
        "her page",
        "her availability",
        "the dashboard",
        "the websocket",
        "the numbers",
        "its table",
    } <= set(same(away, here))
    assert away["her availability"][0] == b'200 {"pseudonym": "M-moderator", "available": false}'
    assert here["her availability"][0] == b'200 {"pseudonym": "M-moderator", "available": true}'


def test_a_refusal_to_give_her_a_case_has_the_same_bytes_for_every_cause(planned):
    def own_item(her):
        her_own(her, planned["case"])

    def skipped_it(her):
        start_shift(actor=her)
        Barred.objects.create(case=planned["case"], user=her, why="skipped")

    with time_machine.travel(NOON, tick=False):
        told(planned, no_shift)
        refused = {
            cause.__name__: told(planned, cause)["giving her the case"][0]
            for cause in (*NOT_AVAILABLE, at_her_limit, all_reserved, tightened, own_item, skipped_it)
        }
    assert len(set(refused.values())) == 1, refused.keys()
    assert b"This case cannot go to that person right now. Nothing was changed." in next(
        iter(refused.values())
    )


def test_a_program_that_asks_for_one_person_is_refused_and_she_sees_that_it_asked(planned, moderator):
    program = {"headers": {"Authorization": f"Bearer {planned['key']}"}}
    client = planned["client"]
    hers = client.get(f"/api/v1/people/{moderator.pseudonym}/exposure", **program)
    nobodys = client.get("/api/v1/people/nobody-of-that-name/exposure", **program)
    assert hers.status_code == nobodys.status_code == 403
    assert hers.json()["detail"] == nobodys.json()["detail"]
    assert {name: hers.json()[name] for name in ("type", "title")} == {
        name: nobodys.json()[name] for name in ("type", "title")
    }
    assert [(read["by"], read["what"], read["outcome"]) for read in reads_of(moderator)] == [
        ("a program", "weekly exposure", "refused")
    ]
    assert client.get("/api/v1/people/nobody-of-that-name/availability", **program).status_code == 404
