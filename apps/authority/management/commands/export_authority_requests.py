"""Writes the archive of authority requests for the public: redacted, nothing confidential before its date."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.authority.archive import as_file


class Command(BaseCommand):
    help = "Writes the redacted archive of authority requests as JSON. Run it again to have what is public by then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        out = Path(options["out"])
        arriving = out.with_name(f"{out.name}.part")
        with arriving.open("w", encoding="utf-8") as file:
            for part in as_file():
                file.write(part)
        arriving.replace(out)
        self.stdout.write(f"Written: {out}")
