from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.errors import DomainError
from apps.matching.models import Bank
from apps.matching.operations import load_file


class Command(BaseCommand):
    help = "Loads a file of fingerprints (CSV or JSON) into a bank. A broken line is named, and refuses the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--bank", required=True, help="the bank's name")
        parser.add_argument("--without-broken", action="store_true", help="load the good lines all the same")

    def handle(self, *args: Any, **options: Any) -> None:
        bank = Bank.objects.filter(name=options["bank"]).first()
        if bank is None:
            raise CommandError(f"There is no bank “{options['bank']}”. Make it on /banks/ first.")
        try:
            text = options["file"].read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as trouble:
            raise CommandError(f"This file cannot be read: {trouble}") from None
        try:
            loaded = load_file(
                actor=None, bank_id=bank.pk, text=text, without_broken=options["without_broken"]
            )
        except DomainError as refusal:
            lines = [f"  {error['field']}: {error['reason']}" for error in refusal.errors]
            raise CommandError("\n".join([refusal.sentence, *lines])) from None
        for number, reason in loaded.broken:
            self.stderr.write(f"line {number}: {reason}")
        self.stdout.write(
            f"{loaded.new:,} new, {loaded.known:,} known before, {len(loaded.broken):,} of {loaded.lines:,} lines left out."
        )
