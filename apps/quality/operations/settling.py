"""From two judgements to what is true of the item, and what each person is told."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import Role, User
from apps.decisions.models import Decision
from apps.decisions.operations.deciding import SECOND_PERSON
from apps.decisions.verdict import RATIONALE
from apps.errors import NotAllowed
from apps.intake.models import ItemContent
from apps.ledger.models import Event
from apps.ledger.operations import record
from apps.quality.errors import NotToBeSettled
from apps.quality.models import Adjudication, Blind, Comparison, Draw, Finding, Void
from apps.quality.operations.blind import judges_of, root_of, settled_decisions
from apps.quality.queries import identities_cited, moved
from apps.queues.models import Case, Queue
from apps.queues.operations import claim_case, open_follow_up
from apps.queues.operations.claiming import Claimed
from apps.queues.queries import default_escalation


@transaction.atomic
def compare(events: Iterable[Event]) -> list[Comparison]:
    """Second looks were decided: set each beside the decision it was about, and have a senior settle where they differ.

    A draw is compared once. One whose item or rules changed between the two looks says nothing (Void).
    """
    seconds = {one.case_id: one for one in settled_decisions(events, [Case.Purpose.SECOND_LOOK])}
    if not seconds:
        return []
    draws = Draw.objects.filter(case__in=seconds, comparison=None, void=None).order_by("id")
    made = []
    for drawn in draws.select_related("decision__case", "decision__item", "case__queue"):
        first, second = drawn.decision, seconds[drawn.case_id]
        cited = identities_cited([first.pk, second.pk])
        if because := _says_nothing(first, second, cited[first.pk] | cited[second.pk]):
            Void.objects.create(draw=drawn, because=because)
            continue
        pair = _pair(drawn, first, second, same_rules=cited[first.pk] == cited[second.pk])
        if not (pair.agreed and pair.same_actions):
            _ask_a_senior(pair, drawn, first)
        _tell(pair, "second_look.settled", actor=second.decider_id)
        made.append(pair)
    return made


def _says_nothing(first: Decision, second: Decision, identities: frozenset[object]) -> str:
    if first.item_revision != second.item_revision:
        return Void.Because.CHANGED
    content = ItemContent.objects.filter(item=first.item_id, revision=first.item_revision)
    if content.filter(erased_at__isnull=False).exists():
        return Void.Because.GONE
    if moved(identities, one=first.guideline_version_id, other=second.guideline_version_id):
        return Void.Because.RULES
    return ""


def _pair(drawn: Draw, first: Decision, second: Decision, *, same_rules: bool) -> Comparison:
    suspected = [drawn.rule_code, *second.case.rule_codes]
    rule = next((code for code in [*first.rule_codes, *second.rule_codes, *suspected] if code), "")
    assert second.decider is not None  # a second look is a person's
    return Comparison.objects.create(
        draw=drawn,
        first=first,
        second=second,
        first_rater_id=first.decider_id,
        second_rater=second.decider,
        first_label=first.outcome,
        second_label=second.outcome,
        first_rules=first.rule_codes,
        second_rules=second.rule_codes,
        rule_code=rule,
        language=first.language,
        origin=first.origin,
        guideline_version_id=first.guideline_version_id,
        agreed=first.outcome == second.outcome and same_rules,
        same_actions=set(first.actions) == set(second.actions),
    )


def _ask_a_senior(pair: Comparison, drawn: Draw, first: Decision) -> None:
    """Open the case in which somebody who is neither of them settles it; an item has one at a time."""
    item = first.item
    others = Case.objects.filter(item=item, purpose=Case.Purpose.ADJUDICATION)
    if others.exclude(state=Case.State.DONE).exists():
        return
    queue = Queue.objects.filter(slug=SECOND_PERSON, active=True).first() or default_escalation()
    case = open_follow_up(
        item=item,
        purpose=Case.Purpose.ADJUDICATION,
        queue=queue or drawn.case.queue,
        like=drawn.case,
        about_decision_id=first.pk,
        barred=judges_of(item.pk),
    )
    Adjudication.objects.create(comparison=pair, case=case)
    # Names are hidden: what was decided of it, and by whom, is not among the earlier decisions.
    root, until = root_of(first)
    Blind.objects.create(case=case, decision=first, first_case=root, until=until, later_by=timedelta(0))


@transaction.atomic
def take_up(*, actor: User, adjudication_id: int) -> Claimed:
    """Take one to settle, within her own limits, as any case. Raises NotToBeSettled, and what a claim raises."""
    if not actor.has_role(Role.SENIOR_MODERATOR):
        raise NotAllowed("A senior moderator settles what two people decided differently.")
    found = (
        Adjudication.objects.select_related("comparison").filter(pk=adjudication_id, decision=None).first()
    )
    if found is None or actor.pk in (found.comparison.first_rater_id, found.comparison.second_rater_id):
        raise NotToBeSettled
    return claim_case(actor=actor, holder=actor, case_id=found.case_id)


@transaction.atomic
def settle(events: Iterable[Event]) -> list[Adjudication]:
    """Adjudications were decided: write down whose answer stood, and tell both people, privately, what and why."""
    thirds = {one.case_id: one for one in settled_decisions(events, [Case.Purpose.ADJUDICATION])}
    if not thirds:
        return []
    rows = (
        Adjudication.objects.filter(case__in=thirds, decision=None)
        .select_related("comparison__first", "comparison__second")
        .order_by("id")
    )
    settled = []
    for row in rows:
        pair, third = row.comparison, thirds[row.case_id]
        row.decision, row.settled_at = third, now()
        row.upheld = _upheld(pair, third)
        row.changed = third.supersedes_id == pair.first_id
        row.why = why_of(third)
        row.save(update_fields=["decision", "settled_at", "upheld", "changed", "why"])
        if row.upheld != Adjudication.Upheld.OPEN:
            for hers, side in ((pair.first, "first"), (pair.second, "second")):
                tell_person(hers, third, stood=row.upheld == side, why=row.why)
        _tell(pair, "second_look.adjudicated", actor=third.decider_id, outcome=third.outcome)
        settled.append(row)
    return settled


def _upheld(pair: Comparison, third: Decision) -> str:
    """Whose answer the third person's is: by outcome and rules; by what is to be done, when those were the same."""
    if third.outcome == Decision.Outcome.UNSURE:
        return Adjudication.Upheld.OPEN
    cited = identities_cited([pair.first_id, pair.second_id, third.pk])

    def said(one: Decision) -> object:
        return (one.outcome, cited[one.pk], frozenset(one.actions) if pair.agreed else None)

    if said(pair.first) == said(third):
        return Adjudication.Upheld.FIRST
    return Adjudication.Upheld.SECOND if said(pair.second) == said(third) else Adjudication.Upheld.NEITHER


def why_of(decision: Decision) -> str:
    """The reasons of a decision in words: what its decider wrote, else what she chose from the list."""
    words = getattr(decision, "words", None)
    if words and words.explanation.strip():
        return str(words.explanation.strip())
    return ". ".join(RATIONALE[code] for code in decision.rationale if code in RATIONALE)


def tell_person(
    hers: Decision, found: Decision, *, stood: bool, why: str, source: str = Finding.Source.ADJUDICATED
) -> None:
    """What was found of one judgement, for the one who gave it alone; nobody when it was automatic."""
    if hers.decider_id is None:
        return
    Finding.objects.get_or_create(
        decision=hers,
        defaults={
            "person_id": hers.decider_id,
            "source": source,
            "stood": stood,
            "outcome": found.outcome,
            "rule_codes": found.rule_codes,
            "actions": found.actions,
            "why": why,
        },
    )


def _tell(pair: Comparison, kind: str, *, actor: int | None, outcome: str = "") -> None:
    """`second_look.settled` when two looks are compared, `second_look.adjudicated` when a third person has spoken."""
    if not outcome and pair.agreed:
        outcome = pair.first_label
    record(
        kind,
        actor=actor,
        item=pair.first.item_id,
        private=True,
        draw=pair.draw_id,
        comparison=pair.pk,
        first=pair.first_id,
        second=pair.second_id,
        agreed=pair.agreed,
        rule=pair.rule_code,
        language=pair.language,
        adjudicated=kind == "second_look.adjudicated",
        outcome=outcome,
    )
