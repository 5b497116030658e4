"""What a platform may tell of an account: evidence for fake engagement, inflated followings and impersonation.

Numbers and hashes, each part typed and bounded. What identifies a device, a card or a network is taken as a hash only.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from django.utils.timezone import now
from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from apps.intake.shapes import CLOCKS_DIFFER, Count, ExternalId, Moment, Sha256, Shape

DAYS_AT_MOST = 366
DAILY_AT_MOST = 92
LISTED_AT_MOST = 20
RATE_AT_MOST = 10**9


def _day(value: Any) -> Any:
    if isinstance(value, datetime) or not isinstance(value, str | date):
        raise PydanticCustomError("day", "Write the day as in ISO 8601, such as 2026-03-01.")
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("day", "Write the day as in ISO 8601, such as 2026-03-01.") from None
    if day > (now() + CLOCKS_DIFFER + timedelta(hours=14)).astimezone(UTC).date():
        raise PydanticCustomError("day_ahead", "This day lies in the future.")
    if day.year < 1970:
        raise PydanticCustomError("day_early", "This day lies before 1970.")
    return day


Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
Rate = Annotated[float, Field(ge=0, le=RATE_AT_MOST, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Gained = Literal["followers", "likes", "comments", "shares", "views", "reviews"]


class SentGrowth(Shape):
    """What the account gained a day over a period, against what is usual for it."""

    of: Gained
    first_day: Day
    last_day: Day = Field(description="The last day that is counted; the period is at most 366 days long")
    per_day: Rate | None = Field(None, description="Gained on a day of the period, on average")
    daily: Annotated[list[Count], Field(min_length=1, max_length=DAILY_AT_MOST)] | None = Field(
        None, description="In its place: what was gained on each day of the period, the first day first"
    )
    baseline_mean: Rate = Field(description="What is usual on a day")
    baseline_spread: Rate = Field(description="How far a usual day strays from that: a standard deviation")

    @field_validator("last_day")
    @classmethod
    def _ends_after_it_begins(cls, value: date, info: Any) -> date:
        first = info.data.get("first_day")
        if first is not None and value < first:
            raise PydanticCustomError("day_order", "This lies before first_day.")
        if first is not None and (value - first).days >= DAYS_AT_MOST:
            raise PydanticCustomError("day_span", "The period is at most 366 days long.")
        return value

    @field_validator("daily")
    @classmethod
    def _one_number_a_day(cls, value: list[int] | None, info: Any) -> list[int] | None:
        first, last = info.data.get("first_day"), info.data.get("last_day")
        if value is not None and first is not None and last is not None:
            days = (last - first).days + 1
            if len(value) != days:
                raise PydanticCustomError(
                    "daily", "The period has {days} days: give a number for each.", {"days": days}
                )
        return value

    @model_validator(mode="after")
    def _said_one_way(self) -> "SentGrowth":
        if (self.per_day is None) == (self.daily is None):
            raise PydanticCustomError("growth_way", "Give either per_day or daily.")
        return self


class SentFingerprint(Shape):
    """One device, means of payment or network that accounts share. Its hash only, made with a secret of yours."""

    kind: Literal["device", "payment", "network"]
    sha256: Sha256
    accounts: int = Field(ge=2, le=RATE_AT_MOST, description="How many accounts share it, this one included")


class SentPurchase(Shape):
    """A burst that looks bought: so many within so many hours, and what part of them came from one source."""

    of: Gained
    count: int = Field(ge=1, le=RATE_AT_MOST)
    began_at: Moment
    window_hours: float = Field(gt=0, le=8784, allow_inf_nan=False)
    from_one_source: Share | None = None


class SentImpersonation(Shape):
    """Whom the account is said to impersonate, who says so, and how alike the two are."""

    external_id: ExternalId | None = Field(None, description="Of the account on the platform, if it has one")
    handle: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    claimed_by: Literal["impersonated", "representative", "somebody_else", "detector"]
    claimant_verified: bool = Field(description="Whether you know that the claimant is who she says she is")
    name_similarity: Share | None = None
    picture_similarity: Share | None = None

    @field_validator("claimant_verified")
    @classmethod
    def _somebody_is_verified(cls, value: bool, info: Any) -> bool:
        if value and info.data.get("claimed_by") == "detector":
            raise PydanticCustomError("claimant", "A detector is nobody whose name could be verified.")
        return value

    @model_validator(mode="after")
    def _names_somebody(self) -> "SentImpersonation":
        if self.external_id is None and self.handle is None and self.name is None:
            raise PydanticCustomError(
                "impersonated", "Name whom it impersonates: external_id, handle or name."
            )
        return self


class SentEvidence(Shape):
    """What is known of an account's conduct. Each part is kept as it was told, beside what was told before."""

    growth: Annotated[list[SentGrowth], Field(min_length=1, max_length=6)] | None = None
    fingerprints: Annotated[list[SentFingerprint], Field(min_length=1, max_length=LISTED_AT_MOST)] | None = (
        None
    )
    purchases: Annotated[list[SentPurchase], Field(min_length=1, max_length=LISTED_AT_MOST)] | None = None
    impersonation: SentImpersonation | None = None

    @field_validator("growth", "fingerprints")
    @classmethod
    def _each_once(cls, value: list[Any] | None) -> list[Any] | None:
        seen = [one.of if isinstance(one, SentGrowth) else (one.kind, one.sha256) for one in value or ()]
        if len(set(seen)) < len(seen):
            raise PydanticCustomError("told_twice", "The same is told twice here.")
        return value

    @model_validator(mode="after")
    def _says_something(self) -> "SentEvidence":
        if not any(True for _ in self.parts()):
            raise PydanticCustomError("no_evidence", "Give growth, fingerprints, purchases or impersonation.")
        return self

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Each part that was told, with its facts as JSON."""
        yield from self.model_dump(mode="json", exclude_none=True).items()
