import errno
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.intake.loading import Places, Progress, load

BAR = 30
NOT_OURS = (errno.EACCES, errno.EPERM, errno.EROFS)


class Command(BaseCommand):
    help = "The bulk door from the command line: one JSON object per line. Stop it at any time, run it again to go on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--notes-in",
            type=Path,
            help="folder for FILE.progress and FILE.rejected.jsonl (default: beside FILE)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        places = Places.of(options["file"], options["notes_in"])
        if not places.file.is_file():
            raise CommandError(f"There is no file {places.file}.")
        if options["notes_in"] is not None:
            options["notes_in"].mkdir(parents=True, exist_ok=True)
        started, progress = time.monotonic(), Progress()
        size = places.file.stat().st_size
        try:
            for progress in load(places):
                self._draw(progress.offset / size if size else 1.0, progress)
        except KeyboardInterrupt:
            self._clear()
            self.stderr.write(f"Stopped after line {progress.lines:,}. Run it again to go on from there.")
            raise SystemExit(130) from None
        except OSError as trouble:
            if trouble.errno not in NOT_OURS:
                raise
            raise CommandError(
                f"{trouble.filename} cannot be written. Choose a folder with --notes-in."
            ) from None
        self._clear()
        self.stdout.write(f"accepted: {progress.accepted}")
        self.stdout.write(f"duplicate: {progress.duplicate}")
        self.stdout.write(
            f"refused: {progress.refused}" + (f" (see {places.rejected})" if progress.refused else "")
        )
        self.stderr.write(f"{progress.lines:,} lines, {time.monotonic() - started:.1f} s")

    def _draw(self, share: float, progress: Progress) -> None:
        if self.stderr.isatty():
            full = round(share * BAR)
            bar = "█" * full + "·" * (BAR - full)
            counts = f"{progress.accepted:,} accepted, {progress.duplicate:,} duplicate, {progress.refused:,} refused"
            self.stderr.write(f"\r{bar} {share:4.0%}  {counts}", ending="")
            self.stderr.flush()

    def _clear(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r\x1b[2K", ending="")
