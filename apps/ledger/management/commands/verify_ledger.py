from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.ledger.sealing import verify


class Command(BaseCommand):
    help = "Recompute the seals of the ledger and name the first event that does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify()
        if verdict.trouble:
            raise CommandError(f"The ledger was changed after the fact: {verdict.trouble}.")
        self.stdout.write(f"The ledger is whole: {verdict.events} events under {verdict.seals} seals.")
