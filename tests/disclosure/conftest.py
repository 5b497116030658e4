from datetime import UTC, date, datetime, timedelta

import pytest

from apps.decisions.models import Decision, DecisionRule, Enforcement
from apps.disclosure.operations import draft, publish
from apps.disclosure.periods import parse
from apps.guidelines.models import RuleVersion
from apps.guidelines.queries import in_force
from apps.insight.operations.removals import count_actions, count_reinstatements, count_removals
from tests import make
from tests.conftest import person

QUARTER = "2025-q3"
INSIDE = datetime(2025, 8, 5, 12, tzinfo=UTC)


@pytest.fixture
def house(db):
    make.house()


def removing(
    n=1, *, at=INSIDE, rules=("AU-4",), language="en", country="KH", source="user_report", by="human", views=0,
    hours=2, reported=True, ground="guideline", action="remove", kind="text", told=True, item=None,
):  # fmt: skip
    made = []
    for _ in range(n):
        of = item or make.item(language=language, country=country, kind=kind)
        case = make.case(item=of, state="done", closed_at=at)
        decision = Decision.objects.create(
            case=case, item=of, item_revision=1, purpose="review", origin="auto" if by == "auto" else by,
            decider=person("moderator2") if by == "human" else None, outcome="violates", ground=ground,
            guideline_version_id=in_force().id, rule_codes=list(rules), actions=[action], language=language,
            detection_source=source, evidence_sha256="0" * 64, demo=True, decided_at=at,
        )  # fmt: skip
        for code in rules:
            version = RuleVersion.objects.get(version_id=in_force().id, code=code)
            DecisionRule.objects.create(decision=decision, rule_version=version)
        made.append(
            Enforcement.objects.create(
                decision=decision,
                item=of,
                action=action,
                due_at=at,
                decided_by=by,
                detection_source=source,
                posted_at=at - timedelta(hours=hours),
                first_report_at=at - timedelta(hours=1) if reported else None,
                effective_at=at,
                views_at_effect=views,
            )
        )
    if told:
        count_removals({one.pk for one in made})
        count_actions({one.pk for one in made})
    return made if n > 1 else made[0]


@pytest.fixture
def removed(house):
    """`removed(n, …)`: so many items removed in the quarter, as the rollups were told; the enforcements."""
    return removing


@pytest.fixture
def reinstate():
    """`reinstate(enforcement)`: put its item back, as the rollups were told."""

    def put_back(enforcement):
        reversal = Enforcement.objects.create(
            decision=enforcement.decision, item=enforcement.item, action=enforcement.action, reverses=enforcement,
            due_at=enforcement.due_at + timedelta(days=1), detection_source=enforcement.detection_source,
        )  # fmt: skip
        count_reinstatements({enforcement.pk})
        return reversal

    return put_back


def drafted(slug=QUARTER, *, by="policy2", **fields):
    kind, begins, ends = parse(slug)
    return draft(actor=person(by), kind=kind, begins=begins, ends=ends, **fields)


def published(slug=QUARTER, *, by="policy2", **fields):
    made = drafted(slug, by=by, **fields)
    return publish(actor=person("legal"), edition_id=made.pk, seen=made.sha256)


def table(edition, id):
    """A table of an edition as {key: {column: value}}, hidden rows as None."""
    (found,) = [one for one in edition.figures["tables"] if one["id"] == id]
    return {
        row["key"]: None if row["hidden"] else dict(zip(found["columns"], row["values"], strict=True))
        for row in found["rows"]
    }


SUMMER = (date(2025, 7, 1), date(2025, 10, 1))
