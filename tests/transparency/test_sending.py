"""Sending: batches of at most a hundred, what is refused set aside, what was there before counted as sent, the rest again."""

from datetime import timedelta

import httpx
import pytest
import time_machine
from django.utils.timezone import now

from apps.ledger.models import Event
from apps.transparency.calling import NOBODY_NAMED, Answer, post
from apps.transparency.models import Statement
from apps.transparency.operations import send_due, withhold_reversed
from apps.transparency.operations.sending import claim, settle


def test_statements_go_in_batches_of_a_hundred(many, public):
    rows = many(230)
    assert send_due() == 230
    assert public.batches == [100, 100, 30]
    assert public.known == {one.puid for one in rows}
    assert set(Statement.objects.values_list("state", flat=True)) == {"sent"}
    assert send_due() == 0
    assert Event.objects.filter(kind="statement.sent").count() == 3


def test_the_page_opens_on_what_is_refused_or_else_on_what_there_is(many, public, signed_in):
    rows = many(3)
    client = signed_in("admin")
    page = client.get("/transparency/statements/").text
    assert 'href="?state=ready" aria-current="page"' in page
    assert rows[0].puid in page
    public.also_refuses = {rows[1].puid}
    send_due()
    page = client.get("/transparency/statements/").text
    assert 'href="?state=refused" aria-current="page"' in page
    assert rows[1].puid in page
    assert rows[0].puid not in page


def test_one_that_is_refused_is_shown_with_its_reason_and_the_rest_go(many, public, signed_in):
    rows = many(5)
    bad = rows[2]
    public.also_refuses = {bad.puid}
    assert send_due() == 4
    bad.refresh_from_db()
    assert (bad.state, bad.reasons) == (
        "refused",
        [{"field": "decision_facts", "reason": "The decision facts field must not hold this."}],
    )
    assert public.known == {one.puid for one in rows} - {bad.puid}
    client = signed_in("admin")
    page = client.get("/transparency/statements/").content.decode()
    assert bad.puid in page
    assert "must not hold this" in page
    page = client.get(f"/transparency/statements/{bad.pk}/").content.decode()
    assert "Send it again" in page
    assert f"/board/new/?decision={bad.enforcement.decision_id}" in page
    public.also_refuses = set()
    client.post(f"/transparency/statements/{bad.pk}/again/")
    assert send_due() == 1
    assert (
        "not refused"
        in client.post(f"/transparency/statements/{bad.pk}/again/", follow=True).content.decode()
    )


def test_what_the_database_had_before_counts_as_sent_and_the_rest_go(many, public):
    rows = many(5)
    public.known = {rows[0].puid, rows[3].puid}
    assert send_due() == 5
    assert public.batches == [5, 3]
    assert public.known == {one.puid for one in rows}
    assert set(Statement.objects.values_list("state", flat=True)) == {"sent"}
    assert Statement.objects.exclude(reasons=[]).count() == 0
    told = [event.data["statements"] for event in Event.objects.filter(kind="statement.sent").order_by("pk")]
    assert told == [[rows[0].pk, rows[3].pk], [rows[1].pk, rows[2].pk, rows[4].pk]]


def test_refused_and_known_in_one_batch_are_told_apart(many, public):
    rows = many(6)
    public.known, public.also_refuses = {rows[0].puid, rows[2].puid}, {rows[2].puid, rows[5].puid}
    assert send_due() == 4
    states = list(Statement.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["sent", "sent", "refused", "sent", "sent", "refused"]
    assert public.batches == [6, 4, 3]


def test_an_answer_lost_on_the_way_counts_a_statement_once(many, public):
    rows = many(3)
    public.loses_answers = True
    assert send_due() == 0
    assert public.known == {one.puid for one in rows}  # it is there, and we do not know
    assert set(Statement.objects.values_list("state", flat=True)) == {"ready"}
    public.loses_answers = False
    with time_machine.travel(now() + timedelta(seconds=41)):
        assert send_due() == 3
    assert public.batches == [3, 3]
    assert set(Statement.objects.values_list("state", flat=True)) == {"sent"}


def test_what_was_withheld_while_it_was_on_its_way_is_sent_if_the_database_took_it(many, public):
    one = many(2)[1]
    batch = claim()
    withhold_reversed([Event(kind="enforcement.reversed", data={"reverses": one.enforcement_id})])
    assert settle(batch, Answer(taken=True)) == 2
    one.refresh_from_db()
    assert (one.state, one.because) == ("sent", "")


def test_and_stays_withheld_if_it_did_not(many, public):
    one = many(2)[1]
    batch = claim()
    withhold_reversed([Event(kind="enforcement.reversed", data={"reverses": one.enforcement_id})])
    assert settle(batch, Answer(error="503")) == 0
    one.refresh_from_db()
    assert (one.state, one.because, one.attempts) == ("withheld", "reversed_before_sending", 0)


@pytest.mark.parametrize(
    ("body", "size", "known", "refused", "error"),
    [
        ({"errors": {"puid": ["not unique"], "existing_puids": ["rq-0", "rq-2"]}}, 3, {0, 2}, [], ""),
        ({"errors": {"puid": ["not unique"], "existing_puids": {"1": "rq-1"}}}, 3, {1}, [], ""),
        ({"errors": {"puid": ["not unique"], "existing_puids": ["rq-0"]}}, 1, {0}, [], ""),
        ({"errors": {"statement_1": {"puid": ["The puid has already been taken."]}}}, 3, {1}, [], ""),
        ({"errors": {"statement_1": {"puid": ["The puid format is invalid."]}}}, 3, set(), [1], ""),
        ({"errors": {"statement_1": {"category": ["Invalid."], "puid": ["already taken"]}}}, 3, set(), [1], ""),
        ({"errors": {"statements.2.category": ["Invalid."]}}, 3, set(), [2], ""),
        ({"errors": {"category": ["Invalid."]}}, 1, set(), [0], ""),
        ({"errors": {"existing_puids": ["somebody-elses"]}}, 3, set(), [], NOBODY_NAMED),
        ({"errors": {"statement_7": {"category": ["Invalid."]}}}, 3, set(), [], NOBODY_NAMED),
        ({"errors": {"statements": ["Between 1 and 100."]}}, 3, set(), [], NOBODY_NAMED),
        ({"errors": ["Invalid."]}, 3, set(), [], NOBODY_NAMED),
        ({"message": "Invalid."}, 3, set(), [], NOBODY_NAMED),
        ([], 3, set(), [], NOBODY_NAMED),
    ],
)  # fmt: skip
def test_every_shape_of_refusal_is_read(monkeypatch, settings, body, size, known, refused, error):
    settings.DSA_API_URL, settings.DSA_API_TOKEN = "http://public.example", "token"
    monkeypatch.setattr("httpx.post", lambda *args, **options: httpx.Response(422, json=body))
    answer = post([{"puid": f"rq-{n}"} for n in range(size)])
    assert (answer.taken, answer.known, sorted(answer.refused), answer.error) == (
        False,
        known,
        refused,
        error,
    )


def test_too_many_calls_are_waited_for(many, public):
    many(2)
    public.away = 429
    assert send_due() == 0
    assert set(Statement.objects.values_list("state", "last_error")) == {("ready", "429")}


def test_while_the_database_is_away_everything_waits(many, public):
    many(3)
    public.away = 503
    assert send_due() == 0
    one = Statement.objects.first()
    assert (one.state, one.attempts, one.last_error) == ("ready", 1, "503")
    assert one.next_attempt_at > now() + timedelta(seconds=35)
    public.away = 0
    assert send_due() == 0  # not yet
    with time_machine.travel(now() + timedelta(seconds=41)):
        assert send_due() == 3


def test_without_an_address_nothing_is_sent(many):
    many(2)
    assert send_due() == 0
    assert set(Statement.objects.values_list("state", flat=True)) == {"ready"}
