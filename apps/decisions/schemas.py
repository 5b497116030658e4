"""What the doors of this room say to programs. Who decided, and private notes, are in none of them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from apps.intake.lines import Count, Moment, Shape


class EffectSent(Shape):
    at: Moment = Field(description="When it took effect on the platform")
    views: Count | None = Field(None, description="Distinct viewers by then; leave out when unknown")


class EnforcementAnswer(BaseModel):
    enforcement_id: int
    action: str
    parameters: dict[str, Any]
    due_at: datetime
    reverses: int | None
    effective_at: datetime | None
    views_at_effect: int | None


class DecisionAnswer(BaseModel):
    decision_id: int
    decided_at: datetime
    case_id: int
    item_id: int
    source: str
    external_id: str
    item_revision: int
    purpose: str
    outcome: str
    rules: list[str]
    actions: list[str]
    rationale: list[str]
    explanation: str
    ground: str
    guideline: str
    origin: str
    detection_source: str
    language: str
    supersedes: int | None
    hold: str | None = Field(
        description="Set when a second person is asked: pending, approved, replaced or withdrawn"
    )
    views_at_decision: int | None
    evidence_sha256: str
    demo: bool
    enforcements: list[EnforcementAnswer]
    notices: dict[str, str] = Field(description="The words for the author and for those who reported")


class LogAnswer(BaseModel):
    decisions: list[DecisionAnswer]
    next: str = Field(
        description="Send this as `after` to go on; the same as before when there is nothing new"
    )
