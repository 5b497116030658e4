from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now
from pydantic import TypeAdapter

from apps.intake.lines import AnyLine
from apps.intake.models import Item
from apps.intake.operations import keep_upload, prepare_due, receive
from apps.ledger.operations import drain
from reviewqueue.demo.content import SOURCE, bulk_lines, demo_cases, media_files
from reviewqueue.demo.history import write_history, write_quarter
from reviewqueue.demo.rooms import fill_rooms

LINE: TypeAdapter[Any] = TypeAdapter(AnyLine)


class Command(BaseCommand):
    help = "The demo's waiting cases, a fortnight of decided history, and a little in every room. Only in the embedded demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "Demo cases exist only in the embedded demo; this installation has its own database."
            )
        self._tell(write_quarter())  # first: reports are counted in the order in which they came in
        cases = demo_cases()
        first = [case for case in cases if not case.media]
        for group in (first, [case for case in cases if case.media]):
            self._send([case for case in group if not self._is_there(case.key)])
        self._tell(write_history())
        for room in fill_rooms():
            drain()
            self.stdout.write(f"Shown now: {room}.")
        self.stdout.write("The demo is complete." + " " * 30)

    def _tell(self, writing: Iterator[int]) -> None:
        for decisions in writing:
            drain()
            self.stdout.write(f"{decisions} decisions of days that are over.", ending="\r")
        drain()

    def _is_there(self, key: str) -> bool:
        return Item.objects.filter(source=SOURCE, external_id=key).exists()

    def _send(self, cases: list[Any]) -> None:
        for start in range(0, len(cases), 20):
            some = cases[start : start + 20]
            uploads = {
                case.key: [
                    keep_upload([data], declared=mime, key=None).pk for data, mime in media_files(case)
                ]
                for case in some
            }
            lines = [LINE.validate_python(line) for line in bulk_lines(some, now=now(), upload_ids=uploads)]
            receive(lines, key=None, demo=True)
            while prepare_due(20, late=timedelta(0)):
                pass
            drain()
