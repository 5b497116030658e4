"""What decisions here say of an exchange's entries goes back to it: once a word, allowed by an admin, and nothing else."""

import json
import threading
import urllib.request
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.ledger.models import Event
from apps.matching import operations
from apps.matching.exchanges import NO_WAY_BACK, Category
from apps.matching.hashes import NewEntry
from apps.matching.models import Entry, Exchange, OwedOpinion
from apps.matching.operations import let_tell, opine_by_decision, tell_exchanges, withdraw_of_decision
from apps.matching.operations.entering import add_entries
from apps.matching.operations.telling import CLAIMED_FOR
from tests import make
from tests.conftest import person
from tests.matching.conftest import HASH, bank, flipped

SAID_AT_LENGTH = "A weather map, as the author Sokha wrote to us."


class Feedback(BaseHTTPRequestHandler):
    """Takes feedback as NCMEC's hash sharing does: PUT /v2/entries/MEMBER/ENTRY/KIND/feedback."""

    heard: list = []
    answers: list = []

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Feedback.heard.append((self.path, self.headers["Content-Type"], body))
        self.send_response(Feedback.answers.pop(0) if Feedback.answers else 200)
        self.end_headers()

    def log_message(self, *args):
        pass


class Sharing:
    """An organisation's exchange in the package's shape, against the server above."""

    url = ""

    def fetch_iter(self, supported_signal_types, checkpoint):
        return iter(())

    def report_opinion(self, s_type, signal, opinion):
        assert (opinion.is_mine, set(opinion.tags)) == (True, set())
        vote = {2: "affirmative", 0: "negative"}[opinion.category]
        body = f'<feedbackSubmission xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><{vote}/></feedbackSubmission>'
        request = urllib.request.Request(
            f"{Sharing.url}/v2/entries/17/{signal}/{s_type.get_name().upper()}/feedback",
            data=body.encode(),
            method="PUT",
            headers={"Content-Type": "application/xml; charset=utf-8"},
        )
        urllib.request.urlopen(request, timeout=5).close()


class Silent(Sharing):
    def report_opinion(self, s_type, signal, opinion):
        raise NO_WAY_BACK


@pytest.fixture
def server():
    Feedback.heard, Feedback.answers = [], []
    serving = HTTPServer(("127.0.0.1", 0), Feedback)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    Sharing.url = f"http://127.0.0.1:{serving.server_port}"
    yield Feedback
    serving.shutdown()
    serving.server_close()


@pytest.fixture
def exchange(house, server, settings):
    settings.MATCHING_EXCHANGES = {
        "sharing": "tests.matching.test_telling.Sharing",
        "silent": "tests.matching.test_telling.Silent",
    }
    return Exchange.objects.create(name="Sharing", kind="sharing", bank=bank("Shared", source="exchange"))


def shared(exchange, value=HASH, ref="") -> Entry:
    """An entry that came from the exchange."""
    new = NewEntry(signal="pdq", value=value, ref=ref or f"pdq:{value}", tags=["private-tag"])
    with transaction.atomic():
        add_entries(bank=exchange.bank, entries=[new], actor=None)
    return Entry.objects.get(value=value)


def allow(exchange):
    let_tell(actor=person("admin"), bank_id=exchange.bank_id, on=True)


def decided(entry, upheld, *, who="moderator", number=1):
    opine_by_decision(
        person_id=person(who).pk, entry_ids=[entry.pk], upheld=upheld, decision_id=number, item_id=0
    )


def later(minutes):
    return time_machine.travel(now() + timedelta(minutes=minutes))


def states(entry):
    return [
        (one.version, one.says, one.state) for one in OwedOpinion.objects.filter(entry=entry).order_by("id")
    ]


def test_nothing_is_owed_until_an_admin_allows_it(exchange, server):
    entry = shared(exchange)
    decided(entry, True)
    assert not OwedOpinion.objects.exists()
    allow(exchange)
    decided(entry, True, who="moderator2", number=2)
    assert states(entry) == [(1, "positive", "waiting")]
    assert tell_exchanges() == 0, "the decision may still be taken back"
    assert server.heard == []
    with later(2):
        assert tell_exchanges() == 1
        assert tell_exchanges() == 0
    assert states(entry) == [(1, "positive", "sent")]
    assert server.heard == [
        (
            f"/v2/entries/17/{HASH}/PDQ/feedback",
            "application/xml; charset=utf-8",
            '<feedbackSubmission xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><affirmative/></feedbackSubmission>',
        )
    ]
    [told] = Event.objects.filter(kind="exchange.told")
    assert (told.actor_id, told.data["state"], told.data["says"]) == (None, "sent", "positive")


def test_the_same_word_is_owed_once_and_another_word_anew(exchange, server):
    allow(exchange)
    entry = shared(exchange)
    decided(entry, False)
    decided(entry, False, who="moderator2", number=2)
    with later(2):
        tell_exchanges()
    decided(entry, False, who="senior", number=3)
    assert states(entry) == [(1, "negative", "sent")]
    # They do not agree any more: nothing is said until they do.
    decided(entry, True, who="senior", number=4)
    assert states(entry) == [(1, "negative", "sent")]
    withdraw_of_decision([1, 2])
    assert states(entry) == [(1, "negative", "sent"), (2, "positive", "waiting")]
    with later(2):
        tell_exchanges()
    assert [("affirmative" in body, "negative" in body) for _, _, body in server.heard] == [
        (False, True), (True, False),
    ]  # fmt: skip


def test_an_opinion_she_takes_back_on_the_page_is_told_as_one_taken_back_by_an_undo(
    exchange, server, signed_in
):
    """Her decision stands, and says nothing of the entry any more; what others decided is owed instead."""
    allow(exchange)
    entry = shared(exchange)
    decided(entry, False, who="senior")
    signed_in("senior").post(f"/banks/entries/{entry.pk}/opinion/withdraw/")
    assert states(entry) == [(1, "negative", "dropped")]
    decided(entry, True, number=2)
    decided(entry, False, who="senior", number=3)
    assert states(entry) == [(1, "negative", "dropped"), (2, "positive", "dropped")]
    signed_in("senior").post(f"/banks/entries/{entry.pk}/opinion/withdraw/")
    assert states(entry) == [
        (1, "negative", "dropped"),
        (2, "positive", "dropped"),
        (3, "positive", "waiting"),
    ]
    with later(2):
        assert tell_exchanges() == 1
    assert "affirmative" in server.heard[0][2]


def test_a_decision_taken_back_in_time_is_not_told(exchange, server):
    allow(exchange)
    entry = shared(exchange)
    decided(entry, False)
    withdraw_of_decision([1])
    assert states(entry) == [(1, "negative", "dropped")]
    with later(2):
        assert tell_exchanges() == 0
    assert server.heard == []
    decided(entry, False, number=2)
    assert states(entry) == [(1, "negative", "dropped"), (2, "negative", "waiting")]


def test_of_an_entry_that_is_not_the_exchanges_nothing_is_owed(exchange):
    allow(exchange)
    ours = operations.add_entry(
        actor=person("policy"),
        bank_id=exchange.bank_id,
        entry=NewEntry(signal="pdq", value=HASH, why="ours", ref=f"pdq:{HASH}"),
    )
    other = shared(exchange, flipped(HASH, 50), ref="list-17")
    words = NewEntry(signal="text", value="ab" * 32, ref="raw_text:Meet me behind the old station")
    with transaction.atomic():
        add_entries(bank=exchange.bank, entries=[words], actor=None)
    text = Entry.objects.get(signal="text")
    for number, one in enumerate((ours, other, text), 1):
        decided(one, False, number=number)
    assert not OwedOpinion.objects.exists()
    with pytest.raises(IntegrityError, match="owed_only_where_an_admin_allowed_it"), transaction.atomic():
        OwedOpinion.objects.create(exchange=exchange, entry=ours, version=1, says="negative", due_at=now())


def test_what_somebody_says_on_the_entrys_page_is_not_told(exchange):
    allow(exchange)
    entry = shared(exchange)
    operations.opine(actor=person("senior"), entry_id=entry.pk, says="negative", why=SAID_AT_LENGTH)
    assert not OwedOpinion.objects.exists()


def test_neither_names_nor_notes_nor_tags_are_sent(exchange, server):
    allow(exchange)
    entry = shared(exchange)
    operations.opine(
        actor=person("moderator"), entry_id=entry.pk, says="negative", why=SAID_AT_LENGTH, decision_id=1
    )
    with later(2):
        assert tell_exchanges() == 1
    sent = json.dumps(server.heard)
    for word in (
        "Sokha",
        "weather",
        "private-tag",
        "moderator",
        person("moderator").pseudonym,
        "Shared",
        "HR-1",
    ):
        assert word not in sent


def test_an_exchange_that_fails_is_tried_again_with_doubling_waits_and_shown(exchange, server, signed_in):
    allow(exchange)
    entry = shared(exchange)
    decided(entry, False)
    server.answers[:] = [503, 503, 200]
    owed = OwedOpinion.objects.get()
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert tell_exchanges() == 0
        owed.refresh_from_db()
        assert (owed.state, owed.attempts, owed.due_at - now()) == ("waiting", 1, timedelta(minutes=1))
        assert tell_exchanges() == 0
    page = " ".join(signed_in("policy").get(f"/banks/{exchange.bank_id}/").content.decode().split())
    assert "Waiting" in page
    assert "The exchange did not answer as it should (HTTPError). Tried 1 time; again" in page
    with time_machine.travel(owed.due_at, tick=False):
        assert tell_exchanges() == 0
        owed.refresh_from_db()
        assert (owed.attempts, owed.due_at - now()) == (2, timedelta(minutes=2))
    with time_machine.travel(owed.due_at, tick=False):
        assert tell_exchanges() == 1
    assert len(server.heard) == 3
    assert states(entry) == [(1, "negative", "sent")]


def test_after_three_days_it_is_given_up(exchange, server):
    allow(exchange)
    entry = shared(exchange)
    decided(entry, False)
    server.answers[:] = [500]
    with later(73 * 60):
        assert tell_exchanges() == 0
    owed = OwedOpinion.objects.get()
    assert (owed.state, owed.reason.startswith("Given up after three days.")) == ("refused", True)


def test_an_exchange_that_is_away_does_not_hold_up_another(exchange, server):
    allow(exchange)
    away = Exchange.objects.create(name="Away", kind="nobody set it up", bank=bank("Away", source="exchange"))
    allow(away)
    for number in range(3):
        decided(shared(away, flipped(HASH, 60 + 40 * number)), False, number=number + 1)
    mine = shared(exchange)
    decided(mine, True, number=9)
    with later(2):
        assert tell_exchanges() == 1
    assert states(mine) == [(1, "positive", "sent")]
    tried = OwedOpinion.objects.filter(exchange=away).order_by("id")
    assert [(one.state, one.attempts) for one in tried] == [("waiting", 1), ("waiting", 0), ("waiting", 0)]


@pytest.mark.parametrize(
    ("kind", "answers", "reason"),
    [
        ("silent", [], "This exchange takes no such opinions."),
        ("sharing", [403], "The exchange refused it (HTTP 403)."),
    ],
)
def test_what_an_exchange_will_not_have_is_refused_once_with_its_reason(
    exchange, server, signed_in, kind, answers, reason
):
    Exchange.objects.update(kind=kind)
    allow(exchange)
    entry = shared(exchange)
    decided(entry, False)
    server.answers[:] = answers
    with later(2):
        assert tell_exchanges() == 0
    with later(600):
        assert tell_exchanges() == 0
    assert len(server.heard) == len(answers)
    assert states(entry) == [(1, "negative", "refused")]
    page = " ".join(signed_in("policy").get(f"/banks/{exchange.bank_id}/").content.decode().split())
    assert "Refused" in page
    assert reason in page
    decided(entry, False, who="moderator2", number=2)
    assert states(entry) == [(1, "negative", "refused")], "the same word is not owed again"


def test_an_entry_the_exchange_withdrew_is_not_told_of(exchange, server):
    allow(exchange)
    entry = shared(exchange)
    decided(entry, False)
    operations.purge(actor=None, entry_ids=[entry.pk])
    with later(2):
        assert tell_exchanges() == 0
    owed = OwedOpinion.objects.get()
    assert (owed.state, owed.reason) == ("dropped", "The exchange withdrew it meanwhile.")
    assert server.heard == []


def test_only_an_admin_switches_it_and_what_waited_is_then_not_sent(exchange, server, signed_in):
    path = f"/banks/{exchange.bank_id}/tells/"
    keeper, admin = signed_in("policy"), signed_in("admin")
    page = keeper.get(f"/banks/{exchange.bank_id}/").content.decode()
    assert "Sharing is told nothing." in page
    assert path not in page
    assert keeper.post(path, {"on": "1"}).status_code == 403
    assert path in admin.get(f"/banks/{exchange.bank_id}/").content.decode()
    assert admin.post(path, {"on": "1"}).status_code == 302
    assert admin.post(path, {"on": "1"}).status_code == 302
    exchange.refresh_from_db()
    assert exchange.tells_by == person("admin")
    assert (
        f"allowed by {person('admin').pseudonym}"
        in keeper.get(f"/banks/{exchange.bank_id}/").content.decode()
    )
    entry = shared(exchange)
    decided(entry, False)
    admin.post(path, {"on": "0"})
    admin.post(path, {"on": "1"})
    with later(2):
        assert tell_exchanges() == 0
    assert (states(entry), server.heard) == ([(1, "negative", "dropped")], [])
    on = [event.data["on"] for event in Event.objects.filter(kind="exchange.tells").order_by("id")]
    assert on == [True, False, True]
    without = bank("Ours")
    assert admin.post(f"/banks/{without.pk}/tells/", {"on": "1"}).status_code == 404


def test_what_went_out_while_it_was_dropped_is_written_down_and_corrected(exchange, server, monkeypatch):
    allow(exchange)
    entry = shared(exchange)
    decided(entry, False)
    real = Sharing.report_opinion

    def meanwhile(self, s_type, signal, opinion):
        real(self, s_type, signal, opinion)
        if opinion.category == Category.NEGATIVE_CLASS:
            withdraw_of_decision([1])
            decided(entry, True, number=2)

    monkeypatch.setattr(Sharing, "report_opinion", meanwhile)
    with later(2):
        tell_exchanges()
    with later(10):
        tell_exchanges()
    assert [body.count("affirmative") for _, _, body in server.heard] == [0, 1]
    assert states(entry)[-1][1:] == ("positive", "sent")


def test_the_database_keeps_what_was_settled(exchange):
    allow(exchange)
    entry = shared(exchange)
    decided(entry, False)
    owed = OwedOpinion.objects.get()

    def refused(name, **values):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            OwedOpinion.objects.filter(pk=owed.pk).update(**values)

    refused("owed_is_settled_once", says="positive")
    refused("owed_is_settled_once", version=2)
    refused("owed_state_says_when_and_why", state="refused", settled_at=now())
    refused("owed_state_says_when_and_why", state="sent")
    for version, name in ((1, "owed_once_per_entry_and_version"), (2, "owed_one_waiting_per_entry")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            OwedOpinion.objects.create(
                exchange=exchange, entry=entry, version=version, says="negative", due_at=now()
            )
    with pytest.raises(IntegrityError, match="owed_says_yes_or_no"), transaction.atomic():
        OwedOpinion.objects.create(exchange=exchange, entry=entry, version=3, says="seed", due_at=now())
    with pytest.raises(IntegrityError, match="exchange_told_says_who_allowed_it"), transaction.atomic():
        Exchange.objects.update(tells_by=None)
    OwedOpinion.objects.filter(pk=owed.pk).update(state="sent", settled_at=now())
    refused("owed_is_settled_once", state="waiting", settled_at=None)
    with pytest.raises(IntegrityError, match="owed_is_settled_once"), transaction.atomic():
        OwedOpinion.objects.get(pk=owed.pk).delete()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_many_who_decide_at_once_owe_one_word_and_many_workers_send_it_once(server, settings):
    make.house()
    settings.MATCHING_EXCHANGES = {"sharing": "tests.matching.test_telling.Sharing"}
    exchange = Exchange.objects.create(name="S", kind="sharing", bank=bank("Shared", source="exchange"))
    allow(exchange)
    entry = shared(exchange)
    names = ["moderator", "moderator2", "senior", "policy"]
    people = [person(name).pk for name in names]
    start = threading.Barrier(4)

    def at_once(action):
        def run(n):
            start.wait()
            try:
                action(n)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    at_once(
        lambda n: opine_by_decision(
            person_id=people[n], entry_ids=[entry.pk], upheld=False, decision_id=n + 1, item_id=0
        )
    )
    assert states(entry) == [(1, "negative", "waiting")]
    with transaction.atomic():
        OwedOpinion.objects.update(due_at=now() - CLAIMED_FOR)
    at_once(lambda n: tell_exchanges())
    assert len(server.heard) == 1
    assert states(entry) == [(1, "negative", "sent")]
