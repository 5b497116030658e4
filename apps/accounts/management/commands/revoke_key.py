from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.keys import revoke
from apps.accounts.models import MachineKey


class Command(BaseCommand):
    help = "Close a machine key for good, by its number. Without a number: list the keys in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", nargs="?", type=int, help="the key's number in the list")

    def handle(self, *args: Any, **options: Any) -> None:
        in_force = MachineKey.objects.filter(revoked_at=None)
        if options["number"] is None:
            for key in in_force.order_by("pk"):
                self.stdout.write(f"{key.pk}  {key.hint}…  {', '.join(key.scopes)}  {key.name}")
            return
        chosen = in_force.filter(pk=options["number"]).first()
        if chosen is None:
            raise CommandError("There is no key in force with this number; without a number they are listed.")
        revoke(chosen)
        self.stdout.write(f"“{chosen.name}” is revoked: within ten seconds it opens nothing.")
