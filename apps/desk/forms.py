"""Reading what the desk sends: spans of what was shown, and the decision form."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from apps.decisions.errors import InvalidVerdict
from apps.decisions.verdict import Verdict
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.queries import Edition, edition
from apps.wellbeing.exposure import Look

OUTCOMES = {"violates": "violates", "not": "no_violation", "no_violation": "no_violation", "unsure": "unsure"}
SPANS_AT_MOST = 5_000
# What the database calls a field, and where the page shows its error.
FIELD_OF = {"days": "duration_days", "label": "label_text"}


def read_look(spans: str | list[Any] | None) -> Look | None:
    """Seconds during which anything was unveiled: the union of all spans, so that two at once count once.

    None when the page said nothing readable: then everything counts as shown.
    """
    try:
        given = json.loads(spans) if isinstance(spans, str) else spans
        if not isinstance(given, list) or len(given) > SPANS_AT_MOST:
            return None
        edges = sorted((float(span["from_ms"]), float(span["to_ms"])) for span in given)
    except (ValueError, TypeError, KeyError):
        return None
    total, reached = 0.0, 0.0
    for start, end in edges:
        if not (0 <= start <= end < 1e9):
            return None
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return Look(total / 1000)


def read_verdict(data: Any, offered: Edition) -> Verdict:
    """The decision form as a verdict. Raises InvalidVerdict for what cannot be read at all."""
    errors: list[dict[str, str]] = []
    rules: list[str] = []
    for value in data.getlist("rules"):
        rule = offered.rules_by_id.get(int(value)) if value.isdigit() else None
        if rule is None:
            reason = "The guidelines have changed since this page was opened; please choose the rule again."
            errors.append({"field": "rules", "reason": reason})
        else:
            rules.append(rule.code)
    rules += [code.strip().upper() for code in data.get("rule_codes", "").split(",") if code.strip()]
    parameters: dict[str, Any] = {}
    days = data.get("duration_days", "")
    if days:
        if days.isdigit() and 1 <= int(days) <= 3650:
            parameters["days"] = int(days)
        else:
            errors.append({"field": "duration_days", "reason": "Give whole days, from 1 to 3650."})
    countries = [code.strip().upper() for code in data.get("countries", "").split(",") if code.strip()]
    if any(len(code) != 2 or not code.isalpha() for code in countries):
        errors.append({"field": "countries", "reason": "Use two-letter country codes, such as KH or IE."})
    elif countries:
        parameters["countries"] = countries
    if label := data.get("label_text", "").strip():
        parameters["label"] = label[:200]
    if answers := _answers(data, rules, offered):
        parameters["answers"] = answers
    if errors:
        raise InvalidVerdict(errors=errors)
    return Verdict(
        outcome=OUTCOMES.get(data.get("outcome", ""), data.get("outcome", "")),
        rules=tuple(dict.fromkeys(rules)),
        actions=tuple(data.getlist("actions")),
        rationale=tuple(data.getlist("rationale")),
        confidence=data.get("confidence", ""),
        explanation=data.get("explanation", "").strip(),
        private_note=data.get("private_note", "").strip(),
        parameters=parameters,
    )


def _answers(data: Any, rules: list[str], offered: Edition) -> dict[str, dict[str, str]]:
    """What was answered to the questions of the rules chosen, by rule and by the question's key."""
    found: dict[str, dict[str, str]] = {}
    for rule in (offered.rules[code] for code in rules if code in offered.rules):
        given = {one.key: data.get(f"answer-{rule.id}-{one.key}", "") for one in rule.questions}
        if said := {key: answer for key, answer in given.items() if answer}:
            found[rule.code] = said
    return found


# What of the decision form is kept with a first judgement: the verdict, not the token or the seconds.
KEPT = (
    "outcome", "rules", "rule_codes", "actions", "rationale", "confidence", "explanation", "private_note",
    "duration_days", "label_text", "countries",
)  # fmt: skip


def typed(data: Any, names: Sequence[str] = ()) -> dict[str, Any]:
    """What was typed, in the shape the page fills its form from; of some fields only, and of the rules' questions."""
    lists = ("rules", "actions", "rationale")
    wanted = [name for name in data if not names or name in names or name.startswith("answer-")]
    return {name: data.getlist(name) if name in lists else data.get(name, "") for name in wanted}


def by_field(errors: list[dict[str, str]]) -> Mapping[str, list[str]]:
    """Error sentences by the field that shows them."""
    fields: dict[str, list[str]] = {}
    for error in errors:
        fields.setdefault(FIELD_OF.get(error["field"], error["field"]), []).append(error["reason"])
    return fields


def seen_version(data: Any) -> int | None:
    """The guideline version whose rules the page offered; None when it does not say, or says nonsense."""
    said = data.get("guidelines", "")
    try:
        found = edition(int(said[:18]))
    except (ValueError, GuidelineVersion.DoesNotExist):
        return None
    return found.id if found.published_at is not None else None
