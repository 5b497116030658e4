"""demo_people and add_person."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.accounts.keys import find, issue
from apps.accounts.management.commands.demo_people import PEOPLE
from apps.accounts.models import MachineKey, User
from apps.ledger.models import Event

CONTRACT = {
    "moderator",
    "moderator2",
    "senior",
    "senior2",
    "policy",
    "policy2",
    "supervisor",
    "wellbeing",
    "legal",
    "admin",
}


@pytest.fixture
def embedded(settings, tmp_path):
    settings.EMBEDDED, settings.VAR_DIR = True, tmp_path
    return tmp_path


@pytest.mark.django_db
def test_the_demo_has_the_people_of_the_contract(embedded, client, capsys):
    call_command("demo_people")
    password = (embedded / "demo_password").read_text().strip()
    assert f"with the password {password}" in capsys.readouterr().out
    assert set(User.objects.values_list("username", flat=True)) == CONTRACT == {name for name, *_ in PEOPLE}
    assert all(User.objects.values_list("demo", flat=True))
    assert User.objects.get(username="moderator2").languages == ["km", "vi", "en"]
    assert User.objects.get(username="admin").is_superuser
    response = client.post("/account/login/", {"login": "moderator", "password": password})
    assert (response.status_code, response.url) == (302, "/")


@pytest.mark.django_db
def test_the_password_is_only_its_owners_to_read(embedded):
    call_command("demo_people", verbosity=0)
    assert (embedded / "demo_password").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_the_demo_can_be_made_again_and_keeps_what_is_there(embedded):
    call_command("demo_people", verbosity=0)
    before = {user.username: (user.pk, user.password, user.pseudonym) for user in User.objects.all()}
    password = (embedded / "demo_password").read_text()
    call_command("demo_people", verbosity=0)
    assert {user.username: (user.pk, user.password, user.pseudonym) for user in User.objects.all()} == before
    assert (embedded / "demo_password").read_text() == password


@pytest.mark.django_db
def test_a_password_file_that_was_removed_is_made_anew_and_holds(embedded):
    call_command("demo_people", verbosity=0)
    (embedded / "demo_password").unlink()
    call_command("demo_people", verbosity=0)
    password = (embedded / "demo_password").read_text().strip()
    assert User.objects.get(username="legal").check_password(password)


@pytest.mark.django_db
def test_there_are_no_demo_people_on_a_real_database(settings, tmp_path):
    settings.EMBEDDED, settings.VAR_DIR = False, tmp_path
    with pytest.raises(CommandError, match="exist only in the embedded demo"):
        call_command("demo_people")
    assert not User.objects.exists()
    assert not (tmp_path / "demo_password").exists()


@pytest.mark.django_db
def test_the_first_admin_is_added_from_the_command_line(capsys, client):
    call_command("add_person", "root", "--role", "admin", "--language", "en")
    told = capsys.readouterr().out
    assert "root can sign in (admin)." in told
    password = told.rsplit(" ", 1)[1].strip()
    client.post("/account/login/", {"login": "root", "password": password})
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_a_typed_password_is_never_printed(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("eleven quiet lanterns\n"))
    call_command("add_person", "mara", "--role", "moderator", "--ask")
    assert "lanterns" not in capsys.readouterr().out
    assert User.objects.get().check_password("eleven quiet lanterns")


@pytest.mark.django_db
def test_a_person_that_cannot_be_is_refused_in_words():
    with pytest.raises(CommandError, match="Nobody is supervisor and wellbeing lead at once"):
        call_command("add_person", "x", "--role", "supervisor", "--role", "wellbeing_lead")
    with pytest.raises(CommandError, match=r"languages: “EN” is not a language code"):
        call_command("add_person", "x", "--role", "moderator", "--language", "EN")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_key_is_revoked_by_its_number_and_only_once(capsys):
    token = issue("platform", ["ingest"])
    other = issue("crawler", ["read"])
    call_command("revoke_key")
    listed = capsys.readouterr().out
    key = MachineKey.objects.get(name="platform")
    assert f"{key.pk}  {token[:8]}…  ingest  platform\n" in listed
    call_command("revoke_key", str(key.pk))
    assert "“platform” is revoked" in capsys.readouterr().out
    assert find(token) is None
    assert find(other).name == "crawler"
    assert Event.objects.get(kind="key.revoked").data == {"key": key.pk}
    with pytest.raises(CommandError, match="no key in force"):
        call_command("revoke_key", str(key.pk))
