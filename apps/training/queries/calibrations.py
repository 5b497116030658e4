"""What a calibration is drawn from, and how far people were apart."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.timezone import now

from apps.accounts.models import User
from apps.agreement import Estimate, krippendorff
from apps.guidelines.models import RuleVersion
from apps.training.choices import joined
from apps.training.models import Calibration, CalibrationCase
from apps.training.models.calibration import CASES

DAYS = 365
LIGHT = 1  # exposure that may be shown outside a claim, where no shift counts it


@dataclass(frozen=True)
class Drawn:
    decision_id: int
    text: str
    language: str
    exposure: int


# Recent decisions under the rule and those of cases in which it was suspected, each item once, light and with words.
DRAWABLE = """
    WITH near AS (
        SELECT cited.decision_id AS id FROM unnest(%(rules)s::bigint[]) rule
        CROSS JOIN LATERAL (SELECT decision_id FROM decisions_decisionrule c WHERE c.rule_version_id = rule
                            ORDER BY decision_id DESC LIMIT 500) cited
        UNION
        SELECT recent.id FROM (SELECT d.id, d.case_id FROM decisions_decision d ORDER BY d.id DESC LIMIT 2000) recent
        JOIN queues_case cs ON cs.id = recent.case_id WHERE %(code)s::varchar = ANY(cs.rule_codes)
    ), once AS (
        SELECT DISTINCT ON (d.item_id) d.id, content.text, d.language, cs.exposure
        FROM near JOIN decisions_decision d ON d.id = near.id JOIN queues_case cs ON cs.id = d.case_id
        JOIN intake_itemcontent content ON content.item_id = d.item_id AND content.revision = d.item_revision
        WHERE NOT d.withdraws AND NOT d.measures AND d.decided_at > %(since)s
          AND d.purpose <> 'authority_request' AND cs.exposure <= %(light)s AND content.text <> ''
          AND NOT EXISTS (SELECT 1 FROM quality_golden golden WHERE golden.item_id = d.item_id)
          AND (%(language)s = '' OR d.language = %(language)s)
          AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = d.id AND undo.withdraws)
        ORDER BY d.item_id, d.id DESC
    ), worded AS (  -- what was posted a hundred times in the same words is asked about once
        SELECT DISTINCT ON (text) id, text, language, exposure FROM once ORDER BY text, id DESC
    )
    SELECT id, text, language, exposure FROM worded ORDER BY random() LIMIT %(size)s
"""


def drawable(code: str, language: str, *, size: int = CASES) -> list[Drawn]:
    """Light past decisions at random, under a rule in any of its versions or where it was suspected."""
    rules = RuleVersion.objects.filter(code=code, version__published_at__isnull=False).order_by("-id")
    values: dict[str, Any] = {
        "rules": list(rules.values_list("id", flat=True)[:50]), "code": code, "language": language,
        "since": now() - timedelta(days=DAYS), "light": LIGHT, "size": size,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(DRAWABLE, values)
        return [Drawn(*row) for row in cursor.fetchall()]


def next_case(session: Calibration, person: User) -> CalibrationCase | None:
    """The next case she has said nothing of."""
    return session.cases.filter(gone_at=None).exclude(verdicts__person=person).order_by("position").first()


@dataclass(frozen=True)
class Spread:
    """How far people were apart. `rows`: each case, what was said of it and how often, most first. No names."""

    people: int
    alpha: Estimate
    rows: list[dict[str, Any]]


def spread_of(session: Calibration) -> Spread:
    """What everybody said, as counts for each case, and alpha over all of them.

    A calibration has ten cases: alpha is told with its interval whatever its width, because nobody is measured.
    """
    import numpy as np  # only where something is reckoned

    cases = list(
        session.cases.select_related("decision")
        .prefetch_related("verdicts", "remarks__author")
        .order_by("position")
    )
    people: set[int] = set()
    said: list[Counter[str]] = []
    for case in cases:
        verdicts = case.verdicts.all()
        people |= {one.person_id for one in verdicts}
        said.append(Counter(joined(one.outcome, one.rule_codes) for one in verdicts))
    classes = sorted({choice for counts in said for choice in counts})
    table = np.array([[counts[choice] for choice in classes] for counts in said], dtype=float)
    rows = [
        {
            "case": case,
            "then": joined(case.decision.outcome, case.decision.rule_codes),
            "said": [
                (choice, n, round(100 * n / sum(counts.values()))) for choice, n in counts.most_common()
            ],
            "remarks": list(case.remarks.all()),
        }
        for case, counts in zip(cases, said, strict=True)
    ]
    return Spread(len(people), krippendorff(table.reshape(len(cases), len(classes)), draws=1000), rows)


def open_for(person: User) -> list[Calibration]:
    """Open calibrations in which she has not said everything yet."""
    left = CalibrationCase.objects.filter(session=OuterRef("pk"), gone_at=None).exclude(
        verdicts__person=person
    )
    return list(Calibration.objects.filter(Exists(left), closed_at=None)[:20])
