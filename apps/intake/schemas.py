"""What the doors of intake answer. What may be sent is in `lines.py`."""

from pydantic import BaseModel, Field

from apps.accounts.schemas import READING, Problem


class ItemAnswer(BaseModel):
    item_id: int


class ReportAnswer(BaseModel):
    report_id: int
    item_id: int
    case_id: int | None = Field(None, description="Left out while the item has no open case")


class FlagAnswer(BaseModel):
    flag_id: int
    item_id: int
    case_id: int | None = Field(None, description="Left out while the item has no open case")
    unknown_rules: list[str] | None = Field(
        None, description="Rules of the scores that are not in force: kept, but nothing stands behind them"
    )


class ViewsAnswer(BaseModel):
    """How many readings were kept, were known already, or named an item nobody sent."""

    counted: int
    duplicate: int
    unknown: int


class LineAnswer(BaseModel):
    line: int
    status: int
    id: int | None = None
    item_id: int | None = None
    duplicate: bool | None = None
    errors: list[Problem.FieldError] | None = None


class UploadAnswer(BaseModel):
    upload_id: int
    sha256: str
    mime: str
    size: int


SENDING = dict.fromkeys((400, 401, 403, 413, 415, 422, 429, 503), Problem)
POSTING = {**SENDING, 409: Problem}

__all__ = ["POSTING", "READING", "SENDING", "Problem"]
