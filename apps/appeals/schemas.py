"""What the doors of this room say to programs, and hear from them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from apps.intake.lines import Shape


class WhoReported(Shape):
    external_id: Annotated[str, Field(min_length=1, max_length=200)]


class AppealSent(Shape):
    decision_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    by: Literal["author", "reporter"]
    statement: Annotated[
        str, Field(description="Why it should be looked at again, in any language", max_length=5_000)
    ] = ""
    reporter: WhoReported | None = Field(
        None, description="Who of those who reported; leave out when not known"
    )
    language: Annotated[str, Field(max_length=8)] = ""
    uploads: Annotated[
        list[Annotated[int, Field(ge=1, le=2**63 - 1)]],
        Field(max_length=3, description="Pictures sent to /uploads before, as evidence"),
    ] = []


class AppealTaken(BaseModel):
    appeal_id: int


class AppealAnswer(BaseModel):
    appeal_id: int
    decision_id: int
    by: str
    state: str = Field(description="open or decided")
    outcome: str | None = Field(description="upheld, overturned or partly, once it is decided")
    lodged_at: datetime
    due_at: datetime
    decided_by: int | None = Field(description="The decision that settled it")
    decided_at: datetime | None
