"""Drawing decisions for a second look. Runs in the worker, once a decision can no longer be taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.decisions.operations.undoing import close_unclaimed
from apps.intake.models import ItemContent
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record_many
from apps.quality.models import Draw, SamplingPlan, Void
from apps.quality.operations.blind import DRAWN_FROM, open_blind, settled, whole
from apps.quality.operations.planning import plan_for, plans_now
from apps.quality.queries import waiting_second_looks
from apps.quality.strata import RANDOM, Stratum, certain_because, chance, share
from apps.queues.models import Case

FORGOTTEN_AFTER = timedelta(days=7)  # nobody but those who decided it could look: it says nothing any more


@transaction.atomic
def draw(events: Iterable[Event], *, demo: bool = False) -> list[Draw]:
    """Open a second look for each of these decisions that its plan and its chance draw; none is drawn twice.

    Whether one is drawn depends on its number and the plan's seed, never on its urgency. Left out: what is not
    decided yet (held, or nobody was sure), what only measures, and demo history; with `demo`, of that history alone.
    """
    told = [event for event in events if not (event.data["held"] or event.data.get("measures"))]
    sure = [event for event in told if event.data["outcome"] != Decision.Outcome.UNSURE]
    plans, probabilities = plans_now(), {}
    # Most are left to chance, and most of those are not drawn: of these, only what decides it is read.
    for one in candidates(settled(sure, DRAWN_FROM), demo=demo):
        plan = plan_for(one.queue_id, plans)
        probability = share(plan, one.stratum)
        if chance(plan.seed, "look", one.decision_id) < probability:
            probabilities[one.decision_id] = (plan, one.stratum, probability)
    drawn_before = Draw.objects.filter(decision__in=probabilities)
    known = set(drawn_before.values_list("decision_id", flat=True)) if probabilities else set()
    drawn: list[Draw] = []
    for decision in whole(set(probabilities) - known) if probabilities else []:
        made = _draw(decision, *probabilities[decision.pk])
        drawn += [made] if made else []
    return drawn


@dataclass(frozen=True)
class Candidate:
    """A decision that may be drawn: what it is drawn by, and the queue whose plan says how often."""

    decision_id: int
    queue_id: int
    stratum: Stratum


CANDIDATES = """
    SELECT d.id, cs.queue_id, COALESCE(d.rule_codes[1], cs.rule_codes[1], ''), d.language,
           COALESCE(d.actions[1], 'no_action'), d.origin, d.outcome, cs.exposure, d.actions, d.ground,
           COALESCE(author.public_figure, false)
    FROM decisions_decision d JOIN queues_case cs ON cs.id = d.case_id JOIN intake_item item ON item.id = d.item_id
    LEFT JOIN intake_author author ON author.id = item.author_id
    WHERE d.id = ANY(%s) AND NOT d.withdraws AND d.demo = %s AND NOT d.held AND NOT d.measures AND d.outcome <> 'unsure'
    ORDER BY d.id
"""


def candidates(decision_ids: Sequence[int], *, demo: bool = False) -> list[Candidate]:
    """What each of these decisions is drawn by; not those that are not decided yet or only measure, and not demo history,
    or nothing else."""
    if not decision_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [list(decision_ids), demo])
        return [
            Candidate(
                decision, queue,
                Stratum(
                    rule, language, action, origin, outcome, exposure,
                    certain_because(actions=actions, ground=ground, public_figure=known),
                ),
            )
            for decision, queue, rule, language, action, origin, outcome, exposure, actions, ground, known
            in cursor.fetchall()
        ]  # fmt: skip


def _draw(decision: Decision, plan: SamplingPlan, stratum: Stratum, probability: float) -> Draw | None:
    erased = ItemContent.objects.filter(item=decision.item_id, revision=decision.item_revision)
    if erased.exclude(erased_at=None).exists() or not _makes_way(decision.item_id):
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
