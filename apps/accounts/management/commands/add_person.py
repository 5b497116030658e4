import getpass
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Role
from apps.accounts.operations import create_person
from apps.errors import DomainError


class Command(BaseCommand):
    help = "Add a person who can sign in; this is how the first admin comes in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", action="append", required=True, choices=Role.values, dest="roles")
        parser.add_argument("--language", action="append", default=[], dest="languages")
        parser.add_argument("--skill", action="append", default=[], dest="skills")
        parser.add_argument("--ask", action="store_true", help="type the password instead of having one made")

    def handle(self, *args: Any, **options: Any) -> None:
        # Never an argument: arguments are seen by everyone on the machine and kept in shell histories.
        password = self._asked() if options["ask"] else secrets.token_urlsafe(12)
        try:
            person = create_person(
                username=options["username"],
                password=password,
                roles=options["roles"],
                languages=options["languages"],
                skills=options["skills"],
                actor=None,
            )
        except DomainError as refusal:
            told = [f"{error['field']}: {error['reason']}" for error in refusal.errors]
            raise CommandError("\n".join(told or [refusal.sentence])) from None
        self.stdout.write(f"{person.username} can sign in ({', '.join(person.roles)}).")
        if not options["ask"]:
            self.stdout.write(f"The password, shown this once: {password}")

    def _asked(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        return getpass.getpass("Password: ")
