from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.wellbeing.errors import InvalidLimits
from apps.wellbeing.limits import LIMITS
from apps.wellbeing.operations import set_ceilings
from apps.wellbeing.queries import ceilings_in_force


class Command(BaseCommand):
    help = (
        "The organisation's ceilings: between what each wellbeing limit may be set. Without arguments, prints them. "
        "Budgets in hundredths of a unit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--set", action="append", default=[], metavar="LIMIT=LEAST,MOST", dest="bounds")
        parser.add_argument("--reason", default="", help="why; required when something is set")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["bounds"]:
            try:
                bounds = dict(_bound(one) for one in options["bounds"])
                set_ceilings(bounds=bounds, reason=options["reason"], actor=None)
            except InvalidLimits as refusal:
                raise CommandError(" ".join(error["reason"] for error in refusal.errors)) from None
        for name, (least, most) in ceilings_in_force().items():
            title = f"{LIMITS[name].title}, {LIMITS[name].unit}".removesuffix(", ")
            self.stdout.write(f"{name:26} {least:>8,} to {most:>8,}   {title}")


def _bound(typed: str) -> tuple[str, tuple[int, int]]:
    name, _, numbers = typed.partition("=")
    least, _, most = numbers.partition(",")
    if not (least.isdigit() and most.isdigit()):
        raise CommandError(f"“{typed}” should look like budget=100,24000.")
    return name, (int(least), int(most))
