from typing import Any

from django.core.management.base import BaseCommand

from apps.detectors.operations import rebuild as rebuild_detectors
from apps.insight.operations import rebuild
from apps.rehearsal.operations import rebuild as rebuild_citations
from apps.training.operations import recount


class Command(BaseCommand):
    help = (
        "Makes the dashboard's numbers anew from cases, decisions and events. For quiet hours, after a load."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rebuild(say=lambda part: self.stdout.write(f"{part} …"))
        rebuild_citations(say=lambda part: self.stdout.write(f"{part} …"))
        rebuild_detectors(say=lambda part: self.stdout.write(f"{part} …"))
        recount(say=lambda part: self.stdout.write(f"{part} …"))
        self.stdout.write("Done.")
