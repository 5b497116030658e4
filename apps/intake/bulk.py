"""Many lines in one body or file: each read, checked and taken in on its own merits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from apps.accounts.models import MachineKey
from apps.errors import Invalid
from apps.intake.errors import NotJson
from apps.intake.lines import AnyLine, FlagLine, Line, ReportLine
from apps.intake.operations import Result, receive
from apps.intake.raw import SUSPECT, read_json
from apps.intake.reasons import explain

any_line: TypeAdapter[Line] = TypeAdapter(AnyLine)


@dataclass(slots=True)
class BulkLine:
    """A line by its number, as read; `errors` say why it cannot be used."""

    number: int
    line: Line | None = None
    status: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)


def read_line(number: int, raw: bytes) -> BulkLine:
    """Check one line of newline-delimited JSON."""
    try:
        if SUSPECT.search(raw):
            read_json(raw)
        return BulkLine(number, any_line.validate_json(raw))
    except (NotJson, Invalid) as refusal:
        return BulkLine(number, None, refusal.status, refusal.errors or _whole(refusal.sentence))
    except ValidationError as refusal:
        found = refusal.errors(include_url=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            return BulkLine(number, None, 400, _whole(_why_not_json(raw)))
        if found[0]["type"].startswith("union_tag"):
            return BulkLine(number, None, 422, [{**explain(found)[0], "field": "type"}])
        return BulkLine(number, None, 422, explain(found, skip=1))


def receive_lines(
    lines: Sequence[BulkLine],
    *,
    key: MachineKey | None,
    fallback_key: Callable[[BulkLine], str] | None = None,
) -> list[dict[str, Any]]:
    """Take in the good lines; one answer per line, in order.

    `fallback_key` names reports and flags that carry no idempotency key of their own.
    """
    good = [line for line in lines if line.line is not None]
    for line in good:
        if fallback_key and isinstance(line.line, ReportLine | FlagLine) and not line.line.idempotency_key:
            line.line.idempotency_key = fallback_key(line)
    results = iter(receive([line.line for line in good if line.line], key=key))
    return [
        _answer(
            line.number,
            Result(status=line.status, errors=line.errors) if line.line is None else next(results),
        )
        for line in lines
    ]


def _answer(number: int, result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = {"line": number, "status": result.status}
    if result.errors:
        answer["errors"] = result.errors
    else:
        answer.update(id=result.id, item_id=result.item_id)
        if result.duplicate:
            answer["duplicate"] = True
    return answer


def _why_not_json(raw: bytes) -> str:
    try:
        read_json(raw)
    except (NotJson, Invalid) as refusal:
        return refusal.sentence
    return "This is not JSON."


def _whole(sentence: str) -> list[dict[str, str]]:
    return [{"field": "", "reason": sentence}]
