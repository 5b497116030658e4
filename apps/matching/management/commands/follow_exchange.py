from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.errors import DomainError
from apps.matching.models import Bank, Exchange
from apps.matching.operations import follow_exchange


class Command(BaseCommand):
    help = "Follows an exchange into a bank, from now on: asks it once now, and the tick asks again every few minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--kind", default="", help="a kind named in MATCHING_EXCHANGES; needed the first time"
        )
        parser.add_argument("--bank", default="", help="the name of the bank it fills; needed the first time")

    def handle(self, *args: Any, **options: Any) -> None:
        exchange = Exchange.objects.filter(name=options["name"]).first()
        if exchange is None:
            bank = Bank.objects.filter(name=options["bank"]).first()
            if bank is None or not options["kind"]:
                raise CommandError("It is new: name its kind and the bank it fills with --kind and --bank.")
            exchange = Exchange.objects.create(name=options["name"], kind=options["kind"], bank=bank)
        try:
            new, withdrawn = follow_exchange(exchange.pk)
        except DomainError as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"{new:,} new, {withdrawn:,} withdrawn.")
