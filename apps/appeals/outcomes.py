"""What an appeal came to, from the two decisions alone. Pure."""

from typing import Any

from apps.appeals.models import Appeal
from apps.decisions.models import Decision


def outcome_of(appealed: Decision, heard: Decision) -> str:
    """Overturned: one found a violation, the other did not. Partly: both did, but under other rules, or with other
    things to be done. Upheld: the same. Expects the words of both at hand."""
    if appealed.outcome != heard.outcome:
        return Appeal.Outcome.OVERTURNED
    if appealed.outcome != Decision.Outcome.VIOLATES:
        return Appeal.Outcome.UPHELD
    same = (
        set(appealed.rule_codes) == set(heard.rule_codes)
        and set(appealed.actions) == set(heard.actions)
        and _measure(appealed) == _measure(heard)
    )
    return Appeal.Outcome.UPHELD if same else Appeal.Outcome.PARTLY


def _measure(decision: Decision) -> dict[str, Any]:
    """How much was done: days, countries, the label; without what was answered to the questions of a rule."""
    return {name: value for name, value in decision.words.parameters.items() if name != "answers"}
