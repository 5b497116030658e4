from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from apps.disclosure.answering import medians
from apps.disclosure.cells import from_rows, from_sums
from apps.disclosure.periods import parse


class Command(BaseCommand):
    help = "Counts a period anew from every enforcement and says whether the sums a report is drafted from are the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="2026-q3, 2026-h2 or 2026")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _, begins, ends = parse(options["period"])
        except ValueError:
            raise CommandError(
                f"There is no period “{options['period']}”: write 2026-q3, 2026-h2 or 2026."
            ) from None
        alone = not connection.in_atomic_block
        with transaction.atomic():
            with connection.cursor() as cursor:
                if alone:  # one moment for both, however long the second takes
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
            sums, rows = from_sums(begins, ends), from_rows(begins, ends)
            waited = medians(begins, ends).items() ^ medians(begins, ends, from_rows=True).items()
        differ = set(sums.removals) ^ set(rows.removals)
        others = set(sums.actions) ^ set(rows.actions)
        if not differ and not others and not waited:
            removed = sum(one.amounts[0] for one in rows.removals if not one.rule)
            self.stdout.write(
                f"The same: {removed:,} removals and {sum(one.n for one in rows.actions):,} restrictions."
            )
            return
        for one in sorted(map(str, [*differ, *others, *waited]))[:20]:
            self.stdout.write(one)
        raise CommandError(
            f"{len(differ) + len(others) + len(waited)} sums differ from the rows. `manage.py rebuild_rollups` makes them anew."
        )
