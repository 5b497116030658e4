from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import User
from apps.errors import DomainError
from apps.feedback.operations.exporting import export
from apps.feedback.operations.running import note_elsewhere
from apps.feedback.thrift import be_thrifty
from apps.feedback.writers import FORMATS


class Command(BaseCommand):
    help = "Export decisions as training data, with manifest and card. Who did it is recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--format",
            action="append",
            choices=list(FORMATS),
            dest="formats",
            help="may be given several times",
        )
        parser.add_argument(
            "--out", type=Path, required=True, help="folder; an earlier export in it is replaced"
        )
        parser.add_argument(
            "--since", type=int, help="the cursor of an earlier manifest: only what moved after it"
        )
        parser.add_argument(
            "--split",
            default="",
            help="name of the split, by default the newest; a new name freezes a new one",
        )
        parser.add_argument("--split-seed", help="of a new split; the same seed gives the same sides")
        parser.add_argument(
            "--test-from", type=_date, help="of a new split, YYYY-MM-DD: its test set begins here"
        )
        parser.add_argument(
            "--by", default="", help="the sign-in name of whoever asked for it, for the record"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor = None
        if options["by"]:
            actor = User.objects.filter(username=options["by"], is_active=True).first()
            if actor is None:
                raise CommandError(f"There is nobody called {options['by']} here.")
        be_thrifty()
        try:
            done = export(
                options["out"],
                formats=options["formats"] or ["parquet"],
                actor=actor,
                since=options["since"],
                split=options["split"],
                split_seed=options["split_seed"],
                test_from=options["test_from"],
                settle=lambda manifest, sha256: note_elsewhere(actor=actor, manifest=manifest, sha256=sha256),
                progress=self._progress if options["verbosity"] > 1 else lambda done, all_: None,
            )
        except DomainError as refusal:
            raise CommandError(refusal.errors[0]["reason"] if refusal.errors else refusal.sentence) from None
        if done.replaced:
            self.stdout.write(f"Replaced the export {done.replaced} that was in {options['out']}.")
        manifest = done.manifest
        self.stdout.write(f"{manifest['rows']} rows in {options['out']} (export {manifest['export_id']}):")
        for file in manifest["files"]:
            self.stdout.write(f"  {file['path']}  {file['bytes']} bytes  sha256 {file['sha256']}")

    def _progress(self, done: int, expected: int) -> None:
        self.stderr.write(f"{done} of about {expected} rows")


def _date(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a date like 2026-11-30") from None
