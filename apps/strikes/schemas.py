"""What the doors of this room say to programs."""

from datetime import datetime

from pydantic import BaseModel, Field


class StrikeAnswer(BaseModel):
    decision_id: int
    rule: str
    given_at: datetime
    expires_at: datetime
    ladder: int = Field(description="The version of the ladder it was given under; 0 came with the program")


class SuspensionAnswer(BaseModel):
    decision_id: int
    enforcement_id: int
    action: str
    starts_at: datetime
    ends_at: datetime


class StandingAnswer(BaseModel):
    source: str
    external_id: str
    strikes: list[StrikeAnswer] = Field(description="Those that count now: neither expired nor lifted")
    provides_for: str = Field(description="What so many strikes provide for; a person decides it")
    suspensions: list[SuspensionAnswer] = Field(description="Those that run now; each ends by itself")
