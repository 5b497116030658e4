from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.intake.models import Item
from apps.matching.queries import members_left_to_people
from apps.queues.models import Case, Claim, Lane, Milestones, Queue, ReachAsk, RoutingRule
from apps.queues.reach import INSTALLED, Plan, Row
from apps.queues.routing import folded
from apps.wellbeing.allowed import Allowance

ESCALATIONS = "escalations"
REVIEWS = (Case.Purpose.REVIEW, Case.Purpose.RE_REVIEW, Case.Purpose.AUTHORITY_REQUEST)
BLIND = (Case.Purpose.SECOND_LOOK, Case.Purpose.GOLDEN)  # shown to whoever takes them as any first look
MEASURING = (*BLIND, Case.Purpose.ADJUDICATION)


def case_facts(case: Case) -> dict[str, Any]:
    """What every event of a case says, so that rollups need no look-up."""
    return {
        "queue": case.queue_id,
        "severity": case.severity,
        "due": int(case.due_at.timestamp()),
        "opened": int(case.opened_at.timestamp()),
        "purpose": case.shown_purpose,
        "rank": case.rank,
    }


def default_escalation() -> Queue | None:
    return Queue.objects.filter(slug=ESCALATIONS, active=True).first()


def live_claim(user: User) -> Claim | None:
    """The claim she holds, with its case, queue, item and author; None when she holds none."""
    return (
        Claim.objects.filter(holder=user, ended_at=None)
        .select_related("case__queue", "case__item__author")
        .first()
    )


def queues_open_to(user: User) -> list[Queue]:
    """The queues her roles and skills let her take from, in their order."""
    queues = Queue.objects.filter(active=True, roles__overlap=user.roles).order_by("position", "id")
    return [queue for queue in queues if not queue.skill or queue.skill in user.skills]


def waiting_for(user: User, allowed: Allowance) -> dict[int, bool]:
    """For each queue open to her: whether anything waits there that she may have. One probe per lane, never a count."""
    lanes = (
        Lane.objects.filter(language__in=[*user.languages, ""], exposure__lte=allowed.max_exposure)
        .filter(Q(exposure__lte=1) | Q(units__lte=allowed.remaining))
        .filter(queue__active=True, queue__roles__overlap=user.roles, queue__skill__in=["", *user.skills])
        .annotate(avoided=F("harms").bitand(allowed.avoids))
        .filter(avoided=0)
        .filter(Exists(Case.objects.filter(lane=OuterRef("pk"), state=Case.State.WAITING)))
    )
    if allowed.relief:
        lanes = lanes.filter(queue__mixes=True)
    return dict.fromkeys(lanes.values_list("queue_id", flat=True), True)


def routing_rules() -> list[RoutingRule]:
    """All routing rules in the order in which they are asked."""
    return list(RoutingRule.objects.select_related("queue").order_by("position", "id"))


def queue_map() -> list[Queue]:
    return list(Queue.objects.select_related("escalates_to").order_by("position", "id"))


@dataclass(frozen=True)
class Said:
    """What an item says, as routing looks for it."""

    text: str = ""
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signals:
    """What reports and flags say of one item, summed in the database."""

    reports: int
    reporters: int
    reporter_weight: float
    trusted: bool
    hinted: tuple[str, ...]
    first_report_at: datetime | None
    last_report_at: datetime | None
    first_trusted_at: datetime | None
    last_trusted_at: datetime | None
    scores: tuple[
        tuple[str, float, float], ...
    ]  # (rule, score, threshold), of each detector's newest flag; shadows left out
    first_flag_at: datetime | None
    preparing: bool
    matched: tuple[str, ...] = ()  # rules under which a match with a bank asks for a person


# Credibility as in apps.intake.queries.credibility, here so that a thousand reports sum without leaving the database.
SIGNALS = """
SELECT item.id,
    r.reports, r.reporters, r.weight, r.trusted, r.hinted, r.first_at, r.last_at, r.first_trusted_at, r.last_trusted_at,
    f.scores, f.first_at,
    EXISTS (SELECT 1 FROM intake_media m
            WHERE m.item_id = item.id AND m.revision = item.revision AND m.state = 'preparing')
FROM intake_item item
LEFT JOIN LATERAL (
    SELECT count(*) AS reports, count(DISTINCT report.reporter_id) AS reporters,
           sum((reporter.upheld + %(prior)s * %(strength)s) / (reporter.judged + %(strength)s))
               FILTER (WHERE report.nth = 1) AS weight,
           bool_or(report.trusted) AS trusted,
           array_agg(DISTINCT report.rule_code) FILTER (WHERE report.rule_code <> '') AS hinted,
           min(report.received_at) AS first_at, max(report.received_at) AS last_at,
           min(report.received_at) FILTER (WHERE report.trusted) AS first_trusted_at,
           max(report.received_at) FILTER (WHERE report.trusted) AS last_trusted_at
    FROM (SELECT *, row_number() OVER (PARTITION BY reporter_id ORDER BY id) AS nth
          FROM intake_report WHERE item_id = item.id) report
    LEFT JOIN intake_reporter reporter ON reporter.id = report.reporter_id
) r ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(newest.scores) AS scores, min(newest.first_at) AS first_at
    FROM (SELECT DISTINCT ON (detector) scores,
                 min(received_at) FILTER (WHERE over_threshold) OVER (PARTITION BY detector) AS first_at
          FROM intake_flag WHERE item_id = item.id AND NOT shadow ORDER BY detector, id DESC) newest
) f ON true
WHERE item.id = ANY(%(items)s)
"""


def signals_of(item_ids: list[int], *, prior: float, strength: float) -> dict[int, Signals]:
    """What is known against each item; one query for a whole batch.

    `prior` and `strength`: the mean and the weight (in reports) that a reporter starts with.
    """
    with connection.cursor() as cursor:
        cursor.execute(SIGNALS, {"items": item_ids, "prior": prior, "strength": strength})
        rows = cursor.fetchall()
    return {
        item: Signals(
            reports=reports or 0,
            reporters=reporters or 0,
            reporter_weight=float(weight or 0),
            trusted=bool(trusted),
            hinted=tuple(hinted or ()),
            first_report_at=first_report,
            last_report_at=last_report,
            first_trusted_at=first_trusted,
            last_trusted_at=last_trusted,
            scores=tuple(
                (score["rule"], float(score["score"]), float(score["threshold"]))
                for flag in _json(scores)
                for score in flag
                if score.get("threshold") is not None
            ),
            first_flag_at=first_flag,
            preparing=preparing,
        )
        for (
            item, reports, reporters, weight, trusted, hinted, first_report, last_report, first_trusted,
            last_trusted, scores, first_flag, preparing,
        ) in rows
    }  # fmt: skip


def _json(value: Any) -> list[list[dict[str, Any]]]:
    import json

    if value is None:
        return []
    return json.loads(value) if isinstance(value, str) else value


def items_by_id(item_ids: list[int]) -> dict[int, Item]:
    return {item.pk: item for item in Item.objects.select_related("author").filter(pk__in=item_ids)}


def open_reviews_of(item_ids: list[int]) -> QuerySet[Case]:
    """Open cases that ask for a first judgement; an item has at most one."""
    return Case.objects.filter(item_id__in=item_ids, purpose__in=REVIEWS).exclude(state=Case.State.DONE)


def in_no_case(cluster_ids: Iterable[int]) -> list[int]:
    """Of the items of clusters those with no review of their own, open or decided: what waited as a near-duplicate's
    case, and what nobody has said anything about. But for those that a match with a bank decides."""
    ids = members_left_to_people(cluster_ids)
    own = Case.objects.filter(item__in=ids, purpose__in=REVIEWS).exclude(
        state=Case.State.DONE, folded_into__isnull=False
    )
    have = set(own.values_list("item_id", flat=True))
    return [id for id in ids if id not in have]


def last_closed_of(item_ids: list[int]) -> dict[int, Case]:
    """The newest decided case of each item, if any; none in which a decision was only measured, or that made way."""
    closed = Case.objects.filter(item_id__in=item_ids, state=Case.State.DONE, folded_into=None)
    closed = closed.exclude(purpose__in=MEASURING).order_by("item_id", "-id")
    return {case.item_id: case for case in closed.distinct("item_id")}


def exposure_is_owed() -> bool:
    """Whether a case was handed out while wellbeing could not be read, and has not been settled since. Index probes."""
    owed = Claim.objects.filter(owed=True)
    return owed.filter(ended_at=None).exists() or owed.filter(ended_at__isnull=False).exists()


def open_items(item_ids: list[int]) -> set[int]:
    """Those of the items that somebody is at, or soon will be: a case of any purpose is open."""
    cases = Case.objects.filter(item_id__in=item_ids).exclude(state=Case.State.DONE)
    return set(cases.values_list("item_id", flat=True))


def milestones_in_force() -> Plan:
    """The newest milestones; what every installation starts with where nobody set any."""
    newest = Milestones.objects.order_by("-number").first()
    if newest is None:
        return INSTALLED
    rows = tuple(Row(**row) for row in newest.rows)
    return Plan(newest.number, rows, newest.surge, newest.ahead_hours)


def reach_ask(case: Case) -> ReachAsk | None:
    """Why a re-review was opened because of the item's reach; None when it was opened for something else."""
    if case.purpose != Case.Purpose.RE_REVIEW:
        return None
    return ReachAsk.objects.filter(case=case.pk).first()


def asked_lately(limit: int = 20) -> list[ReachAsk]:
    """The newest re-reviews because of reach, with their cases."""
    return list(ReachAsk.objects.select_related("case").defer("case__breakdown").order_by("-case_id")[:limit])


SAID = """
    SELECT item.id, content.text, item.text_sha256,
           (SELECT array_agg(m.sha256) FROM intake_media m
            WHERE m.item_id = item.id AND m.revision = item.revision AND m.sha256 <> '')
    FROM intake_item item
    LEFT JOIN intake_itemcontent content ON content.item_id = item.id AND content.revision = item.revision
    WHERE item.id = ANY(%s)
"""


def said_by(item_ids: list[int]) -> dict[int, Said]:
    """What each item says, folded, and the hashes of its text and files; one query. Only for routing by words or files."""
    with connection.cursor() as cursor:
        cursor.execute(SAID, [item_ids])
        rows = cursor.fetchall()
    return {
        pk: Said(folded(text or ""), tuple(filter(None, (text_sha256, *(files or ())))))
        for pk, text, text_sha256, files in rows
    }
