from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.errors import DomainError
from apps.feedback.checking import check_export
from apps.feedback.signing import public_key


class Command(BaseCommand):
    help = "Check a training export against its signature. Without a folder: the public key to check with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?")
        parser.add_argument("--key", default="", help="public key; this installation's by default")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["folder"] is None:
            self.stdout.write(public_key())
            return
        try:
            manifest = check_export(options["folder"], key=options["key"])
        except DomainError as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(
            f"Export {manifest['export_id']} is as it was signed: {manifest['rows']} rows, cursor {manifest['cursor']}."
        )
