"""Signing in and out: what is said, what is limited, what is closed."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.models import Event

LOGIN = "/account/login/"
PASSWORD = "a calm evening"
WRONG = "The name or the password is not right."


def sign_in(client: Client, name="moderator", password=PASSWORD, next_="", **extra):
    return client.post(
        LOGIN + (f"?next={next_}" if next_ else ""), {"login": name, "password": password}, **extra
    )


def test_signing_in_leads_home_and_is_recorded(client, moderator):
    response = sign_in(client)
    assert (response.status_code, response.url) == (302, "/")
    event = Event.objects.get(kind="person.signed_in")
    assert (event.actor_id, event.data) == (moderator.pk, {"person": moderator.pk})


def test_signing_in_leads_back_to_the_page_one_came_for(client, moderator):
    response = client.get("/guidelines/rules/VX-1/?from=desk")
    assert response.url == "/account/login/?next=/guidelines/rules/VX-1/%3Ffrom%3Ddesk"
    assert sign_in(client, next_="/guidelines/rules/VX-1/").url == "/guidelines/rules/VX-1/"


@pytest.mark.parametrize(
    "away",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example", "\thttps://evil.example"],
)  # fmt: skip
def test_nobody_is_led_away(client, moderator, away):
    response = client.post(LOGIN, {"login": "moderator", "password": PASSWORD, "next": away})
    assert response.status_code == 302
    assert response.url == "/"


def test_a_fragment_or_a_form_is_no_place_to_come_back_to(client, db):
    response = client.post("/guidelines/versions/1/publish/")
    assert response.url == "/account/login/?next=/"
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/guidelines/?q=x"}
    assert client.get("/guidelines/?q=xy", headers=headers).url == "/account/login/?next=/guidelines/%3Fq%3Dx"
    headers["HX-Current-URL"] = "https://evil.example/x"
    assert client.get("/guidelines/?q=xy", headers=headers).url == "/account/login/?next=/"


@pytest.mark.parametrize(
    ("name", "password"), [("moderator", "typed-so"), ("nobody", PASSWORD), ("nobody", "typed-so")]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(client, moderator, name, password):
    page = sign_in(client, name, password).content.decode()
    assert WRONG in page
    assert password not in page
    assert client.get("/guidelines/").status_code == 302
    assert not Event.objects.exists()


def test_a_person_who_was_shut_out_is_told_nothing_more(client, moderator):
    User.objects.update(is_active=False)
    response = sign_in(client)
    assert client.get("/guidelines/").status_code == 302
    assert response.status_code in (200, 302)
    assert not Event.objects.filter(kind="person.signed_in").exists()


def test_after_five_wrong_passwords_the_door_stays_shut_for_five_minutes_even_for_the_right_one(
    client, moderator
):
    for _ in range(5):
        assert WRONG in sign_in(client, password="wrong").content.decode()
    page = sign_in(client).content.decode()
    assert "Too many tries. Please wait five minutes, then try again." in page
    assert client.get("/guidelines/").status_code == 302
    with time_machine.travel(now() + timedelta(minutes=5, seconds=5)):
        assert sign_in(client).status_code == 302
        assert client.get("/guidelines/").status_code == 200


def test_the_door_of_another_person_stays_open(client, moderator, supervisor):
    for _ in range(6):
        sign_in(client, password="wrong")
    assert sign_in(client, "supervisor").status_code == 302


def test_an_address_that_tries_many_names_is_stopped(client, moderator):
    for number in range(10):
        sign_in(client, f"guess{number}", "wrong")
    assert "Too many tries." in sign_in(client, REMOTE_ADDR="127.0.0.1").content.decode()
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7")).status_code == 302


def test_a_forged_forwarding_header_is_no_new_address(client, moderator):
    for number in range(10):
        sign_in(client, f"guess{number}", "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    page = sign_in(client, HTTP_X_FORWARDED_FOR="203.0.113.9").content.decode()
    assert "Too many tries." in page


def test_a_session_ends_after_ten_hours_whatever_she_does(client, moderator):
    sign_in(client)
    with time_machine.travel(now() + timedelta(hours=9, minutes=59)):
        assert client.get("/guidelines/").status_code == 200
    with time_machine.travel(now() + timedelta(hours=10, minutes=1)):
        assert client.get("/guidelines/").status_code == 302


def test_the_session_cookie_is_for_this_browser_only(client, moderator):
    cookie = sign_in(client).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]  # gone when the browser closes


def test_signing_in_gives_a_new_session(client, moderator):
    client.get("/account/login/")
    client.session["planted"] = True
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_signing_out_is_a_form_and_is_recorded(client, moderator):
    sign_in(client)
    assert "Sign out?" in client.get("/account/logout/").content.decode()
    assert client.get("/guidelines/").status_code == 200
    response = client.post("/account/logout/")
    assert (response.status_code, response.url) == (302, "/account/login/")
    assert client.get("/guidelines/").status_code == 302
    assert Event.objects.get(kind="person.signed_out").actor_id == moderator.pk


def test_a_form_from_elsewhere_signs_nobody_out(moderator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    assert client.post("/account/logout/").status_code == 403
    assert client.get("/guidelines/").status_code == 200


CLOSED = [
    "/account/signup/",
    "/account/email/",
    "/account/inactive/",
    "/account/confirm-email/",
    "/account/confirm-email/abc/",
    "/account/password/set/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/1-abc/",
    "/account/password/reset/key/done/",
    "/account/login/code/confirm/",
]


@pytest.mark.parametrize("path", CLOSED)
def test_every_other_page_of_the_sign_in_package_is_closed(client, signed_in, path):
    for method in ("get", "post"):
        response = getattr(client, method)(path)
        assert (response.status_code, response.url.split("?")[0]) == (302, LOGIN)
    for name in ("moderator", "admin"):
        for method in ("get", "post"):
            assert getattr(signed_in(name), method)(path).status_code == 403


def test_nobody_signs_up(client, db):
    client.post(
        "/account/signup/", {"username": "new", "password1": "x y z 1 2 3 4", "password2": "x y z 1 2 3 4"}
    )
    assert not User.objects.exists()


def test_no_password_is_logged(client, moderator, caplog):
    with caplog.at_level(logging.DEBUG):
        sign_in(client, password="a-secret-typed-wrong")
        sign_in(client)
    assert "a-secret-typed-wrong" not in caplog.text
    assert PASSWORD not in caplog.text


def test_a_flood_from_one_address_is_refused_in_words(client, moderator):
    answers = [sign_in(client, f"guess{number}", "typed-so") for number in range(121)]
    assert answers[-1].status_code == 429
    page = answers[-1].content.decode()
    assert "too many tries" in page
    assert "typed-so" not in page


CHANGE = "/account/password/change/"
NEW = "three quiet lanterns"


def test_everybody_may_change_her_own_password_and_only_this_browser_stays_signed_in(client, moderator):
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser)
    assert "Change my password" in client.get("/desk/").content.decode()
    answer = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}, follow=True)
    assert answer.status_code == 200
    assert "Your password is changed." in answer.content.decode()
    assert client.get("/desk/").status_code == 200
    assert elsewhere.get("/desk/").status_code == 302
    assert sign_in(Client(), password=PASSWORD).status_code == 200
    assert sign_in(Client(), password=NEW).status_code == 302
    event = Event.objects.get(kind="person.password_set")
    assert (event.actor_id, event.data) == (moderator.pk, {"person": moderator.pk})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"oldpassword": "a guess"}, "This is not the password you have now."),
        ({"password2": "three quiet lamps"}, "You must type the same password each time."),
        ({"password1": "moderator", "password2": "moderator"}, "too similar to the username"),
    ],
)
def test_a_password_that_cannot_be_is_refused_at_its_field_and_nothing_changes(
    client, moderator, given, said
):
    sign_in(client)
    before = User.objects.get(pk=moderator.pk).password
    answer = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW} | given)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert User.objects.get(pk=moderator.pk).password == before
    assert not Event.objects.filter(kind="person.password_set").exists()


def test_a_session_that_is_known_is_read_together_with_its_person(client, moderator):
    client.force_login(moderator)
    asked = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/live/").status_code == 403
        sent = [one["sql"] for one in seen.captured_queries]
        asked.append([one.partition("EXECUTE ")[2].partition(" (")[0] for one in sent if "EXECUTE" in one])
    assert asked[0][:2] == ["accounts_session", "accounts_person"]
    assert asked[1:] == [[asked[0][0], *asked[0][2:]]] * 2


def test_who_is_shut_out_or_loses_a_role_meets_it_on_the_next_page_however_well_her_session_is_known(
    client, moderator
):
    client.force_login(moderator)
    for _ in range(2):
        assert client.get("/desk/").status_code == 200
    User.objects.filter(pk=moderator.pk).update(roles=["policy_lead"])
    assert client.get("/desk/").status_code == 403
    User.objects.filter(pk=moderator.pk).update(roles=["moderator"], is_active=False)
    refused = client.get("/desk/")
    assert (refused.status_code, refused.url) == (302, "/account/login/?next=/desk/")
    User.objects.filter(pk=moderator.pk).update(is_active=True)
    assert client.get("/desk/").status_code == 200


def test_a_session_is_never_taken_for_that_of_another_person(client, moderator, supervisor):
    from apps.accounts import sessions

    client.force_login(moderator)
    client.get("/desk/")
    sessions._whose[client.session.session_key] = supervisor.pk  # whatever a process believes
    page = client.get("/desk/")
    assert page.status_code == 200
    assert page.wsgi_request.user == moderator
    assert sessions._whose[client.session.session_key] == moderator.pk
