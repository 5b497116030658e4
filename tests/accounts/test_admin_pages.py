"""Django's admin: a window for admins, with nothing in it that needs a veil or is somebody's own."""

import re

import pytest
from django.contrib import admin as site
from django.urls import reverse

from apps.accounts.keys import find, issue
from apps.accounts.models import MachineKey, User
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record_many
from apps.queues.models import Claim
from tests import make


def address(model, page="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.django_db
def test_every_list_opens_and_only_people_and_keys_can_be_added(signed_in):
    make.house()
    make.report(make.case().item)
    client = signed_in("admin")
    addable = set()
    for model in site.site._registry:
        assert client.get(address(model)).status_code == 200, model
        if client.get(address(model, "add")).status_code == 200:
            addable.add(model._meta.label)
        row = model.objects.order_by("pk").last()
        if row is not None:
            assert client.get(address(model, "change", row.pk)).status_code == 200, model
            expected = 200 if model._meta.label == "accounts.PlatformAccount" else 403
            assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == expected
    assert addable == {"accounts.User", "accounts.PlatformAccount", "accounts.MachineKey"}


@pytest.mark.django_db
def test_a_key_is_made_and_shown_once(signed_in, admin):
    client = signed_in("admin")
    asked = {"name": "The platform", "scopes": ["ingest", "read"], "rate_per_minute": "600"}
    shown = client.post(address(MachineKey, "add"), asked)
    [token] = re.findall(r"<code>(rq_[\w-]+)</code>", shown.content.decode())
    key = MachineKey.objects.get()
    assert find(token) == key
    assert (key.name, key.scopes, key.rate_per_minute) == ("The platform", ["ingest", "read"], 600)
    assert "no-store" in shown["Cache-Control"]
    event = Event.objects.get(kind="key.issued")
    assert event.actor_id == admin.pk
    for page in (address(MachineKey), address(MachineKey, "change", key.pk)):
        again = client.get(page).content.decode()
        assert token not in again
        assert key.hash not in again
    assert token not in str(event.data)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"rate_per_minute": "0"}]
)
def test_a_key_for_nothing_is_not_made(signed_in, wrong):
    asked = {"name": "The platform", "scopes": ["read"], "rate_per_minute": "600", **wrong}
    assert signed_in("admin").post(address(MachineKey, "add"), asked).status_code == 200
    assert not MachineKey.objects.exists()


@pytest.mark.django_db
def test_lists_are_named_in_english(signed_in):
    listed = signed_in("admin").get("/admin/").content.decode()
    for name in ("People", "Deliveries", "Media"):
        assert f">{name}</a>" in listed
    for name in ("Deliverys", "Medias", "Users"):
        assert name not in listed


@pytest.mark.django_db
def test_what_somebody_looked_at_or_carried_is_not_in_the_window(signed_in):
    labels = {model._meta.label for model in site.site._registry}
    assert not labels & {
        "wellbeing.Shift", "wellbeing.ExposureEntry", "wellbeing.PersonLimit", "decisions.DecisionWords",
        "intake.ItemContent", "intake.Upload", "decisions.Notice", "auth.Group", "account.EmailAddress",
    }  # fmt: skip
    shown = set(site.site._registry[Claim].list_display) | set(site.site._registry[Claim].fields)
    assert not shown & {
        "exposure",
        "used_before",
        "budget",
        "reserved",
        "owed",
        "seconds_revealed",
        "shift_id",
    }


def test_private_events_are_not_in_the_window(signed_in, admin, moderator, db):
    from django.db import transaction

    with transaction.atomic():
        record_many([Entry("case.claimed", moderator.pk), Entry("break.started", moderator.pk, private=True)])
    page = signed_in("admin").get(address(Event)).content.decode()
    assert "case.claimed" in page
    assert "break.started" not in page
    hidden = Event.objects.get(private=True)
    assert signed_in("admin").get(address(Event, "change", hidden.pk)).status_code == 302


def test_an_admin_adds_a_person_through_the_operation(signed_in, admin):
    asked = {
        "username": "mara",
        "password": "eleven quiet lanterns",
        "roles": ["moderator"],
        "languages": "km,en",
    }
    response = signed_in("admin").post(address(User, "add"), asked)
    assert response.status_code == 302, response.content.decode()
    person = User.objects.get(username="mara")
    assert (person.roles, person.languages) == (["moderator"], ["km", "en"])
    assert person.check_password("eleven quiet lanterns")
    assert Event.objects.get(kind="person.added").actor_id == admin.pk


def test_an_admin_changes_roles_and_shuts_out(signed_in, admin, moderator):
    asked = {
        "roles": ["moderator", "legal_reviewer"],
        "languages": "en,vi",
        "skills": "specialist",
        "is_active": "on",
    }
    client = signed_in("admin")
    assert client.post(address(User, "change", moderator.pk), asked).status_code == 302
    moderator.refresh_from_db()
    assert moderator.roles == ["legal_reviewer", "moderator"]
    assert (moderator.languages, moderator.skills) == (["en", "vi"], ["specialist"])
    assert moderator.check_password("a calm evening")
    del asked["is_active"]
    client.post(address(User, "change", moderator.pk), asked)
    kinds = Event.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["person.roles_changed", "person.abilities_changed", "person.shut_out"]


def test_roles_that_exclude_each_other_bring_the_form_back(signed_in, moderator):
    asked = {"roles": ["supervisor", "wellbeing_lead"], "languages": "en", "is_active": "on"}
    page = signed_in("admin").post(address(User, "change", moderator.pk), asked).content.decode()
    assert "Nobody is supervisor and wellbeing lead at once" in page
    moderator.refresh_from_db()
    assert moderator.roles == ["moderator"]


def test_the_last_admin_is_told_why_she_stays(signed_in, admin):
    asked = {"roles": ["moderator"], "languages": "en", "is_active": "on"}
    response = signed_in("admin").post(address(User, "change", admin.pk), asked)
    assert response.status_code == 409
    assert "This is the last admin." in response.content.decode()
    admin.refresh_from_db()
    assert admin.roles == ["admin"]
    assert not Event.objects.exists()


def test_a_key_is_revoked_after_a_second_question(signed_in, admin):
    tokens = [issue("platform", ["ingest"]), issue("crawler", ["read"])]
    chosen = MachineKey.objects.get(name="platform")
    client = signed_in(admin)
    asked = {"action": "revoke", "_selected_action": [chosen.pk]}
    page = client.post(address(MachineKey), asked).content.decode()
    assert "Revoke for good" in page
    assert "crawler" not in page
    assert all(find(token) for token in tokens)
    done = client.post(address(MachineKey), asked | {"sure": "yes"}, follow=True)
    assert "Revoked: platform." in done.content.decode()
    assert [bool(find(token)) for token in tokens] == [False, True]
    event = Event.objects.get(kind="key.revoked")
    assert (event.actor_id, event.data) == (admin.pk, {"key": chosen.pk})
    again = client.post(address(MachineKey), asked | {"sure": "yes"}, follow=True)
    assert "These keys are revoked already." in again.content.decode()
    assert Event.objects.filter(kind="key.revoked").count() == 1
