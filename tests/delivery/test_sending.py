"""Messages on their way, to a real receiver over real HTTP."""

import socket
import threading
from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now
from standardwebhooks import Webhook

from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.delivery import calling
from apps.delivery.calling import body
from apps.delivery.models import Attempt, Delivery, Endpoint
from apps.delivery.operations import add_endpoint, forget_old_payloads, replay, send_due, set_active
from apps.delivery.operations.sending import claim_due, next_attempt
from tests import make
from tests.patience import PATIENCE


@pytest.fixture
def owed(endpoint):
    """`owed()`: a message owed to the platform, due now."""

    def owe(n=1, to=None, **fields):
        at = now()
        made = [
            Delivery.objects.create(
                endpoint=to or endpoint,
                message_id=f"evt_{Delivery.objects.count() + 1}",
                kind="decision.made",
                event_id=7,
                payload={"type": "decision.made", "event_id": 7, "occurred_at": "now", "data": {"ខ្មែរ": "é"}},
                next_attempt_at=at,
                give_up_at=at + timedelta(hours=72),
                **fields,
            )
            for _ in range(n)
        ]
        return made if n > 1 else made[0]

    return owe


def test_a_decision_reaches_the_platform_signed_and_once(mara, take, endpoint, platform, keep_up):
    make.case(queue="fraud")
    verdict = Verdict(outcome="violates", rules=["AU-4"], actions=["remove"])
    decide(actor=mara, claim_id=take(mara), verdict=verdict)
    with time_machine.travel(now() + timedelta(seconds=11)):
        keep_up()
        assert send_due() == 2
    assert platform.kinds == ["decision.made", "enforcement.due"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
    assert sorted(Attempt.objects.values_list("status", flat=True)) == [204, 204]
    assert send_due() == 0


def test_the_signature_is_what_the_library_expects(owed, endpoint, platform):
    delivery = owed()
    send_due()
    (headers,) = platform.calls
    assert headers["Webhook-Id"] == delivery.message_id
    delivery.refresh_from_db()
    Webhook(endpoint.secret).verify(body(delivery.payload), headers)
    assert platform.told == [delivery.payload]


def test_what_is_not_received_is_sent_again_five_seconds_later_then_ten(owed, platform):
    platform.answers = [500, 503]
    delivery = owed()
    for wait in (5, 10):
        before = now()
        assert send_due() == 1
        delivery.refresh_from_db()
        assert delivery.state == "pending"
        assert timedelta(seconds=wait) <= delivery.next_attempt_at - before < timedelta(seconds=wait + 2)
        assert send_due() == 0, "not before it is due"
        Delivery.objects.update(next_attempt_at=now())
    assert send_due() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts_made) == ("delivered", 3)
    assert list(Attempt.objects.order_by("id").values_list("status", flat=True)) == [500, 503, 204]
    assert {headers["Webhook-Id"] for headers in platform.calls} == {delivery.message_id}
    assert len(platform.told) == 1


def test_waits_double_up_to_six_hours_and_the_last_attempt_is_at_the_end_of_72_hours():
    at = now()
    end = at + timedelta(hours=72)
    waits = [(next_attempt(made, at, end) - at).total_seconds() for made in range(1, 16)]
    assert waits[:6] == [5, 10, 20, 40, 80, 160]
    assert waits[-1] == 6 * 3600
    assert next_attempt(20, end - timedelta(minutes=1), end) == end


def test_after_72_hours_it_is_given_up_and_a_person_can_replay_it(owed, platform, admin):
    platform.answers = [500]
    delivery = owed()
    Delivery.objects.update(give_up_at=now())
    send_due()
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    assert send_due() == 0
    replay(delivery, actor=admin)
    assert send_due() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts_made) == ("delivered", 1)
    assert Attempt.objects.count() == 2, "every attempt is kept"
    assert Delivery.objects.count() == 1


def test_a_process_killed_between_claiming_and_sending_loses_nothing(owed, platform):
    delivery = owed()
    assert [one.delivery_id for one in claim_due()] == [delivery.pk]
    assert send_due() == 0, "nobody else sends it meanwhile"
    with time_machine.travel(now() + timedelta(seconds=31)):
        assert send_due() == 1
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert len(platform.told) == 1


def test_a_process_killed_after_sending_sends_again_under_the_same_id(owed, platform):
    owed()
    (call,) = claim_due()
    with calling.Line() as line:
        assert line.call(call).received is True
    with time_machine.travel(now() + timedelta(seconds=31)):
        send_due()
    assert len(platform.calls) == 2
    assert len({headers["Webhook-Id"] for headers in platform.calls}) == 1
    assert len(platform.told) == 1, "a receiver recognises it"


@pytest.mark.races
def test_several_senders_never_send_the_same_message_twice(transactional_db, settings, platform):
    from django.db import connections

    settings.WEBHOOK_ALLOW_PRIVATE = ["127.0.0.1"]
    endpoint = add_endpoint(actor=None, name="Platform", url=platform.url)
    platform.trust(endpoint)
    at = now()
    Delivery.objects.bulk_create(
        Delivery(
            endpoint=endpoint, message_id=f"evt_{i}", kind="decision.made", event_id=i, next_attempt_at=at,
            give_up_at=at + timedelta(hours=1), payload={"type": "decision.made", "event_id": i, "data": {}},
        )
        for i in range(60)
    )  # fmt: skip

    def send():
        send_due()
        connections.close_all()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(PATIENCE)
    assert sorted(call["Webhook-Id"] for call in platform.calls) == sorted(f"evt_{i}" for i in range(60))
    assert Delivery.objects.filter(state="delivered").count() == 60


def test_redirects_are_not_followed(owed, platform):
    platform.answers = [302]
    owed()
    send_due()
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.error) == (
        302,
        "The endpoint answered with a redirect; webhooks follow none.",
    )
    assert Delivery.objects.get().state == "pending"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://2130706433:1/",
        "http://[::1]:1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]:1/",
    ],
)
def test_private_addresses_are_refused_unless_settings_allow_them(owed, house, settings, url):
    settings.WEBHOOK_ALLOW_PRIVATE = []
    owed(to=add_endpoint(actor=None, name="Inside", url=url))
    send_due()
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.error) == (None, calling.PRIVATE)


def test_a_name_that_leads_inside_is_refused(owed, settings, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("192.168.0.7", 80))])
    owed(to=add_endpoint(actor=None, name="Sly", url="http://looks-public.example/"))
    send_due()
    assert Attempt.objects.get().error == calling.PRIVATE


def test_an_endpoint_that_does_not_answer_is_given_up_on_in_time(owed, monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        owed(to=add_endpoint(actor=None, name="Silent", url=url))
        send_due()
    attempt = Attempt.objects.get()
    assert attempt.status is None
    assert attempt.error.startswith("No answer within")


def test_an_endpoint_that_keeps_failing_rests_and_does_not_hold_up_the_others(owed, endpoint, platform):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    broken = add_endpoint(actor=None, name="Broken", url=f"http://127.0.0.1:{port}/")
    owed(150, to=broken)
    owed(20)
    send_due()
    assert len(platform.told) == 20
    broken.refresh_from_db()
    assert broken.failures_in_a_row >= 3
    assert broken.rests_until > now()
    assert Attempt.objects.filter(delivery__endpoint=broken).count() < 150
    assert Delivery.objects.filter(endpoint=broken, attempts_made=0).exists() is True


def test_a_worker_leaves_endpoints_that_failed_to_the_tick(owed, endpoint, platform):
    owed(2)
    Endpoint.objects.update(failures_in_a_row=1)
    assert send_due(only_well=True) == 0
    assert send_due() == 2


def test_a_rested_endpoint_is_tried_with_one_message_and_wakes_when_it_answers(owed, endpoint, platform):
    owed(5)
    Endpoint.objects.update(failures_in_a_row=4, rests_until=now() + timedelta(minutes=1))
    assert send_due() == 0
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert len(claim_due()) == 1
        Delivery.objects.update(next_attempt_at=now())
        assert send_due() == 5
    endpoint.refresh_from_db()
    assert (endpoint.failures_in_a_row, endpoint.rests_until) == (0, None)


def test_what_is_owed_to_a_paused_endpoint_waits(owed, endpoint, admin, platform):
    owed()
    set_active(endpoint, active=False, actor=admin)
    assert send_due() == 0
    set_active(endpoint, active=True, actor=admin)
    assert send_due() == 1


def test_what_old_messages_said_is_forgotten_but_not_that_they_were_sent(owed, platform):
    old, waiting, fresh = owed(3)
    Delivery.objects.filter(pk=old.pk).update(state="delivered")
    Delivery.objects.filter(pk__in=[old.pk, waiting.pk]).update(created_at=now() - timedelta(days=31))
    assert forget_old_payloads() == 1
    kept = dict(Delivery.objects.values_list("pk", "payload"))
    assert kept[old.pk] is None
    assert kept[waiting.pk] is not None
    assert kept[fresh.pk] is not None
