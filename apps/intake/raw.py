"""From bytes to JSON values, refusing what PostgreSQL or JSON itself cannot hold."""

import json
import re
from typing import Any

from apps.errors import Invalid
from apps.intake.errors import NotJson

# A quick look at the raw text. A hit may be innocent (an escaped backslash): only then is the value walked.
SUSPECT = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]")
NUL = "Remove the NUL character (\\u0000): it cannot be stored."
SURROGATE = "Half a surrogate pair (\\ud800 to \\udfff) is not a character: send the whole pair."


def read_json(body: bytes) -> Any:
    """The value of a JSON body. Raises NotJson (400), or Invalid (422) naming fields that cannot be stored."""
    if not body.strip():
        raise NotJson("The body is empty. Send JSON.")
    try:
        value = json.loads(body.decode(), parse_constant=_no_constant)
    except UnicodeDecodeError as trouble:
        raise NotJson(f"The body is not UTF-8: see byte {trouble.start}.") from None
    except json.JSONDecodeError as trouble:
        raise NotJson(
            f"This is not JSON: {trouble.msg} at line {trouble.lineno}, column {trouble.colno}."
        ) from None
    except RecursionError:
        raise NotJson("This is nested too deeply.") from None
    except ValueError as trouble:
        raise NotJson(f"This is not JSON: {trouble}.") from None
    errors = unstorable(body, value)
    if errors:
        raise Invalid(errors=errors)
    return value


def unstorable(body: bytes, value: Any) -> list[dict[str, str]]:
    """The fields that hold a NUL or half a surrogate pair. `value` is what `body` says."""
    return _walk(value, "") if SUSPECT.search(body) else []


def _walk(value: Any, path: str) -> list[dict[str, str]]:
    if isinstance(value, str):
        reason = (
            NUL if "\x00" in value else SURROGATE if any("\ud800" <= c <= "\udfff" for c in value) else ""
        )
        return [{"field": path, "reason": reason}] if reason else []
    if isinstance(value, list):
        return [found for n, one in enumerate(value) for found in _walk(one, f"{path}[{n}]")]
    if isinstance(value, dict):
        return [
            found
            for name, one in value.items()
            for found in _walk(name, f"{path} (a field's name)".strip())
            + _walk(one, f"{path}.{name}" if path else name)
        ]
    return []


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")
