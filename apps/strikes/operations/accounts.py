"""Strikes and suspensions follow what was ordered and what was reversed; suspensions end by themselves."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import now

from apps.decisions.models import Enforcement
from apps.decisions.queries import not_withdrawn
from apps.guidelines.models import RuleVersion
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record_many
from apps.strikes.ladder import Ladder
from apps.strikes.models import Strike, Suspension
from apps.strikes.queries_ladder import ladders_at

SUSPENDS = ("account_suspend", "feature_suspend")
AT_ONCE = 500  # suspensions ended in one transaction


@transaction.atomic
def follow(events: Iterable[Event]) -> None:
    """Give, and lift, exactly what these events ordered and reversed. An event handed over again changes nothing.

    Comes after the time of undo. Decisions under the law alone never give a strike; without a known account there
    is nobody to give one to. What is given keeps the ladder that was in force when its decision was made.
    """
    events = [event for event in events if event.data["action"] in ("strike", *SUSPENDS)]
    if not events:
        return
    stands = not_withdrawn({event.data["decision"] for event in events})
    wanted = [event.data["enforcement"] for event in events if event.data["decision"] in stands]
    todo = Enforcement.objects.filter(pk__in=wanted).select_related("decision", "item").order_by("pk")
    ordered = [one for one in todo if one.reverses_id is None and one.item.author_id is not None]
    ladders = ladders_at({one.decision.decided_at for one in ordered})
    entries = _strike([one for one in ordered if one.action == "strike"], ladders)
    entries += _suspend([one for one in ordered if one.action in SUSPENDS], ladders)
    entries += _lift([one for one in todo if one.reverses_id is not None])
    record_many(entries)


def _strike(ordered: list[Enforcement], ladders: dict[datetime, Ladder]) -> list[Entry]:
    ordered = [one for one in ordered if one.decision.ground != "legal_only"]
    severities = _severities(ordered)
    have = set(Strike.objects.filter(enforcement__in=ordered).values_list("enforcement_id", flat=True))
    strikes = []
    for one in ordered:
        code, severity = severities.get(one.decision_id, ("", 1))
        if one.pk not in have:
            given, ladder = one.due_at, ladders[one.decision.decided_at]
            strikes.append(
                Strike(
                    author_id=one.item.author_id or 0,  # those without were left out
                    decision_id=one.decision_id,
                    enforcement=one,
                    rule_code=code,
                    severity=severity,
                    given_at=given,
                    expires_at=given + ladder.expires_after(severity),
                    ladder_id=ladder.id,
                )
            )
    Strike.objects.bulk_create(strikes)
    return [
        Entry(
            "strike.given", None, None, strike.enforcement.item_id, data=_facts(strike.pk, strike.enforcement)
        )
        for strike in strikes
    ]


def _severities(ordered: list[Enforcement]) -> dict[int, tuple[str, int]]:
    """The gravest rule each decision cites, and its severity."""
    rows = RuleVersion.objects.filter(
        version_id__in={one.decision.guideline_version_id for one in ordered},
        code__in={code for one in ordered for code in one.decision.rule_codes},
    ).values_list("version_id", "code", "severity")
    known = {(version, code): severity for version, code, severity in rows}
    found = {}
    for one in ordered:
        made = one.decision
        cited = [(known.get((made.guideline_version_id, code), 1), code) for code in made.rule_codes]
        if cited:
            severity, code = max(cited, key=lambda pair: pair[0])
            found[made.pk] = (code, severity)
    return found


def _suspend(ordered: list[Enforcement], ladders: dict[datetime, Ladder]) -> list[Entry]:
    have = set(Suspension.objects.filter(enforcement__in=ordered).values_list("enforcement_id", flat=True))
    made = [
        Suspension(
            author_id=one.item.author_id or 0,  # those without were left out
            decision_id=one.decision_id,
            enforcement=one,
            action=one.action,
            starts_at=one.due_at,
            ends_at=one.due_at + timedelta(days=int(one.parameters["days"])),
            ladder_id=ladders[one.decision.decided_at].id,
        )
        for one in ordered
        if one.pk not in have and one.parameters.get("days")
    ]
    Suspension.objects.bulk_create(made)
    return [
        Entry("suspension.began", None, None, one.enforcement.item_id, data=_facts(one.pk, one.enforcement))
        for one in made
    ]


def _lift(reversals: list[Enforcement]) -> list[Entry]:
    """What was taken is given back: the strike no longer counts, the suspension is over."""
    entries = []
    by_original = {one.reverses_id: one for one in reversals}
    strikes = Strike.objects.filter(enforcement__in=by_original, lifted_at=None).order_by("pk")
    for strike in strikes.select_for_update(no_key=True):
        reversal = by_original[strike.enforcement_id]
        strike.lifted_at, strike.lifted_by = now(), reversal
        strike.save(update_fields=["lifted_at", "lifted_by"])
        entries.append(Entry("strike.lifted", None, None, reversal.item_id, data=_facts(strike.pk, reversal)))
    running = Suspension.objects.filter(enforcement__in=by_original, ended_at=None).order_by("pk")
    for suspension in running.select_for_update(no_key=True):
        reversal = by_original[suspension.enforcement_id]
        suspension.ended_at, suspension.ending = now(), Suspension.Ending.REVERSED
        suspension.save(update_fields=["ended_at", "ending"])
        data = {**_facts(suspension.pk, reversal), "ending": "reversed"}
        entries.append(Entry("suspension.ended", None, None, reversal.item_id, data=data))
    return entries


def _facts(number: int, enforcement: Enforcement) -> dict[str, int | str]:
    return {
        "number": number,
        "decision": enforcement.decision_id,
        "enforcement": enforcement.reverses_id or enforcement.pk,
        "action": enforcement.action,
    }


END = """
    WITH over AS (
        SELECT id FROM strikes_suspension WHERE ended_at IS NULL AND ends_at <= %s
        ORDER BY ends_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE strikes_suspension running SET ended_at = %s, ending = 'ran_out' FROM over WHERE running.id = over.id
    RETURNING running.id
"""


@transaction.atomic
def end_suspensions() -> int:
    """End the suspensions whose time is over, and say so once; how many. Nobody has to remember them."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(END, [at, AT_ONCE, at])
        ended = [number for (number,) in cursor.fetchall()]
    rows = (
        Suspension.objects.filter(pk__in=ended)
        .order_by("pk")
        .values_list("pk", "decision_id", "enforcement_id", "action", F("enforcement__item_id"))
    )
    record_many(
        [
            Entry(
                "suspension.ended",
                None,
                None,
                item,
                data={
                    "number": number,
                    "decision": decision,
                    "enforcement": enforcement,
                    "action": action,
                    "ending": "ran_out",
                },
            )
            for number, decision, enforcement, action, item in rows
        ]
    )
    return len(ended)
