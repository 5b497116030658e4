"""What one version changed of the version before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apps.guidelines.queries import Edition, Rule, edition, in_force

FRESH_FOR = timedelta(days=14)
# What decides a case. A rule moved to another place, or with another legal keyword, reads the same.
READ = (
    "title", "description", "violating_examples", "allowed_examples", "severity", "exposure", "actions", "handling",
    "questions",
)  # fmt: skip
NEW, REWORDED, RETIRED = "new", "reworded", "retired"

_changed: dict[int, dict[str, datetime]] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """A rule that came, went, or reads otherwise. `before` and `after` are its wordings, None where it was not."""

    code: str
    kind: str
    before: Rule | None
    after: Rule | None

    @property
    def rule(self) -> Rule:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def note(self) -> str:
        """What its author says of the change, in a sentence."""
        return self.after.note if self.after else ""

    @property
    def fields(self) -> tuple[str, ...]:
        """What of it reads otherwise, in reading order; () unless it was reworded."""
        if self.before is None or self.after is None:
            return ()
        return tuple(name for name in READ if getattr(self.before, name) != getattr(self.after, name))


def changes(before: Edition | None, after: Edition) -> list[Change]:
    """Rules that are new in `after`, read otherwise, or are gone from it; in the order of the document.

    A rule is followed by its identity, so that one with a new code is not told as gone and new.
    """
    earlier = {rule.identity: rule for rule in before.rules.values()} if before else {}
    found = []
    for code, rule in after.rules.items():
        was = earlier.pop(rule.identity, None)
        if was is None or was.code != code or _reads(was) != _reads(rule):
            found.append(Change(code, NEW if was is None else REWORDED, was, rule))
    return found + [Change(rule.code, RETIRED, rule, None) for rule in earlier.values()]


def _reads(rule: Rule) -> tuple[Any, ...]:
    return tuple(getattr(rule, name) for name in READ)


def before(of: Edition) -> Edition | None:
    """The edition that was in force before this one, or that a draft is made from; None for the first."""
    return edition(of.base_id) if of.base_id is not None else None


def changed_lately(at: datetime) -> dict[str, datetime]:
    """Rules in force that are new or read otherwise since less than 14 days, with the moment that began.

    No query once the editions of the last 14 days are known.
    """
    now_in_force = in_force()
    known = _changed.get(now_in_force.id)
    if known is None:
        known = {}
        newer = now_in_force
        older = before(newer)
        while older is not None and newer.published_at is not None and newer.published_at > at - FRESH_FOR:
            for change in changes(older, newer):
                if change.code in now_in_force.rules:
                    known.setdefault(change.code, newer.published_at)
            newer, older = older, before(older)
        _changed.clear()
        _changed[now_in_force.id] = known
    return {code: since for code, since in known.items() if since > at - FRESH_FOR}


def forget() -> None:
    """Forget which rules changed lately."""
    _changed.clear()
