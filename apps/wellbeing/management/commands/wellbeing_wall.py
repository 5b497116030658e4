from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.wellbeing.care.wall import wall


class Command(BaseCommand):
    help = "Says whether the database keeps this program out of the private wellbeing tables. Fails when it does not."

    def handle(self, *args: Any, **options: Any) -> None:
        found = wall()
        if not found.closed:
            raise CommandError(
                f"{found.because} Reads still pass through audited functions, but the code alone sees to that."
            )
        self.stdout.write(found.because)
