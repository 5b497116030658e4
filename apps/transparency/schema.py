"""The schema of statements of reasons, version 2 (`dsa_sor_schema.json` beside this file), and what breaks it.

Field names, codes and rules are those of the European Commission's DSA Transparency Database, © European Union, CC BY 4.0.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "dsa_sor_schema.json").read_text())
FIELDS: dict[str, dict[str, Any]] = SCHEMA["fields"]
ENUMS = {name: frozenset(codes) for name, codes in SCHEMA["enums"].items()}
EEA = tuple(SCHEMA["eea_countries"])
LANGUAGES = frozenset(SCHEMA["languages"])
DECISIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
PUID = re.compile(r"[A-Za-z0-9_-]{1,500}")
NEEDS = (
    ("decision_visibility_other", "decision_visibility", "DECISION_VISIBILITY_OTHER"),
    ("decision_monetary_other", "decision_monetary", "DECISION_MONETARY_OTHER"),
    ("illegal_content_legal_ground", "decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
    ("illegal_content_explanation", "decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
    ("incompatible_content_ground", "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
    ("incompatible_content_explanation", "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
    ("content_type_other", "content_type", "CONTENT_TYPE_OTHER"),
)
ENDS = tuple(name for name in FIELDS if name.startswith("end_date_"))
Problem = tuple[str, str]


def problems(statement: dict[str, Any]) -> list[Problem]:
    """What the database would refuse: (field, why); empty when it would take the statement."""
    found: list[Problem] = [
        (name, "is not a field of the schema") for name in statement.keys() - FIELDS.keys()
    ]
    for name, check in CHECKS:
        value = statement.get(name)
        if value is None:
            if FIELDS[name].get("required") is True:
                found.append((name, "is required"))
        elif said := check(value):
            found.append((name, said))
    if not any(statement.get(name) for name in DECISIONS):
        found.append(("decision_visibility", "one of the four kinds of decision is required"))
    for name, of, code in NEEDS:
        value = statement.get(of)
        if (
            value is not None
            and code in (value if isinstance(value, list) else (value,))
            and not statement.get(name)
        ):
            found.append((name, f"is required with {code}"))
    begins = statement.get("application_date")
    for name in ENDS:
        if isinstance(begins, str) and isinstance(statement.get(name), str) and statement[name] < begins:
            found.append((name, "ends before it begins"))
    return found


def _code(codes: frozenset[str]) -> Callable[[Any], str]:
    return lambda value: "" if isinstance(value, str) and value in codes else "is not a code of the schema"


def _codes(codes: frozenset[str]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        fine = isinstance(value, list) and value and codes.issuperset(value) and len(set(value)) == len(value)
        return "" if fine else "is not a list of codes of the schema"

    return check


def _text(most: int) -> Callable[[Any], str]:
    return lambda value: (
        ""
        if isinstance(value, str) and 0 < len(value) <= most
        else f"is not a text of at most {most} characters"
    )


def _day(first: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        try:
            fine = isinstance(value, str) and len(value) == 10 and first <= value <= "2038-01-01"
            fine = fine and date.fromisoformat(value) is not None
        except ValueError:
            fine = False
        return "" if fine else f"is not a day from {first} to 2038-01-01"

    return check


def _url(value: Any) -> str:
    fine = isinstance(value, str) and len(value) <= 500 and re.match(r"https?://[^\s/]+", value)
    return "" if fine else "is not an address of at most 500 characters"


def _puid(value: Any) -> str:
    return (
        ""
        if isinstance(value, str) and PUID.fullmatch(value)
        else "has other characters than A–Z, a–z, 0–9, _ and -"
    )


def _content_id(value: Any) -> str:
    fine = (
        isinstance(value, dict)
        and set(value) == {"EAN-13"}
        and re.fullmatch(r"[0-9]{13}", str(value["EAN-13"]))
    )
    return "" if fine else "is not an EAN-13"


def _check_of(name: str, field: dict[str, Any]) -> Callable[[Any], str]:
    special: dict[str, Callable[[Any], str]] = {
        "puid": _puid, "content_id": _content_id, "decision_ground_reference_url": _url,
        "territorial_scope": _codes(frozenset(EEA)), "content_language": _code(LANGUAGES),
        "content_date": _day("2000-01-01"), "application_date": _day("2020-01-01"),
    }  # fmt: skip
    if name in special:
        return special[name]
    if name.startswith("end_date_"):
        return _day("2020-01-01")
    if "values" in field:
        return _code(frozenset(field["values"]))
    if "enum" in field:
        return (_codes if field["type"].startswith("array") else _code)(ENUMS[field["enum"]])
    return _text(field["max"])


CHECKS = [(name, _check_of(name, field)) for name, field in FIELDS.items()]
