"""Opening cases, and keeping their priority true as more becomes known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now

from apps.intake.credibility import PRIOR, STRENGTH
from apps.intake.models import Item
from apps.ledger.operations import Entry, record_many
from apps.matching.queries import clusters_of, matched_rules
from apps.queues.lanes import LaneKey, lane_for, lanes_for
from apps.queues.models import Barred, Case, Queue
from apps.queues.operations.assessing import NOTHING, Assessment, Map, assess
from apps.queues.operations.barring import bar_conflicts, bar_who_may_know
from apps.queues.operations.folding import cases_of_near_duplicates, waits_as
from apps.queues.operations.rewriting import rewrite
from apps.queues.priority import rank
from apps.queues.queries import (
    Signals,
    case_facts,
    items_by_id,
    last_closed_of,
    open_reviews_of,
    signals_of,
)

NOTICE_OF_LAW = "notice of law"
MEDIA_WITHIN = timedelta(seconds=30)  # a case waits this long for its media, then is served without


@transaction.atomic
def refresh_cases(
    item_ids: Iterable[int],
    *,
    asked: Mapping[int, datetime | None] | None = None,
    noticed: Mapping[int, datetime | None] | None = None,
) -> list[int]:
    """Open, update or leave the cases of these items, as what is known of them says; ids of cases opened.

    `asked`: items an authority wants looked at, each with the moment a statutory clock sets, or None. They are
    reviewed whatever was decided before, in the review that is open already or in one that looks like any other.
    `noticed`: items of a notice of law, each with the moment its kind sets. They too are reviewed whatever was decided
    before, in an ordinary case that says so.

    An item has at most one open review, and near-duplicates in like context one for them all. A report on a decided
    item attaches to the decided case; a new case opens only for changed content, a trusted notice, or a rule that was
    not considered. Set-based: the number of queries does not grow with the number of items.
    """
    asked, noticed = asked or {}, noticed or {}
    owed = {**noticed, **asked}
    ids = sorted({*item_ids, *owed})
    items = items_by_id(ids)
    matched = matched_rules(ids)
    signals = {
        item: replace(known, matched=tuple(matched.get(item, ())))
        for item, known in signals_of(ids, prior=PRIOR, strength=STRENGTH).items()
    }
    open_now = {
        case.item_id: case for case in open_reviews_of(ids).order_by("id").select_for_update(no_key=True)
    }
    closed = last_closed_of([item for item in ids if item not in open_now])
    alone = [items[item] for item in ids if item not in open_now and item not in closed]
    clusters = clusters_of(item.pk for item in alone)
    elsewhere = cases_of_near_duplicates(alone, clusters)
    where = Map.now()
    said = where.said(ids)
    fresh: list[tuple[Case, Assessment]] = []
    changed: list[tuple[Case, Assessment, dict[str, Any]]] = []
    entries: list[Entry] = []
    for item_id in ids:
        item, known = items[item_id], signals[item_id]
        over = any(score >= threshold for _, score, threshold in known.scores)
        suspected = known.reports > 0 or over or bool(known.matched)
        about: dict[str, Any] = {"where": where, "said": said.get(item_id, NOTHING)}
        due_by = min((at for at in (asked.get(item_id), noticed.get(item_id)) if at), default=None)
        if case := open_now.get(item_id):
            if due_by is not None:
                case.due_by = min(due_by, case.due_by or due_by)
            if item_id in noticed:
                case.due_because = NOTICE_OF_LAW
            assessment = assess(item, known, purpose=case.shown_purpose, opened_at=case.opened_at, **about)
            changed.append((case, assessment, case_facts(case)))
        elif suspected and item_id in elsewhere and item_id not in owed:
            entries.append(
                Entry("report.attached", None, elsewhere[item_id], item_id, data={"near_duplicate": True})
            )
        elif suspected or item_id in owed:
            before = closed.get(item_id)
            at = now()
            assessment = assess(item, known, purpose=Case.Purpose.REVIEW, opened_at=at, **about)
            stays = before is not None and not _reopens(before, item, known, assessment)
            if before is not None and stays and item_id not in owed:
                if known.last_report_at and known.last_report_at > (before.closed_at or at):
                    entries.append(Entry("report.attached", None, before.pk, item_id, data={}))
                continue
            purpose = Case.Purpose.RE_REVIEW if before else Case.Purpose.REVIEW
            opening = _new_case(item, known, assessment, purpose=purpose, at=at)
            if item_id in asked:
                opening.purpose, opening.shown_as = Case.Purpose.AUTHORITY_REQUEST, purpose
            if due_by is not None:
                opening.due_by = due_by
                _keep_the_clock(opening, because=NOTICE_OF_LAW if item_id in noticed else "")
            fresh.append((opening, assessment))
    _place(fresh, changed)
    together = waits_as([case for case, _ in fresh], clusters) if len(fresh) > 1 and clusters else {}
    fresh = [(case, assessment) for case, assessment in fresh if case.item_id not in together]
    opened = Case.objects.bulk_create([case for case, _ in fresh])
    entries += [Entry("case.opened", None, case.pk, case.item_id, data=case_facts(case)) for case in opened]
    entries += [
        Entry("report.attached", None, case.pk, item_id, data={"near_duplicate": True})
        for item_id, case in together.items()
    ]
    entries += _update(changed)
    record_many(entries)
    bar_conflicts([case.pk for case in opened] + [case.pk for case, _, _ in changed])
    bar_who_may_know([case.pk for case in [*opened, *open_now.values()] if case.item_id in asked])
    return [case.pk for case in opened]


@transaction.atomic
def open_unprompted(item_ids: Iterable[int]) -> dict[int, int]:
    """Open an ordinary review of items against which nobody has said anything; the case of each, by item.

    Items that ever had a case are left out. For whoever draws items by chance: nothing on the case says so. A rival
    who opens one at the same moment breaks `case_one_open_per_item_and_purpose`: try again later.
    """
    ids = sorted(set(item_ids))
    known = set(Case.objects.filter(item_id__in=ids).values_list("item_id", flat=True))
    ids = [item for item in ids if item not in known]
    items = items_by_id(ids)
    signals = signals_of(ids, prior=PRIOR, strength=STRENGTH)
    where, at = Map.now(), now()
    said = where.said(ids)
    purpose = Case.Purpose.REVIEW
    found = [
        (
            items[item],
            signals[item],
            assess(
                items[item],
                signals[item],
                purpose=purpose,
                opened_at=at,
                where=where,
                said=said.get(item, NOTHING),
            ),
            str(purpose),
        )
        for item in ids
    ]
    return {case.item_id: case.pk for case in open_cases(found, at=at)}


def open_cases(found: Sequence[tuple[Item, Signals, Assessment, str]], *, at: datetime) -> list[Case]:
    """Open a case for each of these items, in its place, with its event. The caller saw that none is open."""
    fresh = [
        (_new_case(item, known, assessment, purpose=purpose, at=at), assessment)
        for item, known, assessment, purpose in found
    ]
    _place(fresh, [])
    opened = Case.objects.bulk_create([case for case, _ in fresh])
    record_many([Entry("case.opened", None, case.pk, case.item_id, data=case_facts(case)) for case in opened])
    bar_conflicts([case.pk for case in opened])
    return opened


def _reopens(before: Case, item: Item, signals: Signals, assessment: Assessment) -> bool:
    closed_at = before.closed_at or before.opened_at
    return (
        item.revision > before.item_revision
        or bool(signals.trusted and signals.last_trusted_at and signals.last_trusted_at > closed_at)
        or not set(assessment.rule_codes) <= set(before.rule_codes)
    )


def _new_case(item: Item, signals: Signals, assessment: Assessment, *, purpose: str, at: datetime) -> Case:
    return Case(
        item=item,
        purpose=purpose,
        state=Case.State.PREPARING if signals.preparing else Case.State.WAITING,
        ready_by=at + MEDIA_WITHIN if signals.preparing else None,
        language=item.language,
        item_revision=item.revision,
        opened_at=at,
        **_columns(assessment),
    )


def _columns(assessment: Assessment) -> dict[str, Any]:
    return {
        "queue_id": assessment.queue_id,
        "severity": assessment.severity,
        "exposure": assessment.exposure,
        "units": assessment.units,
        "harms": assessment.harms,
        "priority": assessment.priority.points,
        "breakdown": assessment.priority.breakdown,
        "rank": assessment.priority.rank,
        "due_at": assessment.priority.due_at,
        "due_because": assessment.priority.due_because,
        "rule_codes": assessment.rule_codes,
        "detection_source": assessment.detection_source,
    }


def _keep_the_clock(case: Case, *, because: str = "") -> None:
    """A statutory clock makes a case due sooner. It adds no points: whoever asks comes no further forward for it.

    Of a notice of law the case says so (`because`); of an authority it says nothing.
    """
    if case.due_by is not None and case.due_by < case.due_at:
        case.due_at, case.rank = case.due_by, rank(case.due_by, case.priority)
        case.due_because = because or case.due_because


def _place(
    fresh: list[tuple[Case, Assessment]], changed: list[tuple[Case, Assessment, dict[str, Any]]]
) -> None:
    """Give every case its lane. A claimed case keeps its place: its claim was justified by it."""
    for case, assessment, _ in changed:
        columns = _columns(assessment)
        because = NOTICE_OF_LAW if case.due_because == NOTICE_OF_LAW else ""
        if case.state == Case.State.CLAIMED:
            for kept in ("queue_id", "exposure", "units", "harms"):
                del columns[kept]
        elif case.placed_by_hand:
            del columns["queue_id"]
        for name, value in columns.items():
            setattr(case, name, value)
        _keep_the_clock(case, because=because)
    cases = [case for case, _ in fresh] + [case for case, _, _ in changed]
    keys: dict[int, LaneKey] = {
        id(case): (case.queue_id, case.exposure, case.language, case.units, case.harms) for case in cases
    }
    lanes = lanes_for(set(keys.values()))
    for case in cases:
        case.lane_id = lanes[keys[id(case)]]


def _update(changed: list[tuple[Case, Assessment, dict[str, Any]]]) -> list[Entry]:
    moved: list[Entry] = []
    for case, _, before in changed:
        after = case_facts(case)
        if after == before:
            continue
        if after["queue"] != before["queue"]:
            facts = {**after, "from": before["queue"], "to": after["queue"], "due_from": before["due"]}
            moved.append(Entry("case.moved", None, case.pk, case.item_id, data=facts))
        else:
            facts = {**after, "from": before["rank"], "to": after["rank"], "due_from": before["due"]}
            moved.append(Entry("case.reprioritised", None, case.pk, case.item_id, data=facts))
    rewrite(
        [case for case, _, _ in changed],
        [
            "queue", "lane", "severity", "exposure", "units", "harms", "priority", "breakdown", "rank", "due_at",
            "due_because", "due_by", "rule_codes", "detection_source",
        ],
    )  # fmt: skip
    return moved


def open_follow_up(
    *,
    item: Item,
    purpose: str,
    queue: Queue,
    like: Case,
    about_decision_id: int,
    barred: Iterable[int],
    due_at: datetime | None = None,
    due_because: str = "",
) -> Case:
    """Open a case that needs a second person, about a decision; those named never get it.

    It inherits severity, exposure and, unless another is given, due time from the case it follows.
    """
    at = now()
    case = Case.objects.create(
        item=item,
        purpose=purpose,
        state=Case.State.WAITING,
        queue=queue,
        lane_id=lane_for(
            queue_id=queue.pk,
            exposure=like.exposure,
            language=like.language,
            units=like.units,
            harms=like.harms,
        ),
        severity=like.severity,
        exposure=like.exposure,
        units=like.units,
        harms=like.harms,
        priority=like.priority,
        breakdown=like.breakdown,
        rank=rank(due_at, like.priority) if due_at else like.rank,
        due_at=due_at or like.due_at,
        due_because=due_because if due_at else like.due_because,
        rule_codes=like.rule_codes,
        detection_source=like.detection_source,
        language=like.language,
        about_decision_id=about_decision_id,
        item_revision=item.revision,
        opened_at=at,
    )
    Barred.objects.bulk_create(
        [Barred(case=case, user_id=user, why=Barred.Why.DECIDED) for user in sorted(set(barred))],
        ignore_conflicts=True,
    )
    bar_conflicts([case.pk])
    record_many([Entry("case.opened", None, case.pk, item.pk, data=case_facts(case))])
    return case


def release_prepared(item_ids: Iterable[int]) -> int:
    """Media are ready: let the cases of these items be claimed."""
    return _let_go(Case.objects.filter(item_id__in=list(item_ids)))


def release_overdue_preparing() -> int:
    """Media took too long: the case is served without them rather than kept from everybody."""
    return _let_go(Case.objects.filter(ready_by__lte=now()))


@transaction.atomic
def _let_go(cases: QuerySet[Case]) -> int:
    """Those of them that are being prepared wait from now on. Locked in the order in which `refresh_cases` does."""
    preparing = cases.filter(state=Case.State.PREPARING).order_by("id").select_for_update(no_key=True)
    ids = list(preparing.values_list("id", flat=True))
    return Case.objects.filter(id__in=ids).update(state=Case.State.WAITING, ready_by=None) if ids else 0
