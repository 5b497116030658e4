from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.errors import DomainError
from apps.guidelines.operations.translating import load_translations
from apps.guidelines.queries import in_force


class Command(BaseCommand):
    help = "Load translations of the guidelines in force; what is the same already is passed over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", type=Path, nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            try:
                written = load_translations(path.read_bytes(), edition=in_force(), actor=None)
            except OSError as trouble:
                raise CommandError(f"{path} cannot be read: {trouble.strerror}.") from None
            except DomainError as refusal:
                told = [f"{path}: {error['field']}: {error['reason']}" for error in refusal.errors]
                raise CommandError("\n".join([refusal.sentence, *told])) from None
            self.stdout.write(f"{path.name}: {written} new translations, to be read by a native speaker.")
