"""The guidelines as the desk shows them: in her language, with what changed lately, and what she has yet to read."""

from datetime import datetime
from typing import Any

from django.utils.timezone import now

from apps.accounts.models import User
from apps.briefing.queries import briefing_owed, checks_owed, may_owe_briefing
from apps.guidelines import reading
from apps.guidelines.changes import Change, changed_lately, changes
from apps.guidelines.queries import Edition, Rule, edition, in_force
from apps.guidelines.reading import Reading, Text
from apps.wellbeing.queries import live_shift

KIND = {"new": "New", "reworded": "Reworded", "retired": "Retired"}
FIELD = {
    "title": "title", "description": "description", "violating_examples": "examples that break it",
    "allowed_examples": "allowed examples", "severity": "severity", "exposure": "exposure",
    "actions": "what may be done", "handling": "handling", "questions": "questions to answer",
}  # fmt: skip


def language_of(user: User, current: Edition) -> str:
    """The language she reads in: the first of hers that there is anything in."""
    return reading.language_for(user.languages[:1], current)


def guidance(user: User, current: Edition) -> dict[str, Any]:
    """What every rule on the page needs: the words, their languages, and what changed in the last 14 days."""
    language = language_of(user, current)
    text = reading.reading(current, language)
    fresh = changed_lately(now())
    return {
        "text": text,
        "fresh": fresh,
        "guidelines": {
            "number": current.number,
            "version": current.id,
            "language": language,
            "own_language": current.language,
            "own_name": reading.NAMES.get(current.language, current.language),
            "translated": language != current.language,
        },
    }


def key_of(told: dict[str, Any]) -> str:
    """Names the rendering of the rules: language, translations, and what is marked as changed."""
    return f"{told['text'].language}:{reading.state()}:{','.join(sorted(told['fresh']))}"


def worded(row: dict[str, Any], rule: Rule, text: Reading, fresh: dict[str, datetime]) -> dict[str, Any]:
    """A rule's row in her language; `source` holds its own words when they are others."""
    words: Text = text.rules[rule.code]
    source = {name: row[name] for name in ("title", "description", "violating", "allowed")}
    return row | {
        "title": words.title,
        "description": words.description,
        "violating": words.violating_examples,
        "allowed": words.allowed_examples,
        "missing": words.missing,
        "source": source if words.translated else None,
        "stale": words.stale,
        "newer": words.newer,
        "newer_examples": words.newer_examples,
        "unread": words.unread,
        "changed": fresh.get(rule.code),
    }


def told(change: Change, after: Reading) -> dict[str, Any]:
    """A change as a person reads it, in her language where the new words have been translated."""
    words = after.rules.get(change.code)
    own = change.rule
    return {
        "code": change.code,
        "kind": KIND[change.kind],
        "title": words.title if words else own.title,
        # What was reworded comes in its own words: a translation of the earlier ones would tell what was, not what is.
        "description": (words.description if words else own.description) if change.after else "",
        "missing": words.missing if words else frozenset(("title", "description")),
        "stale": bool(words and "description" in words.newer),
        "note": change.note,
        "fields": [FIELD[name] for name in change.fields],
        "before": change.before.description
        if change.before and change.after and "description" in change.fields
        else "",
        "check": bool(change.after and change.after.check_required),
    }


def briefing(user: User, shift_started_at: datetime) -> dict[str, Any] | None:
    """What changed, as the page shows it before her first case; None when there is nothing to read."""
    owed = briefing_owed(user, shift_started_at)
    if owed is None:
        return None
    language = language_of(user, owed.edition)
    text = reading.reading(owed.edition, language)
    return {
        "number": owed.edition.number,
        "published_at": owed.edition.published_at,
        "language": language,
        "own_language": owed.edition.language,
        "changes": [told(change, text) for change in owed.changes],
        "unread": any(text.rules[change.code].unread for change in owed.changes if change.after),
    }


def checks(user: User) -> list[dict[str, str]]:
    """The checks she owes, by code and title."""
    owed = checks_owed(user)
    if not owed:
        return []
    current = in_force()
    text = reading.reading(current, language_of(user, current))
    return [{"code": rule.code, "title": text.rules[rule.code].title} for rule in owed]


def moved(seen: int, chosen: list[str], user: User) -> dict[str, Any]:
    """What changed while a case was open: of the rules she chose, and how much else.

    `chosen` are ids of rules of the version she saw; `rules` are the same rules as they are now, and `answers`
    what the fields of their questions were called and are called now.
    """
    earlier, current = edition(seen), in_force()
    text = reading.reading(current, language_of(user, current))
    picked = [
        earlier.rules_by_id[int(pk)] for pk in chosen if pk.isdigit() and int(pk) in earlier.rules_by_id
    ]
    identities = {rule.identity for rule in picked}
    all_changes = changes(earlier, current)
    mine = [change for change in all_changes if change.rule.identity in identities]
    now_called = {rule.identity: rule for rule in current.rules.values()}
    renamed = {
        f"answer-{rule.id}-{question.key}": f"answer-{now_called[rule.identity].id}-{question.key}"
        for rule in picked
        if rule.identity in now_called
        for question in rule.questions
    }
    return {
        "number": current.number,
        "at": current.published_at,
        "changes": [told(change, text) for change in mine],
        "others": len(all_changes) - len(mine),
        "same": [rule.code for rule in picked if rule.identity not in {c.rule.identity for c in mine}],
        "answers": renamed,
        "rules": [str(now_called[rule.identity].id) for rule in picked if rule.identity in now_called],
    }


def to_read(user: User) -> bool:
    """Whether she has yet to read what changed before a case is handed to her."""
    if not may_owe_briefing(user):
        return False
    shift = live_shift(user)
    return shift is not None and briefing_owed(user, shift.started_at) is not None
