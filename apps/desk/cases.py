"""What the case pages show: everything that was done about a case or an item, and nothing of its content."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from apps.accounts.models import User
from apps.decisions.models import Decision, DecisionRule
from apps.desk.account_evidence import told_of_account
from apps.desk.timeline import Telling
from apps.guidelines.queries import in_force
from apps.intake.models import AccountEvidence, Flag, Item, ItemContent, Kind, Media
from apps.ledger.models import Event
from apps.ledger.queries import timeline
from apps.queues.case_queries import matching
from apps.queues.models import Case, CaseNote, Claim

EVENTS_A_PAGE = 100
REPORTS_AT_MOST = 1_000
FLAGS_AT_MOST = 12
DECISIONS_AT_MOST = 50
CLAIMS_AT_MOST = 50

# What a person did at work, as those who plan it may see it. Never signing in or out, shifts, breaks, skips:
# when she worked and when she rested is hers.
WORK = (
    "case.claimed", "case.given", "case.taken_back", "case.moved", "case.escalated", "case.text_opened",
    "decision.made", "decision.withdrawn", "queue.added", "queue.edited", "routing.added", "routing.edited",
    "routing.reordered", "limits.set", "queues.installed", "guidelines.loaded", "guidelines.published", "person.added",
    "person.roles_changed", "person.abilities_changed", "person.let_in", "person.shut_out", "key.issued", "key.revoked",
    "handoff.replayed", "milestones.set",
)  # fmt: skip
HER_OWN = ("person.signed_in", "person.signed_out", "case.returned")

# How a claim ended, as others may know it: decided, passed on, or back in its queue for reasons of her own.
ENDINGS: dict[str, str] = {Claim.Ending.DECIDED: "Decided", Claim.Ending.ESCALATED: "Escalated"}
WENT_BACK = "Went back to the queue"

REPORTS = """
SELECT reason, rule_code, trusted, count(*), min(received_at), max(received_at)
FROM (SELECT * FROM intake_report WHERE item_id = %s ORDER BY id LIMIT %s) report
GROUP BY reason, rule_code, trusted ORDER BY trusted DESC, count(*) DESC LIMIT 12
"""

TOLD = """
SELECT told.part, told.facts, told.told_with, told.detector, told.detector_version, told.received_at
FROM unnest(%s::text[]) asked (part) CROSS JOIN LATERAL (
    SELECT * FROM intake_accountevidence e WHERE e.item_id = %s AND e.part = asked.part AND NOT e.shadow
    ORDER BY e.id DESC LIMIT 3) told
ORDER BY told.id DESC
"""


def cases_for(asked: Mapping[str, Any]) -> QuerySet[Case]:
    """The cases a search asks for; outcome, action and `since` look at their standing decisions."""
    rules = [asked["rule"]] if asked.get("rule") else _rules_of(asked.get("policy"))
    decided: dict[str, Any] = {}
    if outcome := asked.get("outcome"):
        decided["outcome"] = outcome
    if action := asked.get("action"):
        decided["actions__contains"] = [action]
    if since := asked.get("since"):
        decided["decided_at__gte"] = since
    if not decided:
        return matching({**asked, "rules": rules})
    if rules:
        decided["rule_codes__overlap"] = rules
    undone = Decision.objects.filter(supersedes=OuterRef("pk"), withdraws=True)
    standing = Decision.objects.filter(case=OuterRef("pk"), withdraws=False, **decided).exclude(
        Exists(undone) | Q(purpose=Case.Purpose.AUTHORITY_REQUEST)
    )
    return matching(asked).filter(Exists(standing))


def _rules_of(policy: str | None) -> list[str]:
    if not policy:
        return []
    section = next((one for one in in_force().policies if one.code == policy), None)
    return [rule.code for rule in section.rules] if section else [policy]


def told(events: QuerySet[Event], before: int | None) -> tuple[list[dict[str, Any]], int | None]:
    """One page of a timeline, newest first, and the event to go on from; None when that is all."""
    page = events.filter(id__lt=before) if before else events
    rows = list(page[: EVENTS_A_PAGE + 1])
    following = rows[EVENTS_A_PAGE - 1].pk if len(rows) > EVENTS_A_PAGE else None
    return Telling(rows[:EVENTS_A_PAGE]).entries(), following


def events_of_person(person: User, viewer: User) -> QuerySet[Event]:
    """What a person did. Others see her work; only she sees the rest."""
    if viewer.pk != person.pk:
        return timeline(actor_id=person.pk).filter(kind__in=WORK)
    mine = Q(private=True) | Q(kind__in=[*WORK, *HER_OWN])
    return Event.objects.filter(mine, actor_id=person.pk).order_by("-id")


def decisions_on(**where: Any) -> list[Decision]:
    """Decisions newest first, with all a page says of them; four queries. The evidence itself stays unread."""
    cited = DecisionRule.objects.select_related("rule_version__version").defer("rule_version__description")
    return list(
        Decision.objects.filter(withdraws=False, **where)
        .exclude(purpose=Case.Purpose.AUTHORITY_REQUEST)
        .select_related("decider", "words", "hold", "guideline_version", "superseded_by")
        .defer("words__evidence")
        .prefetch_related(Prefetch("cited", queryset=cited), "enforcements")
        .order_by("-id")[:DECISIONS_AT_MOST]
    )


def claims_on(case: Case) -> list[dict[str, Any]]:
    """Who held the case and when, newest first. What looking cost her is not read."""
    rows = (
        Claim.objects.filter(case=case)
        .order_by("-id")
        .values("holder_id", "holder__pseudonym", "started_at", "ended_at", "expires_at", "ending")
    )[:CLAIMS_AT_MOST]
    return [{**row, "ending": ENDINGS.get(row["ending"], WENT_BACK)} for row in rows]


def reports_on(item: Item) -> list[dict[str, Any]]:
    """Reports by reason: how many, when. Who reported and in which words is not read."""
    names = ("reason", "rule_code", "trusted", "count", "first_at", "last_at")
    with connection.cursor() as cursor:
        cursor.execute(REPORTS, [item.pk, REPORTS_AT_MOST])
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def scores_on(item: Item) -> list[dict[str, Any]]:
    """The newest detector scores, highest first; those of shadows nobody who decides may see."""
    flags = Flag.objects.filter(item=item, shadow=False).order_by("-id")[:FLAGS_AT_MOST]
    titles = in_force().rules
    rows = [
        {
            "detector": f"{flag.detector} {flag.detector_version}".strip(),
            "rule": score["rule"],
            "title": titles[score["rule"]].title if score["rule"] in titles else "",
            "score": score["score"],
            "threshold": score.get("threshold"),
            "at": flag.received_at,
        }
        for flag in flags
        for score in flag.scores
    ]
    return sorted(rows, key=lambda row: -row["score"])[:FLAGS_AT_MOST]


def told_of(item: Item) -> list[dict[str, Any]]:
    """Evidence on an account, three tellings of each part; whom it is said to impersonate is read at the desk only."""
    if item.kind != Kind.ACCOUNT:
        return []
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [list(AccountEvidence.Part.values), item.pk])
        names = ("part", "facts", "told_with", "detector", "version", "at")
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    facts = [{**row, "facts": json.loads(row["facts"])} for row in rows]
    return told_of_account(facts, names=False)


def erased(item: Item) -> datetime | None:
    """When what the item says now was erased, if it was."""
    return (
        ItemContent.objects.filter(item=item, revision=item.revision)
        .values_list("erased_at", flat=True)
        .first()
    )


def fingerprints_of(item: Item) -> Sequence[Media]:
    """The item's media as hashes and facts; neither file nor picture."""
    media = Media.objects.filter(item=item, revision=item.revision).order_by("position")
    return list(media.only("mime", "sha256", "pdq", "pdq_quality", "state", "refused_reason", "duration_s"))


def notes_on(case: Case) -> Sequence[CaseNote]:
    return list(case.notes.select_related("author"))


def cases_of(item: Item) -> Sequence[Case]:
    """All cases of an item, newest first."""
    return list(
        Case.objects.filter(item=item).select_related("queue").defer("breakdown").order_by("-id")[:50]
    )


def asked_about(case: Case) -> Decision | None:
    """The decision a case for a second person is about."""
    if case.about_decision_id is None:
        return None
    return Decision.objects.only("case_id", "outcome").filter(pk=case.about_decision_id).first()


def text_of(item: Item) -> str:
    content = ItemContent.objects.filter(item=item, revision=item.revision).only("text").first()
    return content.text if content else ""


def day_began(at: datetime) -> datetime:
    """Midnight before a local moment."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
