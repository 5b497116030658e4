"""Why a field is refused, in sentences for the person who builds the sender."""

from collections.abc import Iterable
from typing import Any

SENTENCES = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such field.",
    "string_type": "This must be text.",
    "int_type": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "float_type": "This must be a number.",
    "finite_number": "This must be a finite number.",
    "bool_type": "This must be true or false.",
    "list_type": "This must be a list.",
    "dict_type": "This must be an object.",
    "model_type": "This must be an object.",
    "model_attributes_type": "This must be an object.",
    "string_too_long": "At most {max_length} characters.",
    "string_too_short": "At least {min_length} character.",
    "too_long": "At most {max_length} entries.",
    "too_short": "At least {min_length} entry.",
    "literal_error": "Use one of {expected}.",
    "greater_than": "This must be more than {gt}.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than_equal": "This must be at most {le}.",
    "int_parsing_size": "This number is too large.",
    "union_tag_not_found": "Say what this line is: item, report, flag or views.",
    "union_tag_invalid": "Use one of item, report, flag or views.",
    "recursion_loop": "This is nested too deeply.",
}
PATTERNS = {
    "source": "Use letters, digits, dots, colons, dashes and underscores, beginning with a letter or digit.",
    "external_id": "This may not be empty, begin or end with a space, or hold control characters.",
    "parent": "This may not be empty, begin or end with a space, or hold control characters.",
    "sha256": "Write the SHA-256 as 64 lower-case hexadecimal digits.",
    "pdq": "Write the PDQ hash as 64 lower-case hexadecimal digits.",
    "url": "This must be an address that begins with http:// or https:// and holds no space.",
    "mime": "Write the type as in image/png, in lower case.",
    "rule": "Write a rule's code, such as HT-1.",
    "email": "This is not an e-mail address.",
    "after": "Send the value of `next` of the page before.",
}


def explain(errors: Iterable[Any], *, skip: int = 0) -> list[dict[str, str]]:
    """Pydantic's errors as `{"field": "item.media[0].url", "reason": …}`; `skip` leaves out leading path parts."""
    return [{"field": path(error["loc"][skip:]), "reason": _reason(error)} for error in errors]


def path(parts: Iterable[Any]) -> str:
    written = ""
    for part in parts:
        written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else str(part)
    return written


def _reason(error: Any) -> str:
    kind = error["type"]
    if kind == "string_pattern_mismatch":
        name = next((part for part in reversed(error["loc"]) if isinstance(part, str)), "")
        return PATTERNS.get(name, "This is not in the expected form.")
    if kind in SENTENCES:
        return SENTENCES[kind].format(**error.get("ctx") or {})
    return str(error["msg"])
