from typing import Any

from django.core.management.base import BaseCommand

from apps.queues.operations.setup import install_starter


class Command(BaseCommand):
    help = "Make the starter queues and routing rules, if there are no queues yet."

    def handle(self, *args: Any, **options: Any) -> None:
        made = install_starter(actor=None)
        self.stdout.write(
            "Starter queues and routing rules are in place." if made else "There are queues already."
        )
