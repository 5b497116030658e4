"""The shapes of Osprey, a rules engine (github.com/roostorg/osprey): its results in, its actions out. Pure.

A result is what its Kafka output sink writes to `osprey.execution_results`: one flat object of features, with
`__action_id` and `__timestamp`; or what an output sink of one's own makes of an ExecutionResult:
`{"action": {"action_id": …}, "extracted_features": {…}, "verdicts": […]}`. An action is what its input stream reads
from `osprey.actions_input`: `{"send_time": …, "data": {"action_id": …, "action_name": …, "data": {…}}}`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeGuard

ENGINE = "osprey"
CONSTANT = "="  # a field of the mapping that begins so is the text after it, not the name of a feature
ITEM_FIELDS = (
    "external_id",
    "kind",
    "text",
    "language",
    "country",
    "author",
    "url",
    "views",
    "posted_at",
    "parent",
)
ACTION_ID = re.compile(r"[0-9]{1,20}")  # a snowflake, as number or text
FIRED = 1.0  # of a rule that either holds or not: score and threshold


class Unreadable(ValueError):
    """A mapping or a result that says too little; the text says what."""


@dataclass(frozen=True)
class FeatureMap:
    """Which features make an item, and which features or verdicts speak for which rule of the guidelines.

    `item`: field of ours to feature. `rules`: feature that is true when a rule holds, or verdict, to rule code.
    `scores`: feature with a number from 0 to 1 to `{"rule": …, "threshold": …}`.
    """

    source: str
    version: str
    item: Mapping[str, str]
    rules: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    detector: str = ENGINE

    @classmethod
    def read(cls, given: Any) -> "FeatureMap":
        """Raises Unreadable with the first thing that is wrong."""
        if not isinstance(given, dict):
            raise Unreadable("The mapping is not an object.")
        unknown = given.keys() - {"source", "version", "item", "rules", "verdicts", "scores", "detector"}
        if unknown:
            raise Unreadable(f"The mapping does not know “{sorted(unknown)[0]}”.")
        for name in ("source", "version", "item"):
            if not given.get(name):
                raise Unreadable(f"The mapping needs “{name}”.")
        item = given["item"]
        if not isinstance(item, dict) or "external_id" not in item or "kind" not in item:
            raise Unreadable("“item” of the mapping needs “external_id” and “kind”.")
        if item.keys() - set(ITEM_FIELDS):
            raise Unreadable(
                f"“item” of the mapping does not know “{sorted(item.keys() - set(ITEM_FIELDS))[0]}”."
            )
        if not any(given.get(name) for name in ("rules", "verdicts", "scores")):
            raise Unreadable("The mapping names no rule: give “rules”, “verdicts” or “scores”.")
        for name in ("source", "version", "detector"):
            if name in given and not isinstance(given[name], str):
                raise Unreadable(f"“{name}” of the mapping is not text.")
        for name in ("item", "rules", "verdicts"):
            _texts(name, given.get(name) or {})
        scores = given.get("scores") or {}
        if not isinstance(scores, dict):
            raise Unreadable("“scores” of the mapping is not an object.")
        for name, of in scores.items():
            if not isinstance(of, dict) or of.keys() != {"rule", "threshold"}:
                raise Unreadable(f"“scores.{name}” of the mapping needs “rule” and “threshold”.")
            if not isinstance(of["rule"], str) or not _is_number(of["threshold"]):
                raise Unreadable(f"“scores.{name}” of the mapping: “rule” is text, “threshold” a number.")
        return cls(**{name: value for name, value in given.items() if value})


def _texts(name: str, given: Any) -> None:
    if not isinstance(given, dict):
        raise Unreadable(f"“{name}” of the mapping is not an object.")
    for key, value in given.items():
        if not isinstance(value, str):
            raise Unreadable(f"“{name}.{key}” of the mapping is not text.")


def _is_number(given: Any) -> TypeGuard[int | float]:
    return isinstance(given, int | float) and not isinstance(given, bool)


def flags_of(result: Any, mapping: FeatureMap) -> list[dict[str, Any]]:
    """The bulk lines of one result: a flag for each feature or verdict that speaks for a rule, none when none does.

    Each counts as a detector of its own, so that each has its own scorecard. Keys are made of the engine's action and
    the name, so a result that comes twice changes nothing. Raises Unreadable.
    """
    action, features, verdicts = _parts(result)
    said = [(name, rule, FIRED, FIRED) for name, rule in mapping.rules.items() if features.get(name) is True]
    said += [(name, rule, FIRED, FIRED) for name, rule in mapping.verdicts.items() if name in verdicts]
    for name, of in mapping.scores.items():
        score = features.get(name)
        if _is_number(score):
            said.append((name, of["rule"], float(score), float(of["threshold"])))
    if not said:
        return []
    item = _item(features, mapping)
    return [
        {
            "type": "flag",
            "item": item,
            "detector": {"name": f"{mapping.detector}/{name}"[:80], "version": mapping.version},
            "scores": [{"rule": rule, "score": score, "threshold": threshold}],
            "idempotency_key": f"{ENGINE}:{action}:{name}"[:200],
        }
        for name, rule, score, threshold in said
    ]


def _parts(result: Any) -> tuple[int, dict[str, Any], list[str]]:
    if not isinstance(result, dict):
        raise Unreadable("A result is an object.")
    features = result.get("extracted_features", result)
    of = result.get("action")
    action = of.get("action_id") if isinstance(of, dict) else result.get("__action_id")
    if not isinstance(features, dict):
        raise Unreadable("“extracted_features” is not an object.")
    if isinstance(action, bool) or not ACTION_ID.fullmatch(str(action or "")):
        raise Unreadable("The result has no action id.")
    verdicts = result.get("verdicts", features.get("__verdicts"))
    verdicts = verdicts if isinstance(verdicts, list) else []
    return int(str(action)), features, [one for one in verdicts if isinstance(one, str)]


def _item(features: dict[str, Any], mapping: FeatureMap) -> dict[str, Any]:
    item: dict[str, Any] = {"source": mapping.source}
    for name, feature in mapping.item.items():
        value = feature[1:] if feature.startswith(CONSTANT) else features.get(feature)
        if value is None:
            continue
        if name in ("external_id", "parent"):
            value = str(value)
        item[name] = {"external_id": str(value)} if name == "author" else value
    if not item.get("external_id"):
        raise Unreadable(f"The result has no “{mapping.item['external_id']}”, which is to name the item.")
    return item


def reviewed(keys: list[str]) -> list[int]:
    """The engine's actions that flagged an item, from the keys of its flags."""
    parts = (key.split(":") for key in keys if key.startswith(f"{ENGINE}:"))
    return sorted({int(one[1]) for one in parts if len(one) > 2 and one[1].isdigit()})


def action_of(decision: Any, actions: list[int]) -> dict[str, Any]:
    """A decision as an action for the engine. Its id is the decision's, so one that comes twice is known."""
    return {
        "send_time": _moment(decision.decided_at),
        "data": {
            "action_id": decision.pk,
            "action_name": "human_decision" if decision.origin == "human" else "automatic_decision",
            "data": {
                "decision_id": decision.pk,
                "decided_at": _moment(decision.decided_at),
                "source": decision.item.source,
                "external_id": decision.item.external_id,
                "item_revision": decision.item_revision,
                "outcome": decision.outcome,
                "rules": list(decision.rule_codes),
                "actions": list(decision.actions),
                "ground": decision.ground,
                "guideline_version": str(decision.guideline_version),
                "supersedes": decision.supersedes_id,
                "reviewed_action_ids": actions,
            },
        },
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
