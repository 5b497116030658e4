"""People are added, given roles and shut out by operations; the database keeps what must never be."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from apps.accounts.errors import LastAdmin, NameTaken, RolesExclude
from apps.accounts.models import User
from apps.accounts.operations import change_abilities, change_roles, create_person, set_active, set_password
from apps.errors import Invalid
from apps.ledger.models import Event
from tests.patience import PATIENCE

PASSWORD = "eleven quiet lanterns"


def add(username="mara", roles=("moderator",), **more) -> User:
    return create_person(username=username, password=PASSWORD, roles=roles, actor=None, **more)


def reasons(refusal) -> dict[str, str]:
    return {error["field"]: error["reason"] for error in refusal.value.errors}


def test_a_person_gets_a_random_pseudonym_and_leaves_an_event(admin):
    person = create_person(
        username="mara", password=PASSWORD, roles=["moderator"], languages=["km", "en"], actor=admin
    )
    assert person.pseudonym.startswith("M-")
    assert person.pseudonym[2:].isdigit()
    assert person.languages == ["km", "en"]
    assert person.check_password(PASSWORD)
    event = Event.objects.get(kind="person.added")
    assert event.actor_id == admin.pk
    assert event.data == {"person": person.pk, "roles": ["moderator"], "languages": ["km", "en"]}


@pytest.mark.django_db
def test_a_taken_pseudonym_is_passed_over(monkeypatch):
    given = iter([0, 0, 0, 5])
    monkeypatch.setattr("apps.accounts.operations.secrets.randbelow", lambda _: next(given))
    assert [add("one").pseudonym, add("two").pseudonym] == ["M-1000", "M-1005"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"roles": ["boss"]}, "roles"),
        ({"languages": ["Khmer"]}, "languages"),
        ({"skills": ["Very Special"]}, "skills"),
        ({"password": "short"}, "password"),
        ({"username": "marabella", "password": "marabella1"}, "password"),
        ({"password": "password123"}, "password"),
        ({"username": "no spaces"}, "username"),
        ({"username": ""}, "username"),
    ],
)
def test_what_makes_no_person_is_refused_by_name(wrong, field):
    asked = {"username": "mara", "password": PASSWORD, "roles": ["moderator"], **wrong}
    with pytest.raises(Invalid) as refusal:
        create_person(**asked, actor=None)
    assert field in reasons(refusal)
    assert not User.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_sign_in_name_is_used_once():
    add()
    with pytest.raises(NameTaken):
        add()
    assert User.objects.count() == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_nobody_is_supervisor_and_wellbeing_lead():
    with pytest.raises(RolesExclude) as refusal:
        add(roles=["supervisor", "wellbeing_lead"])
    assert "Nobody is supervisor and wellbeing lead at once" in refusal.value.sentence
    person = add(roles=["supervisor"])
    with pytest.raises(RolesExclude):
        change_roles(person, roles=["supervisor", "wellbeing_lead"], actor=None)
    person.refresh_from_db()
    assert person.roles == ["supervisor"]
    with (
        pytest.raises(IntegrityError, match="user_is_not_supervisor_and_wellbeing_lead"),
        transaction.atomic(),
    ):
        User.objects.update(roles=["supervisor", "wellbeing_lead"])


def test_roles_change_with_the_next_click(signed_in, admin, moderator):
    client = signed_in("moderator")
    assert client.get("/admin/").status_code == 403
    change_roles(moderator, roles=["admin"], actor=admin)
    assert client.get("/admin/").status_code == 200
    assert Event.objects.get(kind="person.roles_changed").data == {
        "person": moderator.pk,
        "before": ["moderator"],
        "after": ["admin"],
    }


def test_changing_nothing_leaves_no_event(admin, moderator):
    change_roles(moderator, roles=["moderator"], actor=admin)
    change_abilities(moderator, languages=["en"], skills=[], actor=admin)
    set_active(moderator, True, actor=admin)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_django_flags_follow_the_admin_role_and_mean_nothing_without_it(admin):
    person = add()
    assert (person.is_staff, person.is_superuser) == (False, False)
    made = change_roles(person, roles=["moderator", "admin"], actor=admin)
    assert (made.is_staff, made.is_superuser) == (True, True)
    back = change_roles(person, roles=["moderator"], actor=admin)
    assert (back.is_staff, back.is_superuser) == (False, False)
    with pytest.raises(IntegrityError, match="user_staff_is_admin"), transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_superuser=True)


def test_whoever_is_shut_out_is_out_with_the_next_click(signed_in, admin, moderator):
    client = signed_in("moderator")
    set_active(moderator, False, actor=admin)
    response = client.get("/guidelines/")
    assert (response.status_code, response.url) == (302, "/account/login/?next=/guidelines/")
    assert Event.objects.get().kind == "person.shut_out"


def test_a_new_password_ends_open_sessions(signed_in, admin, moderator):
    client = signed_in("moderator")
    set_password(moderator, "another quiet evening", actor=admin)
    assert client.get("/guidelines/").status_code == 302
    assert "evening" not in str(Event.objects.values_list("data", flat=True))


def test_the_last_admin_stays(admin):
    with pytest.raises(LastAdmin):
        change_roles(admin, roles=["moderator"], actor=admin)
    with pytest.raises(LastAdmin):
        set_active(admin, False, actor=admin)
    admin.refresh_from_db()
    assert admin.has_role("admin")
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
@pytest.mark.parametrize("attempt", range(5))
def test_two_admins_who_leave_at_once_cannot_both(attempt):
    admins = [add("one", ["admin"]), add("two", ["admin"])]
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def leave(person: User) -> None:
        together.wait(PATIENCE)
        try:
            change_roles(person, roles=[], actor=person)
            outcomes.append("left")
        except LastAdmin:
            outcomes.append("stays")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(person,)) for person in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(outcomes) == ["left", "stays"]
    assert User.objects.filter(roles__contains=["admin"]).count() == 1
