"""What a sender may say, and in which shape: the language of every door of intake.

Unknown fields are refused by name, numbers and flags are never guessed from text, and a field
left out (or null) keeps what was said before.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, JsonValue, field_validator, model_validator
from pydantic_core import PydanticCustomError

from apps.intake.codes import COUNTRIES, LANGUAGES
from apps.intake.lines_accounts import SentEvidence
from apps.intake.media.addresses import names_private_place
from apps.intake.shapes import CLOCKS_DIFFER, COUNT_AT_MOST, Count, ExternalId, Moment, Sha256, Shape

__all__ = ["CLOCKS_DIFFER", "COUNT_AT_MOST", "Shape"]

TEXT_BYTES = 100_000
CONTEXT_BYTES = 100_000
LEAST_REACH = 10  # views: below these a first count is no news, and no milestone of reach is lower


def _short_enough(text: str) -> str:
    if len(text) > TEXT_BYTES // 4 and len(text.encode()) > TEXT_BYTES:
        raise PydanticCustomError("text_too_long", "Text may be at most 100 kB long.")
    return text


def _language(value: str) -> str:
    if value.lower() not in LANGUAGES:
        raise PydanticCustomError("language", "Use a two-letter ISO 639-1 code, such as km or en.")
    return value.lower()


def _country(value: str) -> str:
    if value.upper() not in COUNTRIES:
        raise PydanticCustomError("country", "Use a two-letter ISO 3166-1 code, such as KH or VN.")
    return value.upper()


def _context(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if value:
        try:
            size = len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())
        except ValueError:
            raise PydanticCustomError(
                "context_number", "Context holds a number that JSON does not know."
            ) from None
        if size > CONTEXT_BYTES:
            raise PydanticCustomError("context_too_long", "Context may be at most 100 kB long.")
    return value


Text = Annotated[str, AfterValidator(_short_enough)]
Language = Annotated[str, AfterValidator(_language)]
Country = Annotated[str, AfterValidator(_country)]
Source = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:\-]*$", max_length=60)]
Address = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=2000)]
RuleCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9._\-]+$", max_length=20)]
IdempotencyKey = Annotated[str, Field(min_length=1, max_length=200)]


def _fetchable(value: str) -> str:
    if names_private_place(value):
        raise PydanticCustomError(
            "private_address", "This address leads into a private network: it is never fetched."
        )
    return value


class SentMedia(Shape):
    """One media file: where to fetch it, or the upload that holds it."""

    url: Annotated[Address, AfterValidator(_fetchable)] | None = None
    upload_id: int | None = Field(None, ge=1, le=2**62)
    mime: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+\-]+$", max_length=60)]
    sha256: Sha256 | None = None
    pdq: Sha256 | None = Field(None, description="PDQ hash, 64 hexadecimal digits")
    duration_s: float | None = Field(None, ge=0, le=1_000_000, allow_inf_nan=False)
    transcript: Text | None = None
    alt: Text | None = None

    @model_validator(mode="after")
    def _from_one_place(self) -> "SentMedia":
        if (self.url is None) == (self.upload_id is None):
            raise PydanticCustomError("media_place", "Give either url or upload_id.")
        return self


class SentSignals(Shape):
    minors: bool | None = None


class SentAuthor(Shape):
    external_id: ExternalId
    handle: Annotated[str, Field(max_length=200)] | None = None
    followers: Count | None = None
    public_figure: bool | None = None

    def facts(self) -> dict[str, Any]:
        """What is said of her; what is left out is not said."""
        said = {"handle": self.handle, "followers": self.followers, "public_figure": self.public_figure}
        return {name: fact for name, fact in said.items() if fact is not None}


class SentItem(Shape):
    """A piece of content or an account, as the platform has it now."""

    source: Source
    external_id: ExternalId
    kind: Literal["text", "image", "video", "audio", "live", "account"]
    text: Text | None = None
    media: Annotated[list[SentMedia], Field(max_length=20)] | None = None
    signals: SentSignals | None = None
    author: SentAuthor | None = None
    language: Language | None = Field(None, description="ISO 639-1")
    country: Country | None = Field(None, description="ISO 3166-1 alpha-2")
    posted_at: Moment | None = None
    views: Count | None = Field(
        None, description="Distinct viewers other than the author; leave out when unknown"
    )
    url: Address | None = None
    parent: ExternalId | None = Field(None, description="external_id of what this answers")
    context: Annotated[list[dict[str, JsonValue]], Field(max_length=50), AfterValidator(_context)] | None = (
        Field(
            None,
            description="What surrounds the item, such as the posts above it; each usually with author and text",
        )
    )
    evidence: SentEvidence | None = Field(None, description="Of an item of kind account only")

    @field_validator("evidence")
    @classmethod
    def _of_an_account(cls, value: SentEvidence | None, info: Any) -> SentEvidence | None:
        if value is None:
            return value
        if info.data.get("kind", "account") != "account":
            raise PydanticCustomError(
                "evidence_kind", "Evidence like this is taken for an item of kind account."
            )
        copied = value.impersonation and value.impersonation.external_id
        if copied is not None and copied == info.data.get("external_id"):
            raise PydanticCustomError("evidence_self", "An account does not impersonate itself.")
        return value


class SentReporter(Shape):
    external_id: ExternalId
    trusted_flagger: bool | None = None

    def facts(self) -> dict[str, Any]:
        return {} if self.trusted_flagger is None else {"trusted_flagger": self.trusted_flagger}


class SentNotice(Shape):
    """What Article 16(2) of the Digital Services Act asks of a notice."""

    explanation: Text | None = None
    url: Address | None = None
    name: Annotated[str, Field(max_length=200)] | None = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    good_faith: bool | None = None
    legal_ground: Annotated[str, Field(max_length=500)] | None = None


class SentDetector(Shape):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    version: Annotated[str, Field(min_length=1, max_length=40)]


class SentScore(Shape):
    rule: RuleCode
    score: float = Field(ge=0, le=1, allow_inf_nan=False)
    threshold: float = Field(ge=0, le=1, allow_inf_nan=False)


class ItemSent(Shape):
    item: SentItem

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        """`{"source": …}` is understood as `{"item": {"source": …}}`."""
        if (
            not isinstance(value, dict)
            or "item" in value
            or not {"source", "external_id", "kind"} & value.keys()
        ):
            return value
        own = {name: value[name] for name in ("type", "idempotency_key") if name in value}
        return {**own, "item": {name: value[name] for name in value if name not in own}}


class ReportSent(Shape):
    item: SentItem
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    reporter: SentReporter | None = None
    comment: Text | None = None
    rule: RuleCode | None = Field(None, description="The rule the reporter thinks was broken: a hint")
    notice: SentNotice | None = None


class FlagSent(Shape):
    item: SentItem
    detector: SentDetector
    scores: Annotated[list[SentScore], Field(min_length=1, max_length=200)]


class ViewsSent(Shape):
    source: Source
    external_id: ExternalId
    views: Count
    at: Moment


class ItemLine(ItemSent):
    type: Literal["item"] = "item"


class ReportLine(ReportSent):
    """`idempotency_key`: the same key on a later line changes nothing and names the first report."""

    type: Literal["report"] = "report"
    idempotency_key: IdempotencyKey | None = None


class FlagLine(FlagSent):
    type: Literal["flag"] = "flag"
    idempotency_key: IdempotencyKey | None = None


class ViewsLine(ViewsSent):
    type: Literal["views"] = "views"


Line = ItemLine | ReportLine | FlagLine | ViewsLine
AnyLine = Annotated[Line, Field(discriminator="type")]
