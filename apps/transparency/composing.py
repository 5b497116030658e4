"""One enforcement to one statement of reasons. Pure: from events and published rules, never from anybody's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from apps.guidelines.queries import Edition, Rule
from apps.transparency.schema import EEA, LANGUAGES, SCHEMA

KEYWORDS = {category: frozenset(words) for category, words in SCHEMA["category_to_keywords"].items()}
CONTENT = {"text": "TEXT", "image": "IMAGE", "video": "VIDEO", "live": "VIDEO", "audio": "AUDIO"}
AUTOMATED_DETECTION = frozenset({"auto_flag", "hash"})
AUTOMATED_DECISION = {
    "human": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "hash_propagated": "AUTOMATED_DECISION_PARTIALLY",
    "auto": "AUTOMATED_DECISION_FULLY",
}
HOW = {
    "user_report": "It was reported by a user of the service.",
    "trusted_flagger": "It was notified by a trusted flagger.",
    "gov": "It was notified by a public authority.",
    "auto_flag": "It was found by an automated detector.",
    "hash": "It was recognised as a copy of content that was decided about before.",
}
OWN = "It was found by the service itself."
WHO = {
    "human": "A person decided.",
    "hash_propagated": "A person decided about a near-identical copy, and the decision was applied to this one.",
    "auto": "The decision was made automatically.",
}
END = {
    "decision_visibility": "visibility", "decision_monetary": "monetary", "decision_provision": "service",
    "decision_account": "account",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What is known of an enforcement; `art16`: the first report was a notice under Article 16."""

    enforcement_id: int
    action: str
    parameters: Mapping[str, Any]
    applied_at: datetime
    ground: str
    purpose: str
    origin: str
    source: str
    rule_codes: tuple[str, ...]
    kind: str
    language: str
    posted_at: datetime | None
    known_at: datetime
    art16: bool


@dataclass(frozen=True)
class Composed:
    body: dict[str, Any]
    withheld: str = ""


def source_type(source: str, art16: bool) -> str:
    """By what came first: never typed by a person."""
    if source == "trusted_flagger":
        return "SOURCE_TRUSTED_FLAGGER"
    if source == "user_report":
        return "SOURCE_ARTICLE_16" if art16 else "SOURCE_TYPE_OTHER_NOTIFICATION"
    return "SOURCE_TYPE_OTHER_NOTIFICATION" if source == "gov" else "SOURCE_VOLUNTARY"


def compose(
    facts: Facts, edition: Edition, *, prefix: str, public_url: str, commercial: frozenset[str]
) -> Composed | None:
    """The statement, and why it is withheld, if it is; None when the action restricts nothing (a strike, say).

    Withheld: what was done on an authority's order alone (DSA Art. 9), deceptive high-volume commercial content
    (Art. 17(2); `commercial` names its rules), and what has no effect in the European Economic Area.
    """
    action = edition.actions.get(facts.action)
    if action is None or not action.dsa:
        return None
    rules = [edition.rules[code] for code in facts.rule_codes if code in edition.rules]
    countries = facts.parameters.get("countries") if facts.action == "geo_restrict" else None
    scope = sorted(set(EEA) & set(countries)) if countries else list(EEA)
    applied = facts.applied_at.date()
    body: dict[str, Any] = {
        **{name: [code] if name == "decision_visibility" else code for name, code in action.dsa.items()},
        **_ground(facts, rules, edition.number, public_url),
        **_categories(rules),
        **_content(facts),
        "application_date": applied.isoformat(),
        "territorial_scope": scope or None,
        "decision_facts": f"The {'account' if facts.kind == 'account' else 'content'} was restricted: {action.title.lower()}. "
        f"{HOW.get(facts.source, OWN)} {WHO[facts.origin]}",
        "source_type": source_type(facts.source, facts.art16),
        "automated_detection": "Yes" if facts.source in AUTOMATED_DETECTION else "No",
        "automated_decision": AUTOMATED_DECISION[facts.origin],
        "puid": f"{prefix}-{facts.enforcement_id}",
    }  # fmt: skip
    days = facts.parameters.get("days")
    if isinstance(days, int) and days > 0:
        for name in action.dsa:
            if name in END:
                body[f"end_date_{END[name]}_restriction"] = (applied + timedelta(days=days)).isoformat()
    return Composed(
        {name: value for name, value in body.items() if value is not None},
        _withheld(facts, scope, commercial),
    )


def _withheld(facts: Facts, scope: list[str], commercial: frozenset[str]) -> str:
    asked_by = facts.parameters.get("asked_by")
    if facts.ground == "legal_only" and facts.purpose == "authority_request" and asked_by != "notice":
        return "order_of_an_authority"
    if not commercial.isdisjoint(facts.rule_codes):
        return "deceptive_commercial_content"
    return "" if scope else "not_in_the_union"


def _ground(facts: Facts, rules: list[Rule], version: str, public_url: str) -> dict[str, Any]:
    if facts.ground == "legal_only":
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": "The law of the countries named in the territorial scope.",
            "illegal_content_explanation": "No rule of the service is broken. It is restricted only where that law applies.",
        }
    first = rules[0] if rules else None
    if first is None:
        return {"decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT"}
    address = f"{public_url}/community-guidelines/versions/{version}/rules/{first.code}/"
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": "; ".join(f"{rule.code} {rule.title}" for rule in rules)[:500],
        "incompatible_content_explanation": " ".join(rule.description for rule in rules)[:2000],
        "decision_ground_reference_url": address if len(address) <= 500 else None,
    }


def _categories(rules: list[Rule]) -> dict[str, Any]:
    categories = list(dict.fromkeys(rule.dsa_category for rule in rules if rule.dsa_category))
    if not categories:
        return {"category": "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE"}
    allowed = frozenset[str]().union(*(KEYWORDS.get(one, frozenset()) for one in categories))
    words = list(dict.fromkeys(word for rule in rules for word in rule.dsa_keywords if word in allowed))
    return {
        "category": categories[0],
        "category_addition": categories[1:] or None,
        "category_specification": words or None,
    }


def _content(facts: Facts) -> dict[str, Any]:
    kind = CONTENT.get(facts.kind)
    language = facts.language[:2].upper()
    day: date = (facts.posted_at or facts.known_at).date()
    return {
        "content_type": [f"CONTENT_TYPE_{kind or 'OTHER'}"],
        "content_type_other": None if kind else "An account",
        "content_language": language if language in LANGUAGES else None,
        "content_date": max(day, date(2000, 1, 1)).isoformat(),
    }
