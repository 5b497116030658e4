"""Who still has to read what. What somebody has read she has read for good, so it is asked for once a process."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from apps.accounts.models import User
from apps.briefing.checks import can_be_asked, wording_of
from apps.briefing.models import Acknowledgement, CheckAttempt
from apps.guidelines.changes import Change, before, changes
from apps.guidelines.errors import NothingInForce
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.queries import Edition, Rule, edition, in_force

TOO_FEW = 5  # people: fewer could be recognised in a sum
KEPT_AT_MOST = 20_000

_read: set[tuple[int, int]] = set()  # (person, version) she has acknowledged, or need not
_cleared: set[tuple[int, int]] = set()  # (person, version) under which she owes no check


def forget() -> None:
    """Forget who has read what."""
    _read.clear()
    _cleared.clear()


@dataclass(frozen=True)
class Briefing:
    """What changed since a person last read the guidelines."""

    edition: Edition
    changes: list[Change]


def briefing_owed(person: User, shift_started_at: datetime) -> Briefing | None:
    """What she should read before her first case of this shift; None when there is nothing.

    It is about the version that was in force when the shift began: nobody is interrupted in one. Who came
    after it, or when it was the first, has nothing to compare. Changes of several versions are told at once.
    """
    current = in_force()
    if current.base_id is None or current.published_at is None or current.published_at > shift_started_at:
        return None
    if (person.pk, current.id) in _read or person.date_joined >= current.published_at:
        return None
    last = (
        Acknowledgement.objects.filter(user=person, version__published_at__lte=current.published_at)
        .order_by("-version__published_at")
        .values_list("version_id", flat=True)
        .first()
    )
    since = edition(last) if last is not None else before(current)
    moved = [] if last == current.id else changes(since, current)
    if not moved:
        _keep(_read, (person.pk, current.id))
        return None
    return Briefing(current, moved)


def may_owe_briefing(person: User) -> bool:
    """Whether it is worth asking. No query: almost always, she has read what there is."""
    current = in_force()
    return current.base_id is not None and (person.pk, current.id) not in _read


def _keep(kept: set[tuple[int, int]], row: tuple[int, int]) -> None:
    if len(kept) >= KEPT_AT_MOST:
        kept.clear()
    kept.add(row)


def checks_owed(person: User, at: datetime | None = None) -> list[Rule]:
    """Rules in force (by default now) that ask for a check she has not passed in their present words. No query when
    no rule asks."""
    try:
        current = in_force(at)
    except NothingInForce:
        return []
    asking = [rule for rule in current.rules.values() if can_be_asked(rule)]
    if not asking or (person.pk, current.id) in _cleared:
        return []
    wordings = {wording_of(rule): rule for rule in asking}
    passed = CheckAttempt.objects.filter(user=person, passed=True, wording__in=wordings)
    for wording in passed.values_list("wording", flat=True):
        wordings.pop(wording)
    if not wordings:
        _keep(_cleared, (person.pk, current.id))
    return list(wordings.values())


def codes_withheld(person: User, at: datetime | None = None) -> list[str]:
    """Codes of rules under which no case is handed to her yet. Costs nothing unless she owes a check. The database asks
    the same of every claim, at the moment it begins: `claim_is_never_under_a_check_she_owes`."""
    return [rule.code for rule in checks_owed(person, at)]


def own_checks(person: User) -> list[CheckAttempt]:
    """Her own attempts, newest first; hers alone to see."""
    return list(
        CheckAttempt.objects.filter(user=person).select_related("rule_version__version").order_by("-id")[:100]
    )


def read_by(version: GuidelineVersion) -> int:
    """How many people have acknowledged a version."""
    return Acknowledgement.objects.filter(version=version).count()


def check_results(rules: Iterable[Rule]) -> dict[str, dict[str, Any]]:
    """For each rule that asks for a check: how many passed, at the first try, and what was missed most.

    Sums only. Of fewer than five people nothing but their number is told: a sum of two is two people.
    """
    wanted = {wording_of(rule): rule for rule in rules if can_be_asked(rule)}
    attempts = CheckAttempt.objects.filter(wording__in=wanted)
    rows = attempts.values("wording").annotate(
        people=Count("user", distinct=True), passed=Count("id", filter=Q(passed=True))
    )
    found: dict[str, dict[str, Any]] = {
        rule.code: {"people": 0, "passed": 0, "at_once": None, "missed": []} for rule in wanted.values()
    }
    for row in rows:
        rule = wanted[row["wording"]]
        told = found[rule.code]
        told["people"] = row["people"]
        if row["people"] < TOO_FEW:
            continue
        told["passed"] = row["passed"]
        mine = attempts.filter(wording=row["wording"]).order_by("user_id", "id")
        firsts = mine.distinct("user_id").values_list("passed", "missed")
        told["at_once"] = sum(passed for passed, _ in firsts) / row["people"]
        told["missed"] = _most_missed(rule, [place for _, missed in firsts for place in missed])
    return found


def _most_missed(rule: Rule, places: list[str]) -> list[tuple[str, int]]:
    counted = {place: places.count(place) for place in set(places)}
    told = []
    for place, times in sorted(counted.items(), key=lambda row: (-row[1], row[0]))[:3]:
        examples = rule.violating_examples if place[0] == "v" else rule.allowed_examples
        if int(place[1:]) < len(examples):
            told.append((examples[int(place[1:])], times))
    return told
