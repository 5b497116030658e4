"""A floor with people on shift, modules to learn from, and as many settled second looks as a figure needs."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.guidelines.queries import in_force
from apps.intake.models import Author, Item, ItemContent
from apps.ledger.models import Event
from apps.quality.models import Adjudication, Comparison, Draw, SamplingPlan
from apps.queues.models import Case, Lane, Queue
from apps.training.models import Module
from apps.training.operations import add_case, open_module, publish_module
from apps.training.operations.counting import count
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person

AU4, AU1, NONE = ("violates", ["AU-4"]), ("violates", ["AU-1"]), ("no_violation", [])
Said = tuple[str, Sequence[str]]


@pytest.fixture
def floor(db):
    """The house, with two moderators and a senior on shift."""
    make.house()
    for name in ("moderator", "moderator2", "senior"):
        start_shift(actor=person(name))
    return person("moderator")


def pairs(
    n: int,
    first: Said = AU4,
    second: Said = AU4,
    third: Said | None = None,
    *,
    by: str | User = "moderator",
    language: str = "en",
    probability: float = 1.0,
    days_ago: float = 1,
    version: int | None = None,
    origin: str = "human",
    queue: str = "fraud",
    exposure: int = 0,
) -> list[Comparison]:
    """As many second looks as told, settled and counted: what the first said, what the second, and the third if asked."""
    her = person(by) if isinstance(by, str) else by
    at = now() - timedelta(days=days_ago)
    plan = SamplingPlan.objects.filter(queue=None).first() or SamplingPlan.objects.create(
        number=1, seed="a seed"
    )
    author, _ = Author.objects.get_or_create(source="test", external_id="author-of-many")
    start = Item.objects.count()
    items = Item.objects.bulk_create(
        Item(source="many", external_id=f"many-{start + k}", kind="text", language=language, author=author,
             content_sha256="0" * 64)
        for k in range(n)
    )  # fmt: skip
    ItemContent.objects.bulk_create(
        ItemContent(
            item=one, revision=one.revision, text=f"Invest now, write to me@example.org, offer {one.pk}."
        )
        for one in items
    )
    home = Queue.objects.get(slug=queue)
    lane, _ = Lane.objects.get_or_create(queue=home, exposure=exposure, language=language, units=100, harms=0)

    def decided(purpose: str, who: User | None, what: Said, **more) -> tuple[list[Case], list[Decision]]:
        cases = Case.objects.bulk_create(
            Case(item=one, purpose=purpose, state="done", queue=home, lane=lane, severity=2, exposure=exposure, units=100,
                 rank=0, due_at=at, detection_source="user_report", language=language, opened_at=at, closed_at=at,
                 rule_codes=["AU-4"])
            for one in items
        )  # fmt: skip
        made = Decision.objects.bulk_create(
            Decision(case=case, item=case.item, item_revision=1, purpose=purpose, decider=who, outcome=what[0],
                     rule_codes=list(what[1]), guideline_version_id=version or in_force().id, detection_source="user_report",
                     language=language, evidence_sha256="0" * 64, decided_at=at, demo=True, **more)
            for case in cases
        )  # fmt: skip
        return cases, made

    _, ones = decided("review", her if origin == "human" else None, first, origin=origin)
    looks, twos = decided("second_look", person("moderator2"), second, measures=True)
    draws = Draw.objects.bulk_create(
        Draw(decision=one, plan=plan, case=look, stratum="AU-4|en|remove|human", because="random", probability=probability,
             rule_code="AU-4", language=language, origin=origin, exposure=0)
        for one, look in zip(ones, looks, strict=True)
    )  # fmt: skip
    made = Comparison.objects.bulk_create(
        Comparison(
            draw=draw, first=one, second=two, first_rater=one.decider, second_rater=person("moderator2"),
            first_label=first[0], second_label=second[0], first_rules=list(first[1]), second_rules=list(second[1]),
            rule_code="AU-4", language=language, origin=origin, guideline_version_id=version or in_force().id,
            agreed=first == second, same_actions=first == second, settled_at=at,
        )
        for draw, one, two in zip(draws, ones, twos, strict=True)
    )  # fmt: skip
    if third is not None:
        asked, threes = decided("adjudication", person("senior"), third)
        upheld = "first" if third == first else "second" if third == second else "neither"
        Adjudication.objects.bulk_create(
            Adjudication(
                comparison=pair,
                case=case,
                decision=last,
                upheld=upheld,
                settled_at=at,
                why="The offer is a bait.",
            )
            for pair, case, last in zip(made, asked, threes, strict=True)
        )
    count([Event(kind="second_look.settled", data={"draw": draw.pk}) for draw in draws])
    return made


def module(
    kind: str = "targeted", *, cases: Sequence[Said] = (AU4, NONE, AU4), queue: str = "", **fields
) -> Module:
    """A module in use, made by the senior; by default about scams that were let stand."""
    if kind == "targeted":
        fields = {"chosen": "none", "instead_of": "AU-4", **fields}
    made = open_module(
        actor=person("senior"), kind=kind, title=f"{kind.capitalize()} module",
        queue=Queue.objects.get(slug=queue) if queue else None, **fields,
    )  # fmt: skip
    for number, (outcome, codes) in enumerate(cases, start=1):
        add_case(
            actor=person("senior"), module_id=made.pk, text=f"Somebody promises a fortune, case {number}.", exposure=0,
            outcome=outcome, rule_codes=codes, about_rule="AU-4", explanation="The rule speaks of promised gains.",
            names_nobody=True,
        )  # fmt: skip
    return publish_module(actor=person("senior"), module_id=made.pk)
