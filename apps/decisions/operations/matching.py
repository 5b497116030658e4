"""Acting on matches with verified banks: decided without anybody seeing it, a share looked over by fingerprint."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.errors import AuditAnswered, AuditNotYours, SayWhy
from apps.decisions.models import Decision, DecisionSet, MatchAudit
from apps.decisions.operations.unattended import LeftToAPerson, Plan, for_the_item_alone, write_unattended
from apps.decisions.verdict import Verdict
from apps.ledger.operations import record
from apps.matching.draws import drawn
from apps.matching.models import Match, Says, Signal
from apps.matching.operations import hold_back, leave_to_a_person, opine
from apps.matching.queries import still_automatic


def act_on_match(match_id: int) -> int | None:
    """Decide an item as its match asks; the decision's id, or None when it is left to a person, with the reason on the match."""
    match = (
        Match.objects.select_related("entry__bank").filter(pk=match_id, verdict=Match.Verdict.AUTO).first()
    )
    if match is None:
        return None
    if match.entry.held_at is not None and match.entry.opinion == Says.POSITIVE:
        hold_back(match_ids=[match_id])  # a flood that showed itself since
        return None
    bank = match.entry.bank
    certain = bank.child_safety or (match.signal == Signal.SHA256 and match.distance == 0)
    actions = list(bank.actions) if certain else for_the_item_alone(bank.actions)

    def agreed(head: Decision | None) -> str:
        if head is not None and head.item_revision == match.revision:
            return "it was decided before"
        return "" if still_automatic(match.pk) else "the entry is not certain any more"

    plan = Plan(
        item_id=match.item_id,
        revision=match.revision,
        verdict=Verdict(outcome="violates", rules=(bank.rule_code,), actions=actions),
        origin=Decision.Origin.AUTO,
        set_id=lambda: _set_of(match),
        agreed=agreed,
        evidence={"match": _evidence(match)},
    )
    try:
        with transaction.atomic():
            decision_id = write_unattended(plan)
            _draw_for_audit(match, decision_id)
    except LeftToAPerson as left:
        leave_to_a_person(match_ids=[match_id], because=str(left))
        return None
    return decision_id


def _evidence(match: Match) -> dict[str, object]:
    return {
        "id": match.pk,
        "entry": match.entry_id,
        "bank": match.entry.bank_id,
        "bank_revision": match.bank_revision,
        "signal": match.signal,
        "distance": match.distance,
        "share": match.share,
        "quality": match.quality,
        "at_ms": match.at_ms,
        "opinion": match.opinion,
    }


def _set_of(match: Match) -> int:
    open_now = DecisionSet.objects.filter(entry_id=match.entry_id, reversed_at=None)
    DecisionSet.objects.bulk_create(
        [
            DecisionSet(
                kind=DecisionSet.Kind.MATCH, entry_id=match.entry_id, rule_code=match.entry.bank.rule_code
            )
        ]
        if not open_now.exists()
        else [],
        ignore_conflicts=True,
    )
    return open_now.values_list("pk", flat=True).get()


def _draw_for_audit(match: Match, decision_id: int) -> None:
    if drawn("audit", match.pk) >= match.entry.bank.audit_share:
        return
    audit = MatchAudit.objects.create(
        decision_id=decision_id, match_id=match.pk, added_by_id=match.entry.added_by_id
    )
    facts: dict[str, Any] = {"audit": audit.pk, "decision": decision_id, "match": match.pk}
    record("match.audit_drawn", actor=None, item=match.item_id, **facts)


@transaction.atomic
def answer_audit(*, actor: User, audit_id: int, stands: bool, why: str) -> None:
    """Say whether an automatic decision's match stands. A wrong one disputes the entry at once; what it decided is then
    reversed on the set's page. Raises SayWhy, AuditNotYours for who added the fingerprint, AuditAnswered.
    """
    if not why.strip():
        raise SayWhy(errors=[{"field": "why", "reason": "Say what you compared."}])
    audit = MatchAudit.objects.select_for_update(no_key=True).select_related("decision").get(pk=audit_id)
    if audit.verdict:
        raise AuditAnswered
    audit.verdict = MatchAudit.Verdict.STANDS if stands else MatchAudit.Verdict.WRONG
    audit.why, audit.person, audit.answered_at = why.strip()[:300], actor, now()
    try:
        with transaction.atomic():
            audit.save()
    except IntegrityError as refused:
        if "match_is_never_audited_by_who_added_it" in str(refused):
            raise AuditNotYours from None
        raise
    match = Match.objects.get(pk=audit.match_id)
    says = Says.POSITIVE if stands else Says.NEGATIVE
    opine(actor=actor, entry_id=match.entry_id, says=says, why=why, decision_id=None)
    facts: dict[str, Any] = {"audit": audit.pk, "decision": audit.decision_id, "verdict": audit.verdict}
    record("match.audited", actor=actor, item=audit.decision.item_id, **facts)
