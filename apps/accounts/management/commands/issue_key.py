from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.keys import issue
from apps.accounts.models import Scope


class Command(BaseCommand):
    help = "Make a machine key and print it, once: only its hash is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the key is for, such as the platform's name")
        parser.add_argument(
            "--scope", action="append", choices=Scope.values, required=True, help="may be given several times"
        )
        parser.add_argument("--rate", type=int, help="requests a minute (default 60,000)")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not 1 <= len(name) <= 80:
            raise CommandError("A key needs a name of at most 80 characters.")
        if options["rate"] is not None and options["rate"] < 1:
            raise CommandError("A key may make at least 1 request a minute.")
        self.stdout.write(issue(name, options["scope"], rate_per_minute=options["rate"]))
