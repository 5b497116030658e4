"""What is done only because the law of one country asks for it: beside the guidelines, never under them."""

import json
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.evidence import take
from apps.decisions.models import UNDO_WITHIN, Decision, Enforcement, Notice
from apps.decisions.operations.writing import WRITE
from apps.guidelines.queries import in_force
from apps.ledger.operations import record
from apps.queues.models import Case

VALID_ORDER = "LG-1"  # the starter guidelines' rule for a valid order about what breaks no rule of ours
WITHHOLD = "geo_restrict"


@transaction.atomic
def withhold_by_law(
    *, actor: User, case: Case, country: str, rule: str = VALID_ORDER, asked_by: str = ""
) -> Decision:
    """Withhold an item in one country and nowhere else, because its law asks for it and no rule of ours does.

    It is no verdict under the guidelines: it begins a chain of its own, reverses and replaces nothing, makes no
    strike, judges no report, teaches no detector, and stands in no log, timeline or export of verdicts
    (`standing`). Only the platform is told, by `enforcement.due`. Telling the author is its caller's.
    `rule` is what the statement of reasons is sorted by; `asked_by` is "notice" where no authority asked.
    The caller holds no lock; the item's row is taken here, the last of the order.
    """
    edition, at = in_force(), now()
    evidence = take(case.item_id)
    parameters: dict[str, Any] = {"countries": [country], **({"asked_by": asked_by} if asked_by else {})}
    row = WRITE.run(
        {
            "case": case.pk,
            "item": case.item_id,
            "revision": evidence.revision,
            "purpose": Case.Purpose.AUTHORITY_REQUEST.value,
            "claim": None,
            "decider": actor.pk,
            "origin": Decision.Origin.HUMAN.value,
            "outcome": Decision.Outcome.VIOLATES.value,
            "ground": "legal_only",
            "version": edition.id,
            "codes": [rule],
            "actions": [WITHHOLD],
            "rationale": [],
            "confidence": "",
            "language": evidence.language,
            "source": case.detection_source,
            "reveal": "",
            "sha256": evidence.sha256,
            "views": evidence.views,
            "supersedes": None,
            "measures": False,
            "held": False,
            "demo": False,
            "at": at,
            "explanation": "",
            "note": "",
            "parameters": json.dumps(parameters),
            "evidence": json.dumps(evidence.snapshot, default=str),
            "rules": [],
            "audiences": [],
            "spoken": [],
            "texts": [],
            "settles": False,
            "due": at + UNDO_WITHIN,
            "posted": evidence.posted_at,
            "first_report": evidence.first_report_at,
            "first_flag": evidence.first_flag_at,
            "enforced": [WITHHOLD],
            "enforced_parameters": [json.dumps({"target": "item", **parameters})],
        }
    )
    assert row is not None
    decision_id, ordered, _ = row
    for line in ordered:
        enforcement, action = line.split(":")
        _tell("enforcement.due", actor, decision_id, enforcement=int(enforcement), action=action)
    return Decision.objects.get(pk=decision_id)


@transaction.atomic
def give_back(*, actor: User | None, decision: Decision) -> int:
    """End what `withhold_by_law` began; how many measures are reversed now. Doing it again reverses nothing."""
    take(decision.item_id)
    standing = Enforcement.objects.filter(decision=decision, reverses=None, reversals=None)
    measures = list(standing)
    for one in measures:
        reversal = Enforcement.objects.create(
            decision=decision,
            item_id=one.item_id,
            action=one.action,
            parameters=one.parameters,
            reverses=one,
            due_at=now(),
            detection_source=one.detection_source,
        )
        facts: dict[str, Any] = {"enforcement": reversal.pk, "action": one.action, "reverses": one.pk}
        _tell("enforcement.reversed", actor, decision.pk, **facts)
    return len(measures)


@transaction.atomic
def tell_author_of_law(*, decision: Decision, language: str, text: str) -> Notice:
    """Give the author of what is withheld by law her notice, once (`notice_once_per_audience`)."""
    notice = Notice.objects.create(decision=decision, audience="author", language=language, text=text)
    record("notice.due", actor=None, private=True, decision=decision.pk, notice=notice.pk)
    return notice


def _tell(kind: str, actor: User | None, decision_id: int, **facts: Any) -> None:
    """On no timeline: whether anybody may know of it is for the room that asked."""
    record(kind, actor=actor, private=True, decision=decision_id, **facts)
