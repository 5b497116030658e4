"""What the doors of this room say to programs, and hear from them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from apps.intake.lines import ExternalId, Shape, Source


class LawNoticeSent(Shape):
    kind: Literal["minors", "privacy", "property", "intimate"]
    source: Source
    external_id: ExternalId
    country: Annotated[str, Field(max_length=2, description="Whose law it names: ISO 3166-1 alpha-2")]
    relation: Annotated[
        Literal["self", "guardian", "office", "owner", "agent"],
        Field(description="property: owner or agent; minors: all but owner; else self, guardian or agent"),
    ]
    statement: Annotated[str, Field(max_length=5_000, description="Why it is unlawful, in any language")]
    concerned: Annotated[
        str, Field(max_length=1_000, description="The work, or how the person is recognised")
    ] = ""
    name: Annotated[str, Field(max_length=200)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    good_faith: bool
    accurate: Annotated[bool, Field(description="Accurate, and authorised to act")]
    ends_at: datetime | None = Field(None, description="When its ground lapses, if it does", strict=False)
    language: Literal["en", "km", "vi"] = "en"
    uploads: Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(max_length=3)] = []


class LawNoticeTaken(BaseModel):
    law_notice_id: int
    due_at: datetime
    link: str = Field(description="For the notifier: where it stands, and what she may do")


class LawNoticeAnswer(BaseModel):
    law_notice_id: int
    kind: str
    state: str = Field(description="unknown, review, law, by_rules, by_law, refused or withdrawn")
    due_at: datetime
    reasons: str = Field(description="Why, once it was accepted or refused")
    measure_until: datetime | None
    measure_ended_at: datetime | None
    counter_notice: str | None = Field(
        description="waiting, court, restored or moot, once the author objected"
    )
