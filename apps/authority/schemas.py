"""What the doors of this room say to programs, and hear from them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from apps.intake.lines import Shape


class ContestSent(Shape):
    decision_id: Annotated[
        int, Field(ge=1, le=2**63 - 1, description="As the author's `notice.due` named it")
    ]
    statement: Annotated[
        str, Field(max_length=5_000, description="Why it should not be withheld there, in any language")
    ]
    language: Annotated[Literal["en", "km", "vi"], Field(description="In which the author is answered")] = (
        "en"
    )
    uploads: Annotated[
        list[Annotated[int, Field(ge=1, le=2**63 - 1)]],
        Field(max_length=3, description="Pictures sent to /uploads before, as evidence"),
    ] = []


class ContestTaken(BaseModel):
    contest_id: int
    due_at: datetime


class ContestAnswer(BaseModel):
    contest_id: int
    decision_id: int
    state: str = Field(description="open, decided, or moot: the measure ended before")
    outcome: str | None = Field(description="upheld or lifted, once it is decided")
    lodged_at: datetime
    due_at: datetime
    decided_at: datetime | None
