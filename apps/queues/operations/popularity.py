"""An item that becomes widely seen is looked at by a person again, once for each milestone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import Invalid
from apps.guidelines.queries import Edition, in_force
from apps.intake.credibility import PRIOR, STRENGTH
from apps.intake.models import Item
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record, record_many
from apps.queues.errors import EditedMeanwhile
from apps.queues.models import Case, ItemReach, Milestones, ReachAsk
from apps.queues.operations.assessing import NOTHING, Map, assess
from apps.queues.operations.opening import open_cases
from apps.queues.queries import items_by_id, last_closed_of, milestones_in_force, open_items, signals_of
from apps.queues.reach import Asked, Plan, Reach, Row, refusals, to_ask

# One row an item; whoever raises what was asked about is the one who opens the case.
ASK = """
    INSERT INTO queues_itemreach AS known (item_id, asked_revision, asked_views)
    SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[]) ORDER BY 1
    ON CONFLICT (item_id) DO UPDATE SET asked_revision = excluded.asked_revision, asked_views = excluded.asked_views
    WHERE (known.asked_revision, known.asked_views) < (excluded.asked_revision, excluded.asked_views)
    RETURNING item_id
"""
JUDGE = """
    INSERT INTO queues_itemreach AS known (item_id, judged_revision, judged_views, judged_decision, removed)
    SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::boolean[]) ORDER BY 1
    ON CONFLICT (item_id) DO UPDATE SET judged_revision = excluded.judged_revision, judged_views = excluded.judged_views,
        judged_decision = excluded.judged_decision, removed = excluded.removed
    WHERE known.judged_decision < excluded.judged_decision
"""


@transaction.atomic
def ask_again(item_ids: Iterable[int]) -> list[int]:
    """Open a re-review of each of these items that has passed a milestone, or is about to; ids of the cases.

    Not where a person judged the same revision at that reach, where the item's removal was ordered, where it was
    asked about already, or where somebody is at the item anyway. Safe beside itself: one row an item is
    raised first, and only who raised it opens. The number of queries does not grow with the number of items.
    """
    plan = milestones_in_force()
    items = items_by_id(sorted(set(item_ids)))
    reaches = {pk: reach for pk, item in items.items() if (reach := _reach(item))}
    near = sorted(pk for pk, reach in reaches.items() if reach.foreseen(plan) >= plan.lowest)
    near = sorted(set(near) - open_items(near))
    if not near:
        return []
    known = ItemReach.objects.in_bulk(near)
    signals, closed, where = signals_of(near, prior=PRIOR, strength=STRENGTH), last_closed_of(near), Map.now()
    at, edition, said_of = now(), in_force(), where.said(near)
    asked: dict[int, tuple[Asked, Row, Any, Any]] = {}
    for pk in near:
        item, before = items[pk], closed.get(pk)
        said = signals[pk]
        if before is not None:  # looked at under the same suspicions as before
            said = replace(said, hinted=tuple({*said.hinted, *before.rule_codes}))
        assessment = assess(
            item,
            said,
            purpose=Case.Purpose.RE_REVIEW,
            opened_at=at,
            where=where,
            said=said_of.get(pk, NOTHING),
        )
        row = plan.row_for(_policies(assessment.rule_codes, edition), item.country)
        if wanted := _wanted(item, reaches[pk], row, plan, known.get(pk)):
            if assessment.detection_source == "proactive_sample":
                assessment = replace(assessment, detection_source="virality")
            asked[pk] = (wanted, row, said, assessment)
    asked = {pk: asked[pk] for pk in _raise(items, asked)}
    cases = open_cases(
        [
            (items[pk], said, assessment, Case.Purpose.RE_REVIEW)
            for pk, (_, _, said, assessment) in asked.items()
        ],
        at=at,
    )
    asks = [
        _ask(case, items[case.item_id], asked[case.item_id], plan, known.get(case.item_id)) for case in cases
    ]
    ReachAsk.objects.bulk_create(asks)
    record_many(
        [
            Entry("reach.crossed", None, ask.case_id, case.item_id, data=_facts(ask))
            for ask, case in zip(asks, cases, strict=True)
        ]
    )
    return [case.pk for case in cases]


def _reach(item: Item) -> Reach | None:
    if item.views is None:
        return None
    return Reach(item.views, item.views_per_hour, item.posted_at or item.received_at, item.views_at or now())


def _policies(codes: Collection[str], edition: Edition) -> set[str]:
    return {edition.rules[code].policy_code for code in codes if code in edition.rules}


def _wanted(item: Item, reach: Reach, row: Row, plan: Plan, known: ItemReach | None) -> Asked | None:
    covered = []
    if known is not None and known.judged_revision == item.revision:
        if known.removed:
            return None
        covered.append(known.judged_views)
    if known is not None and known.asked_revision == item.revision:
        covered.append(known.asked_views)
    return to_ask(reach, row, plan, covered)


def _raise(items: dict[int, Item], asked: dict[int, tuple[Asked, Row, Any, Any]]) -> list[int]:
    if not asked:
        return []
    with connection.cursor() as cursor:
        columns = [
            list(asked),
            [items[pk].revision for pk in asked],
            [wanted.milestone for wanted, *_ in asked.values()],
        ]
        cursor.execute(ASK, columns)
        return sorted(pk for (pk,) in cursor.fetchall())


def _ask(
    case: Case, item: Item, why: tuple[Asked, Row, Any, Any], plan: Plan, known: ItemReach | None
) -> ReachAsk:
    wanted, row = why[:2]
    judged = known is not None and known.judged_decision and known.judged_revision == item.revision
    return ReachAsk(
        case_id=case.pk,
        milestone=wanted.milestone,
        views=item.views or 0,
        views_per_hour=item.views_per_hour,
        accelerating=wanted.accelerating,
        judged_views=known.judged_views if known and judged else None,
        policy=row.policy,
        country=row.country,
        number=plan.number,
    )


def _facts(ask: ReachAsk) -> dict[str, Any]:
    return {
        "milestone": ask.milestone,
        "views": ask.views,
        "accelerating": ask.accelerating,
        "milestones": ask.number,
    }


@transaction.atomic
def keep_judged(events: Iterable[Event]) -> None:
    """Remember at which reach people judged items: `decision.made` and `decision.withdrawn`, in their order.

    Only a person's definite answer counts. One that is taken back leaves the item as if nobody had judged it.
    """
    made: dict[int, tuple[int, int, int, bool]] = {}
    withdrawn: list[int] = []
    for event in events:
        data = event.data
        if event.kind == "decision.withdrawn":
            withdrawn.append(data["withdrawn"])
        elif event.actor_id is not None and event.item_id is not None and data["outcome"] != "unsure":
            made[event.item_id] = (
                data.get("revision") or 0,
                data.get("views") or 0,
                data["decision"],
                "remove" in data["actions"],
            )
    if made:
        with connection.cursor() as cursor:
            cursor.execute(
                JUDGE, [list(made), *(list(column) for column in zip(*made.values(), strict=True))]
            )
    if withdrawn:
        ItemReach.objects.filter(judged_decision__in=withdrawn).update(
            judged_revision=0, judged_views=0, removed=False
        )


@transaction.atomic
def set_milestones(
    *, actor: User, seen: int, rows: Sequence[Row], surge: float, ahead_hours: float, reason: str
) -> Milestones:
    """Put new milestones in force, as the next version after `seen`. Raises Invalid, EditedMeanwhile.

    Cases opened under the ones before stay as they are; what is counted from now on is asked by the new ones.
    """
    reason = reason.strip()
    wrong = [{"field": "rows", "reason": sentence} for sentence in refusals(rows)]
    if not reason:
        wrong.append({"field": "reason", "reason": "Say why, for those who read this later."})
    if not 1 <= surge <= 1000 or not 0 < ahead_hours <= 48:
        wrong.append(
            {"field": "surge", "reason": "A surge is 1 to 1,000 times the mean, seen up to 48 hours ahead."}
        )
    if wrong:
        raise Invalid(wrong[0]["reason"], errors=wrong)
    if milestones_in_force().number != seen:
        raise EditedMeanwhile
    try:
        with transaction.atomic():
            made = Milestones.objects.create(
                number=seen + 1,
                rows=[vars(row) for row in rows],
                surge=surge,
                ahead_hours=ahead_hours,
                reason=reason[:300],
                by=actor,
            )
    except IntegrityError:
        raise EditedMeanwhile from None
    record("milestones.set", actor=actor, number=made.number, rows=made.rows, surge=surge, reason=made.reason)
    return made
