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
from reviewqueue.demo.history import write_history

LINE: TypeAdapter[Any] = TypeAdapter(AnyLine)


class Command(BaseCommand):
    help = "The demo's waiting cases, then a fortnight of decided history. Only in the embedded demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "Demo cases exist only in the embedded demo; this installation has its own database."
            )
        cases = demo_cases()
        first = [case for case in cases if not case.media]
        for group in (first, [case for case in cases if case.media]):
            self._send([case for case in group if not self._is_there(case.key)])
        for decisions in write_history():
            drain()
            self.stdout.write(f"{decisions} decisions of the past fortnight.", ending="\r")
        drain()
        self.stdout.write("The demo is complete." + " " * 30)

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
