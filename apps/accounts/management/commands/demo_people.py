import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.accounts.models import Role, User
from apps.accounts.operations import create_person

# (sign-in name, roles, languages best first, skills)
PEOPLE: list[tuple[str, list[str], list[str], list[str]]] = [
    ("moderator", [Role.MODERATOR], ["en"], []),
    ("moderator2", [Role.MODERATOR], ["km", "vi", "en"], []),
    ("senior", [Role.SENIOR_MODERATOR], ["en", "km", "vi"], ["specialist"]),
    ("senior2", [Role.SENIOR_MODERATOR], ["vi", "en", "km"], ["specialist"]),
    ("policy", [Role.POLICY_LEAD], ["en"], []),
    ("policy2", [Role.POLICY_LEAD], ["en"], []),
    ("supervisor", [Role.SUPERVISOR], ["en"], []),
    ("wellbeing", [Role.WELLBEING_LEAD], ["en"], []),
    ("legal", [Role.LEGAL_REVIEWER], ["en"], []),
    ("admin", [Role.ADMIN], ["en"], []),
]


class Command(BaseCommand):
    help = "The demo sign-ins, named after what they may do. Only in the embedded demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "Demo people exist only in the embedded demo. This installation has its own database; "
                "add real people with add_person."
            )
        password = demo_password(settings.VAR_DIR / "demo_password")
        hashed = make_password(password)  # one for all: ten of them would take longer than all the rest
        with transaction.atomic():
            for username, roles, languages, skills in PEOPLE:
                self._stand_in(username, password, hashed, roles, languages, skills)
        if options["verbosity"]:
            self.stdout.write("Sign in as any of:")
            for username, roles, languages, _ in PEOPLE:
                told = ", ".join(Role(role).label.lower() for role in roles)
                self.stdout.write(f"  {username:<11} {told} ({', '.join(languages)})")
            self.stdout.write(f"with the password {password}")

    def _stand_in(
        self,
        username: str,
        password: str,
        hashed: str,
        roles: list[str],
        languages: list[str],
        skills: list[str],
    ) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            create_person(
                username=username,
                password=password,
                hashed=hashed,
                roles=roles,
                languages=languages,
                skills=skills,
                demo=True,
                actor=None,
            )
        elif person.demo and not person.check_password(password):
            # The file is the truth: it may have been removed to have a new password made.
            person.set_password(password)
            person.save(update_fields=["password"])


def demo_password(path: Path) -> str:
    """The one password of all demo people: made once, kept in a file only its owner can read."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("-".join(secrets.token_hex(3) for _ in range(3)) + "\n")
    path.chmod(0o600)
    return path.read_text().strip()
