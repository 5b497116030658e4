import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.detectors.queries.engine import actions_after

AT_ONCE = 500


class Command(BaseCommand):
    help = "Prints decisions as actions for the rules engine Osprey, one JSON object per line, from where it left off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cursor", type=Path, required=True, help="file that remembers where to go on")
        parser.add_argument(
            "--everything", action="store_true", help="also decisions on items the engine never flagged"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        place: Path = options["cursor"]
        said = place.read_text().strip() if place.exists() else "0"
        if not said.isdigit():
            raise CommandError(f"{place} does not hold a cursor.")
        cursor = int(said)
        while True:
            actions, further = actions_after(cursor, limit=AT_ONCE, everything=options["everything"])
            for one in actions:
                self.stdout.write(json.dumps(one, ensure_ascii=False))
            self.stdout.flush()
            if further == cursor:
                return
            cursor = further
            # Written after the lines are out: cut off in between, they come again and are known by their id.
            place.write_text(f"{cursor}\n")
