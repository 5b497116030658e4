from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.errors import DomainError
from apps.guidelines.errors import NothingInForce
from apps.guidelines.operations import load, publish
from apps.guidelines.queries import in_force


class Command(BaseCommand):
    help = "Load a guideline set from the starter format as a draft, validated line by line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--publish", action="store_true", help="put it in force at once")
        parser.add_argument("--reason", default="", help="why it is published, shown beside the version")
        parser.add_argument(
            "--unless-in-force", action="store_true", help="do nothing when some version is in force already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if options["unless_in_force"] and (number := _number_in_force()):
            self.stdout.write(f"Guidelines {number} are in force; nothing to do.")
            return
        try:
            data = path.read_bytes()
        except OSError as trouble:
            raise CommandError(f"{path} cannot be read: {trouble.strerror}.") from None
        try:
            with transaction.atomic():
                version = load(data, actor=None)
                if options["publish"]:
                    publish(version, actor=None, reason=options["reason"] or f"Loaded from {path.name}")
        except DomainError as refusal:
            told = [f"{path}: {error['field']}: {error['reason']}" for error in refusal.errors]
            raise CommandError(
                "\n".join([*told, "Nothing was changed."] if told else [refusal.sentence])
            ) from None
        state = "in force" if options["publish"] else "a draft"
        rules = version.rules.count()
        self.stdout.write(
            f"Guidelines {version.number}: {version.policies.count()} policies, {rules} rules, {state}."
        )


def _number_in_force() -> str:
    try:
        return in_force().number
    except NothingInForce:
        return ""
