"""The page on which an admin sees who is told, and what became of it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from apps.delivery.models import Delivery, Endpoint
from apps.delivery.operations import add_endpoint
from apps.ledger.models import Event, Handoff
from apps.ledger.operations import record


@pytest.fixture
def admin_client(signed_in):
    return signed_in("admin")


@pytest.fixture
def told(db):
    """An endpoint, and a message to it that was given up."""
    endpoint = add_endpoint(actor=None, name="Platform", url="https://hooks.example/")
    at = now()
    return Delivery.objects.create(
        endpoint=endpoint, message_id="evt_1", kind="decision.made", event_id=1, payload={"data": {}},
        state="failed", next_attempt_at=at, give_up_at=at, attempts_made=17,
    )  # fmt: skip


def test_with_nothing_set_up_it_says_what_to_do(admin_client):
    page = admin_client.get("/webhooks/").content.decode()
    assert "Nobody is told yet" in page
    assert "Nothing was sent yet" in page
    assert "Every event inside was handed on" in page


@pytest.mark.parametrize("who", ["moderator", "supervisor", "policy", "wellbeing", "legal", "senior"])
@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/endpoints", "/webhooks/deliveries/1/replay"])
def test_it_belongs_to_admins(signed_in, who, path):
    client = signed_in(who)
    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403
    assert Endpoint.objects.exists() is False


def test_the_secret_of_a_new_endpoint_is_shown_once(admin_client):
    sent = {"name": "Platform", "url": "https://hooks.example/in", "kinds": ["decision.made"]}
    answer = admin_client.post("/webhooks/endpoints", sent)
    endpoint = Endpoint.objects.get()
    assert (endpoint.name, endpoint.url, endpoint.kinds) == (sent["name"], sent["url"], sent["kinds"])
    assert endpoint.secret.startswith("whsec_")
    assert endpoint.secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert endpoint.secret not in admin_client.get("/webhooks/").content.decode()
    assert endpoint.secret not in repr(list(Event.objects.values()))


def test_a_new_secret_replaces_the_old_one(admin_client, told):
    before = told.endpoint.secret
    answer = admin_client.post(f"/webhooks/endpoints/{told.endpoint_id}/secret")
    after = Endpoint.objects.get().secret
    assert after != before
    assert after in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "A", "url": "ftp://x.example/"}, "full http or https address"),
        ({"name": "A", "url": "https://user:pw@x.example/"}, "without a user name"),
        ({"name": "A", "url": "not an address"}, "full http or https address"),
        ({"name": "", "url": "https://x.example/"}, "This field is required"),
        ({"name": "Platform", "url": "https://x.example/"}, "has this name already"),
        ({"name": "A", "url": "https://x.example/", "kinds": ["made.up"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_used_is_refused_and_what_was_typed_stays(admin_client, told, sent, words):
    answer = admin_client.post("/webhooks/endpoints", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert sent["url"] in page
    assert Endpoint.objects.count() == 1
    assert Event.objects.filter(kind="endpoint.added").count() == 1


def test_pausing_and_resuming_leave_an_event_each(admin_client, told, admin):
    admin_client.post(f"/webhooks/endpoints/{told.endpoint_id}/pause")
    assert Endpoint.objects.get().active is False
    assert "Paused" in admin_client.get("/webhooks/").content.decode()
    admin_client.post(f"/webhooks/endpoints/{told.endpoint_id}/resume")
    assert Endpoint.objects.get().active is True
    events = Event.objects.filter(kind__in=["endpoint.paused", "endpoint.resumed"]).order_by("id")
    assert [(event.kind, event.actor_id) for event in events] == [
        ("endpoint.paused", admin.pk),
        ("endpoint.resumed", admin.pk),
    ]


def test_a_message_given_up_is_sent_again_when_she_asks(admin_client, told):
    page = admin_client.get("/webhooks/?state=failed").content.decode()
    assert "Given up after 72 hours" in page
    answer = admin_client.post(f"/webhooks/deliveries/{told.pk}/replay", follow=True)
    assert "sent again in a moment" in answer.content.decode()
    told.refresh_from_db()
    assert (told.state, told.attempts_made) == ("pending", 0)
    assert told.give_up_at > now() + timedelta(hours=71)


def test_a_forgotten_message_cannot_be_sent_again(admin_client, told):
    Delivery.objects.update(payload=None)
    assert admin_client.post(f"/webhooks/deliveries/{told.pk}/replay").status_code == 409
    told.refresh_from_db()
    assert told.state == "failed"
    assert "forgotten" in admin_client.get("/webhooks/").content.decode()


def test_an_event_given_up_inside_is_handed_on_again_when_she_asks(admin_client, db):
    with transaction.atomic():
        record("bell.rung", actor=None)
    event = Event.objects.get()
    owed = Handoff.objects.filter(event=event).first()
    Handoff.objects.filter(pk=owed.pk).update(given_up_at=now(), attempts=20, last_error="ValueError: odd")
    page = admin_client.get("/webhooks/").content.decode()
    assert "ValueError: odd" in page
    admin_client.post(f"/webhooks/inside/{owed.pk}/replay")
    owed.refresh_from_db()
    assert (owed.given_up_at, owed.attempts) == (None, 0)
    assert admin_client.post(f"/webhooks/inside/{owed.pk}/replay").status_code == 404


@pytest.mark.parametrize(
    "path", ["endpoints/99/pause", "endpoints/99/secret", "deliveries/99/replay", "inside/99/replay"]
)
def test_what_is_not_there_is_not_found(admin_client, path):
    assert admin_client.post(f"/webhooks/{path}").status_code == 404


@pytest.mark.parametrize("n", [1, 50])
def test_the_page_costs_the_same_however_many_messages(admin_client, told, n, django_assert_num_queries):
    at = now()
    Delivery.objects.bulk_create(
        Delivery(endpoint=told.endpoint, message_id=f"m{i}", kind="decision.made", event_id=i, payload={},
                 next_attempt_at=at, give_up_at=at)
        for i in range(n)
    )  # fmt: skip
    # session, person, messages, attempts, endpoints, health, given up
    with django_assert_num_queries(9):
        page = admin_client.get("/webhooks/").content.decode()
    assert page.count("Send again") == min(n + 1, 25)
    assert ("Older" in page) is (n == 50)


def test_health_tells_how_long_the_oldest_has_waited(db, told):
    from apps.delivery.queries import health

    assert health() == {
        "oldest_waits_seconds": None,
        "late_after_seconds": 300,
        "pending": 0,
        "given_up": 1,
    }
    Delivery.objects.update(state="pending", created_at=now() - timedelta(seconds=400))
    assert health()["oldest_waits_seconds"] == pytest.approx(400, abs=5)
