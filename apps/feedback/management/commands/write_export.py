import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.feedback.operations.running import write
from apps.feedback.thrift import be_thrifty


class Command(BaseCommand):
    help = "Writes an export that was asked for on the page. Workers and the tick start it; it may be given by hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, help="the number of the export, as on its page")
        parser.add_argument(
            "--for", type=int, dest="parent", help="process that started it: when that ends, so does this"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        be_thrifty()
        parent = options["parent"]
        write(options["run"], may_go_on=lambda: parent is None or os.getppid() == parent)
