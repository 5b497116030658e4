import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.detectors.operations.engine import in_batches, take_results
from apps.detectors.osprey import FeatureMap, Unreadable


class Command(BaseCommand):
    help = "Takes in results of the rules engine Osprey, one JSON object per line, as flags. Run it again: nothing doubles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a file of results, or - for standard input")
        parser.add_argument(
            "--map", type=Path, required=True, help="which features make an item, and which rules"
        )
        parser.add_argument("--batch", type=int, default=500, help="lines at once; 1 for a slow stream")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mapping = FeatureMap.read(json.loads(options["map"].read_text()))
        except OSError:
            raise CommandError(f"There is no file {options['map']}.") from None
        except Unreadable as trouble:
            raise CommandError(f"{trouble} Nothing was taken in.") from None
        except ValueError:
            raise CommandError("The mapping is not JSON. Nothing was taken in.") from None
        try:
            stream = sys.stdin.buffer if options["file"] == "-" else Path(options["file"]).open("rb")  # noqa: SIM115
        except OSError:
            raise CommandError(f"There is no file {options['file']}.") from None
        sums = dict.fromkeys(("lines", "accepted", "duplicate", "silent", "refused"), 0)
        with stream:
            for rows in in_batches(stream, max(1, options["batch"])):
                taken = take_results(rows, mapping)
                for number, why in taken.refused:
                    self.stderr.write(f"line {number}: {why}")
                for name in sums:
                    got = getattr(taken, name)
                    sums[name] += len(got) if isinstance(got, list) else got
        self.stdout.write(
            f"results: {sums['lines']}\nflags accepted: {sums['accepted']}\nduplicate: {sums['duplicate']}\n"
            f"speak for no rule: {sums['silent']}\nrefused: {sums['refused']}"
        )
