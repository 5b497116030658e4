"""Golden cases put among the others, and what came of them. Runs in the worker."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import Role
from apps.decisions.models import Decision
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record_many
from apps.quality.models import Finding, Golden, GoldenCase
from apps.quality.operations.blind import DRAWN_FROM, open_blind, settled_decisions
from apps.quality.operations.golden import retire_locked, unusable
from apps.quality.operations.planning import plan_for, plans_now
from apps.quality.operations.settling import tell_person
from apps.quality.queries import golden_to_give
from apps.quality.strata import chance
from apps.queues.models import Case

EXPERTS_AT_LEAST = (
    2  # experienced people who said otherwise, and at least half of those asked: it is disputed
)


@transaction.atomic
def put_in(events: Iterable[Event]) -> list[GoldenCase]:
    """For a share of a queue's decisions by people, put one golden case of that queue among those that wait."""
    plans, by_people = plans_now(), [event for event in events if event.data["origin"] == "human"]
    most = max(plan.golden_share for plan in plans.values())
    lucky = {
        event.data["decision"]
        for event in by_people
        for plan in plans.values()
        if chance(plan.seed, "golden", event.data["decision"]) < most
    }
    chosen = [event for event in by_people if event.data["decision"] in lucky]
    due = [
        (one, plan)
        for one in settled_decisions(chosen, DRAWN_FROM)
        if one.origin == Decision.Origin.HUMAN and not one.demo
        for plan in [plan_for(one.case.queue_id, plans)]
        if chance(plan.seed, "golden", one.pk) < plan.golden_share
    ]
    ready = golden_to_give({one.case.queue_id for one, _ in due}) if due else {}
    given = []
    for one, plan in due:
        choice = ready.get(one.case.queue_id)
        if not choice:
            continue
        golden = choice.pop(int(chance(plan.seed, "which", one.pk) * len(choice)))
        if made := _give(golden.pk):
            given.append(made)
    return given


def _give(golden_id: int) -> GoldenCase | None:
    golden = (
        Golden.objects.select_for_update(of=("self",), no_key=True)
        .select_related("adjudication__comparison__first__case__queue", "item")
        .get(pk=golden_id)
    )
    if golden.retired_at is not None:
        return None
    if gone := unusable(golden):
        retire_locked(golden, gone)
        return None
    case = open_blind(golden.adjudication.comparison.first, purpose=Case.Purpose.GOLDEN)
    made = GoldenCase.objects.create(golden=golden, case=case)
    facts = {"golden": golden.pk}
    record_many([Entry("golden.put_in", None, case.pk, golden.item_id, private=True, data=facts)])
    return made


@transaction.atomic
def answer(events: Iterable[Event]) -> list[GoldenCase]:
    """Golden cases were decided: right or not, said to that person alone. One retired meanwhile says nothing."""
    said = {one.case_id: one for one in settled_decisions(events, [Case.Purpose.GOLDEN])}
    if not said:
        return []
    rows = GoldenCase.objects.filter(case__in=said, decision=None).order_by("id")
    answered = []
    for row in rows.select_related("golden__adjudication__decision"):
        hers, golden = said[row.case_id], row.golden
        known = golden.adjudication.decision
        if golden.retired_at is not None or hers.decider is None or known is None:
            continue
        row.decision, row.person, row.answered_at = hers, hers.decider, now()
        row.expert = hers.decider.has_role(Role.SENIOR_MODERATOR)
        row.right = hers.outcome == golden.outcome and set(hers.rule_codes) == set(golden.rule_codes)
        row.save(update_fields=["decision", "person", "answered_at", "expert", "right"])
        tell_person(hers, known, stood=row.right, why=golden.why, source=Finding.Source.GOLDEN)
        facts = {"golden": golden.pk, "right": row.right}
        record_many(
            [Entry("golden.answered", hers.decider_id, row.case_id, golden.item_id, private=True, data=facts)]
        )
        if row.expert and not row.right:
            _retire_if_disputed(golden.pk)
        answered.append(row)
    return answered


def _retire_if_disputed(golden_id: int) -> None:
    golden = Golden.objects.select_for_update(no_key=True).get(pk=golden_id)
    experts = list(golden.given.filter(expert=True).values_list("right", flat=True))
    otherwise = experts.count(False)
    if golden.retired_at is None and otherwise >= EXPERTS_AT_LEAST and otherwise * 2 >= len(experts):
        retire_locked(golden, Golden.Because.DISPUTED)
