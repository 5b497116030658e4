"""What the demo's people received and decided, written as real work is and marked as demo data."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from apps.accounts.models import User
from apps.decisions.evidence import take
from apps.decisions.operations.writing import Draft, write
from apps.decisions.verdict import Verdict, hold_because
from apps.guidelines.queries import Edition
from apps.intake.lines import AnyLine
from apps.intake.models import Item
from apps.intake.operations import receive
from apps.ledger.operations import Entry, record_many
from apps.queues.models import Case, Claim
from apps.queues.queries import case_facts
from apps.wellbeing.exposure import MODALITY, Look, units
from apps.wellbeing.models import ExposureEntry, Shift
from reviewqueue.demo.content import SOURCE, DemoCase, bulk_lines

OVERLOOKED = "I see nothing in it that the rule names."
TAKEN_FOR = "It reads like what the rule describes."
LINE: TypeAdapter[Any] = TypeAdapter(AnyLine)


def receive_as(like: DemoCase, number: str, *, at: datetime, posted_at: datetime) -> Item | None:
    """A demo case under a number of its own, as it would have come in at a moment; without its media files."""
    external_id = f"{number}-{like.key}"
    lines = []
    for line in bulk_lines([replace(like, media=())], now=at, upload_ids={}):
        line.pop("idempotency_key", None)
        if line["type"] == "views":
            line["external_id"] = external_id
        else:
            line["item"]["external_id"] = external_id
            if "url" in line["item"] and like.kind != "account":  # a post of its own at an address of its own
                line["item"]["url"] = f"{like.address}/{number}"
        if line["type"] == "item":
            line["item"]["posted_at"] = posted_at.isoformat()
        lines.append(LINE.validate_python(line))
    receive(lines, key=None, at=at, demo=True)
    return Item.objects.select_related("author").filter(source=SOURCE, external_id=external_id).first()


def verdict_on(
    like: DemoCase, edition: Edition, *, mistaken: bool = False, confidence: str = "sure"
) -> Verdict:
    """What its author thinks right of a demo case that breaks a rule or does not; or the opposite, by mistake."""
    words: dict[str, Any] = {"explanation": like.ends.why, "confidence": confidence}
    if mistaken:
        words["explanation"] = OVERLOOKED if like.ends.outcome == "violates" else TAKEN_FOR
    rules = [code for code in like.ends.rules if code in edition.rules]
    provided = [action for code in rules for action in edition.rules[code].actions]
    wanted = like.ends.actions if like.ends.outcome == "violates" else ("remove", *provided)
    actions = [action for action in wanted if allowed(action) and action in provided]
    if (like.ends.outcome == "violates") == mistaken or not actions:
        return Verdict(outcome="no_violation", **words)
    if like.ends.outcome != "violates":
        actions = actions[:1]
    found = Verdict(outcome="violates", rules=rules, actions=actions, **words)
    return (
        Verdict(outcome="no_violation", **words)
        if hold_because(found, edition, public_figure=False)
        else found
    )


def allowed(action: str) -> bool:
    """Whether one person decides it alone, and it needs nothing more to be said."""
    return action not in ("no_action", "account_terminate", "geo_restrict") and not action.startswith(
        "escalate_"
    )


def conclude(
    case: Case,
    *,
    person: User,
    shift: Shift,
    verdict: Verdict,
    edition: Edition,
    claimed_at: datetime,
    at: datetime,
    look: Look,
    measures: bool = False,
) -> int:
    """Write that she held a case in this shift and decided it at a moment, with what it cost her; the decision's number.

    The caller has put the case into its last state, and saves the shift's sum.
    """
    claim = Claim.objects.create(
        case=case,
        holder=person,
        shift_id=shift.pk,
        exposure=case.exposure,
        used_before=shift.spent,
        budget=shift.budget,
        reserved=case.units,
        seconds_revealed=look.seconds,
        started_at=claimed_at,
        expires_at=claimed_at + timedelta(minutes=15),
        ended_at=at,
        ending=Claim.Ending.DECIDED,
    )
    kind = case.item.kind
    cost = units(exposure=case.exposure, kind=kind, seconds=look.seconds, revealed=look.revealed)
    ExposureEntry.objects.create(
        user=person,
        shift=shift,
        claim_id=claim.pk,
        exposure=case.exposure,
        modality=MODALITY[kind],
        seconds_revealed=look.seconds,
        reported=True,
        units=cost,
        at=at,
    )
    shift.spent += cost
    facts = {**case_facts(case), "claim": claim.pk}
    record_many([Entry("case.claimed", person.pk, case.pk, case.item_id, data=facts)], at=claimed_at)
    decision_id, entries = write(
        Draft(
            case=case,
            claim_id=claim.pk,
            decider_id=person.pk,
            verdict=verdict,
            edition=edition,
            evidence=take(case.item_id),
            held=False,
            revealed=look.revealed,
            at=at,
            demo=True,
            measures=measures,
        )
    )
    record_many(entries, at=at)
    return decision_id
