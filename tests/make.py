"""Making things for tests. Where a door or an operation exists, it is used."""

import itertools
import pickle
from datetime import timedelta
from functools import cache
from pathlib import Path
from unittest.mock import patch

from django.utils.timezone import now

from apps.guidelines import starter_format
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.operations import approve, ask_for_review, load, publish
from apps.guidelines.queries import forget_in_force
from apps.intake.models import Author, Item, ItemContent, Report, Reporter
from apps.queues.models import Case, Lane, Queue
from apps.queues.operations.setup import install_starter
from apps.queues.priority import rank
from apps.wellbeing.exposure import worst_units
from apps.wellbeing.models import LimitSet
from tests.conftest import person

STARTER = Path(__file__).parent.parent / "apps/guidelines/starter/starter.yaml"
_numbers = itertools.count(1)


@cache
def _starter() -> bytes:
    return pickle.dumps(starter_format.read(STARTER.read_text()))


def house() -> None:
    """Guidelines in force, starter queues, first limits: what every installation has."""
    forget_in_force()
    if not GuidelineVersion.objects.exists():
        # Half a second of most tests would go into reading the same file: it is read once, and handed out as copies.
        read = _starter()
        with patch.object(starter_format, "read", lambda _: pickle.loads(read)):
            draft = load("", actor=None)
        publish(draft, actor=None, reason="starter")
    install_starter(actor=None)
    if not LimitSet.objects.exists():
        LimitSet.objects.create()


def approved(version: GuidelineVersion) -> GuidelineVersion:
    """The draft, read and approved by somebody who wrote none of it."""
    ask_for_review(actor=person("policy"), version_id=version.pk)
    version.refresh_from_db()
    approve(actor=person("policy2"), version_id=version.pk, revision=version.revision)
    return version


def item(*, kind="text", text="A post somebody reported.", language="en", author=None, **fields) -> Item:
    number = next(_numbers)
    author = author or Author.objects.create(
        source="test", external_id=f"author-{number}", handle=f"@a{number}"
    )
    fields.setdefault("external_id", f"post-{number}")
    made = Item.objects.create(
        source="test", kind=kind, language=language, author=author, content_sha256="0" * 64, **fields
    )
    ItemContent.objects.create(item=made, revision=made.revision, text=text)
    return made


def report(of: Item, *, by="reporter", rule="", trusted=False, **fields) -> Report:
    reporter, _ = Reporter.objects.get_or_create(source="test", external_id=by)
    return Report.objects.create(
        item=of, item_revision=of.revision, reporter=reporter, rule_code=rule, trusted=trusted, reason="reported",
        **fields,
    )  # fmt: skip


def case(
    *, queue="everything-else", exposure=0, severity=3, priority=0, due_in=timedelta(hours=1), **fields
) -> Case:
    """A waiting case, put straight into its lane."""
    house_queue = Queue.objects.get(slug=queue)
    of = fields.pop("item", None) or item(
        language=fields.get("language", "en"), kind=fields.pop("kind", "text")
    )
    units = worst_units(exposure=exposure, kind=of.kind)
    fields.setdefault("language", of.language)
    harms = fields.setdefault("harms", 0)
    lane, _ = Lane.objects.get_or_create(
        queue=house_queue, exposure=exposure, language=fields["language"], units=units, harms=harms
    )
    due_at = now() + due_in
    fields.setdefault("rule_codes", [])
    return Case.objects.create(
        item=of,
        queue=house_queue,
        lane=lane,
        severity=severity,
        exposure=exposure,
        units=units,
        priority=priority,
        rank=rank(due_at, priority),
        due_at=due_at,
        detection_source="user_report",
        opened_at=now(),
        **fields,
    )
