"""Drawing decisions for a second look. Runs in the worker, once a decision can no longer be taken back."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.decisions.operations.undoing import close_unclaimed
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record_many
from apps.quality.models import Draw, SamplingPlan, Void
from apps.quality.operations.blind import DRAWN_FROM, open_blind, settled_decisions
from apps.quality.operations.planning import plan_for, plans_now
from apps.quality.queries import waiting_second_looks
from apps.quality.strata import RANDOM, Stratum, certain_because, chance, share
from apps.queues.models import Case

FORGOTTEN_AFTER = timedelta(days=7)  # nobody but those who decided it could look: it says nothing any more


@transaction.atomic
def draw(events: Iterable[Event]) -> list[Draw]:
    """Open a second look for each of these decisions that its plan and its chance draw; none is drawn twice.

    Whether one is drawn depends on its number and the plan's seed, never on its urgency. Left out: what is not
    decided yet (held, or nobody was sure), what only measures, and demo history.
    """
    decisions = [
        one
        for one in settled_decisions(events, DRAWN_FROM)
        if not (one.held or one.measures or one.demo) and one.outcome != Decision.Outcome.UNSURE
    ]
    drawn_before = Draw.objects.filter(decision__in=[one.pk for one in decisions])
    known = set(drawn_before.values_list("decision_id", flat=True))
    decisions = [one for one in decisions if one.pk not in known]
    if not decisions:
        return []
    plans = plans_now()
    drawn: list[Draw] = []
    for decision in decisions:
        plan = plan_for(decision.case.queue_id, plans)
        stratum = stratum_of(decision)
        probability = share(plan, stratum)
        if chance(plan.seed, "look", decision.pk) < probability:
            made = _draw(decision, plan, stratum, probability)
            drawn += [made] if made else []
    return drawn


def stratum_of(decision: Decision) -> Stratum:
    """What a decision is drawn by; its item, author and case are at hand."""
    author = decision.item.author
    rules = decision.rule_codes or decision.case.rule_codes
    return Stratum(
        rule=rules[0] if rules else "",
        language=decision.language,
        action=decision.actions[0] if decision.actions else "no_action",
        origin=decision.origin,
        outcome=decision.outcome,
        exposure=decision.case.exposure,
        certain=certain_because(
            actions=decision.actions,
            ground=decision.ground,
            public_figure=bool(author and author.public_figure),
        ),
    )


def _draw(decision: Decision, plan: SamplingPlan, stratum: Stratum, probability: float) -> Draw | None:
    if not _makes_way(decision.item_id):
        return None
    case = open_blind(decision, purpose=Case.Purpose.SECOND_LOOK)
    made = Draw.objects.create(
        decision=decision,
        plan=plan,
        case=case,
        stratum=stratum.name[:100],
        because=stratum.certain or RANDOM,
        probability=probability,
        rule_code=stratum.rule,
        language=stratum.language,
        origin=stratum.origin,
        exposure=stratum.exposure,
    )
    facts = {"draw": made.pk, "decision": decision.pk, "plan": plan.pk}
    # Private: the timelines that others read do not tell who is looked at.
    record_many([Entry("second_look.drawn", None, case.pk, decision.item_id, private=True, data=facts)])
    return made


def _makes_way(item_id: int) -> bool:
    """An item has one open second look at a time. One that waits is given up for the newer decision."""
    open_ones = Case.objects.filter(item=item_id, purpose=Case.Purpose.SECOND_LOOK)
    open_ones = open_ones.exclude(state=Case.State.DONE)
    for earlier in Draw.objects.filter(case__in=open_ones):
        give_up([earlier.pk], because=Void.Because.CHANGED)
    return not open_ones.exists()


def give_up(draw_ids: Iterable[int], *, because: str) -> int:
    """Close the second looks of these draws that nobody has taken up; they say nothing of their decisions. How many."""
    given_up = 0
    for found in waiting_second_looks().filter(pk__in=list(draw_ids)).order_by("case_id"):
        waiting = Case.objects.select_for_update(skip_locked=True, no_key=True)
        case = waiting.filter(pk=found.case_id, state=Case.State.WAITING).first()
        if case is None:
            continue
        close_unclaimed(case)
        Void.objects.create(draw=found, because=because)
        given_up += 1
    return given_up


@transaction.atomic
def void_changed(events: Iterable[Event]) -> int:
    """These items changed: nobody can look at them as they were any more."""
    items = {event.item_id for event in events if event.item_id is not None}
    ids = waiting_second_looks().filter(decision__item_id__in=items).values_list("id", flat=True)
    return give_up(list(ids), because=Void.Because.CHANGED)


@transaction.atomic
def void_forgotten(*, limit: int = 200) -> int:
    """Second looks that have waited for a week, because nobody else can take them, say nothing any more; how many."""
    old = waiting_second_looks().filter(drawn_at__lt=now() - FORGOTTEN_AFTER).order_by("id")
    return give_up(list(old.values_list("id", flat=True)[:limit]), because=Void.Because.NOBODY)
