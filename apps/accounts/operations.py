"""People: who works here and what they may do. Machine keys are in keys.py."""

import re
import secrets
from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.accounts.errors import LastAdmin, NameTaken, RolesExclude
from apps.accounts.models import Role, User
from apps.errors import Invalid
from apps.ledger.operations import record

PSEUDONYM_TRIES = 50


@transaction.atomic
def create_person(
    *,
    username: str,
    password: str,
    roles: Iterable[str],
    languages: Iterable[str] = (),
    skills: Iterable[str] = (),
    demo: bool = False,
    hashed: str = "",
    actor: User | None,
) -> User:
    """A new person who can sign in. She gets a random pseudonym, the only name that leaves her team.

    Raises Invalid (roles, languages, a weak password), RolesExclude or NameTaken. `actor` is None
    for the command line. `hashed` is the password's hash where it is known already: making one is slow on purpose.
    """
    roles, languages, skills = _checked(roles, languages, skills)
    person = User(
        username=username, roles=roles, languages=languages, skills=skills, demo=demo, pseudonym="M-0"
    )
    _open_admin_pages(person)
    if not demo:  # demo people share a password the machine made
        _check_password(password, person)
    person.password = hashed or make_password(password)
    try:
        person.clean_fields(exclude=["pseudonym", "password"])
    except ValidationError as trouble:
        raise Invalid(errors=_fields(trouble)) from None
    _save_under_a_new_pseudonym(person)
    record("person.added", actor=actor, person=person.pk, roles=roles, languages=languages)
    return person


@transaction.atomic
def change_roles(person: User, *, roles: Iterable[str], actor: User | None) -> User:
    """Give a person these roles and no others, from her next click on. Raises RolesExclude or LastAdmin."""
    roles = _checked(roles, (), ())[0]
    locked, rivals = _locked_among_admins(person)
    before = locked.roles
    if before == roles:
        return locked
    if Role.ADMIN in before and Role.ADMIN not in roles and not rivals:
        raise LastAdmin()
    locked.roles = roles
    _open_admin_pages(locked)
    locked.save(update_fields=["roles", "is_staff", "is_superuser"])
    record("person.roles_changed", actor=actor, person=locked.pk, before=before, after=roles)
    return locked


@transaction.atomic
def change_abilities(
    person: User, *, languages: Iterable[str], skills: Iterable[str], actor: User | None
) -> User:
    """The languages she reads and the skills she is certified in: what cases may come to her."""
    _, languages, skills = _checked((), languages, skills)
    locked = _locked(person)
    if (locked.languages, locked.skills) == (languages, skills):
        return locked
    before = {"languages": locked.languages, "skills": locked.skills}
    locked.languages, locked.skills = languages, skills
    locked.save(update_fields=["languages", "skills"])
    after = {"languages": languages, "skills": skills}
    record("person.abilities_changed", actor=actor, person=locked.pk, before=before, after=after)
    return locked


@transaction.atomic
def set_active(person: User, active: bool, *, actor: User | None) -> User:
    """Let a person in, or shut her out: her open sessions end with her next click. Raises LastAdmin."""
    locked, rivals = _locked_among_admins(person)
    if locked.is_active == active:
        return locked
    if not active and Role.ADMIN in locked.roles and not rivals:
        raise LastAdmin()
    locked.is_active = active
    locked.save(update_fields=["is_active"])
    record("person.let_in" if active else "person.shut_out", actor=actor, person=locked.pk)
    return locked


@transaction.atomic
def set_password(person: User, password: str, *, actor: User | None) -> User:
    """A new password; sessions opened with the old one end. Raises Invalid when it is too weak."""
    locked = _locked(person)
    _check_password(password, locked)
    locked.set_password(password)
    locked.save(update_fields=["password"])
    record("person.password_set", actor=actor, person=locked.pk)
    return locked


@transaction.atomic
def signed_in(person: User) -> None:
    record("person.signed_in", actor=person, person=person.pk)


@transaction.atomic
def signed_out(person: User) -> None:
    """She left. Whoever gave her something to hold takes it back when hearing of this."""
    record("person.signed_out", actor=person, person=person.pk)


def _checked(
    roles: Iterable[str], languages: Iterable[str], skills: Iterable[str]
) -> tuple[list[str], list[str], list[str]]:
    chosen = sorted({str(role) for role in roles})
    spoken = list(dict.fromkeys(languages))  # in her order: the first is the one she reads best
    certified = sorted(set(skills))
    errors = [
        {"field": "roles", "reason": f"“{role}” is not a role."} for role in chosen if role not in Role.values
    ]
    errors += [
        {"field": "languages", "reason": f"“{code}” is not a language code like en or km."}
        for code in spoken
        if not re.fullmatch(r"[a-z]{2,3}", code)
    ]
    errors += [
        {"field": "skills", "reason": f"“{skill}” should be a short word like specialist."}
        for skill in certified
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", skill)
    ]
    if errors:
        raise Invalid(errors=errors)
    if {Role.SUPERVISOR, Role.WELLBEING_LEAD} <= set(chosen):
        raise RolesExclude()
    return chosen, spoken, certified


def _check_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as trouble:
        raise Invalid(
            errors=[{"field": "password", "reason": reason} for reason in trouble.messages]
        ) from None


def _fields(trouble: ValidationError) -> list[dict[str, str]]:
    return [
        {"field": field, "reason": reason}
        for field, reasons in trouble.message_dict.items()
        for reason in reasons
    ]


def _open_admin_pages(person: User) -> None:
    # Django's admin asks for these two; they follow the role and mean nothing without it.
    person.is_staff = person.is_superuser = Role.ADMIN in person.roles


def _save_under_a_new_pseudonym(person: User) -> None:
    # Random, so that a pseudonym says nothing of who came first. The database decides whether it is free.
    for attempt in range(PSEUDONYM_TRIES):
        digits = 4 if attempt < 10 else 6
        person.pseudonym = f"M-{10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1))}"
        try:
            with transaction.atomic():
                person.save(force_insert=True)
            return
        except IntegrityError as trouble:
            if "username" in str(trouble):
                raise NameTaken() from None
            if "pseudonym" not in str(trouble):
                raise
    raise RuntimeError("no free pseudonym found")


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _locked_among_admins(person: User) -> tuple[User, list[User]]:
    """Her row and every active admin's, locked by one statement in the order of their ids.

    Two who leave at once wait for each other in a line, never in a circle; whoever comes second finds
    the other no longer among the admins. Answers (she, the other active admins).
    """
    an_admin = Q(roles__contains=[Role.ADMIN], is_active=True)
    rows = list(User.objects.select_for_update(no_key=True).filter(Q(pk=person.pk) | an_admin).order_by("pk"))
    locked = next((row for row in rows if row.pk == person.pk), None)
    if locked is None:
        raise User.DoesNotExist
    return locked, [row for row in rows if row.pk != person.pk]
