"""What the doors of banks take and answer: fingerprints, numbers and opinions, never media."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from apps.intake.schemas import Problem

ASKING = dict.fromkeys((401, 403, 422, 429, 503), Problem)
Opinions = dict[str, int]


class BankAnswer(BaseModel):
    bank_id: int
    name: str
    source: str = Field(description="local, file or exchange")
    rule: str = Field(description="The rule of the guidelines a match breaks")
    actions: list[str]
    verified: bool = Field(description="Somebody who did not make it vouches for it: its matches decide")
    child_safety: bool
    enabled_ratio: float = Field(description="Share of items compared with it, 0 to 1")
    distance: int = Field(description="Greatest distance of a match, bits of 256")
    revision: int


class Print(BaseModel):
    """A fingerprint by its digits, or the words to take one of: they are not kept."""

    model_config = ConfigDict(extra="forbid")
    signal: Annotated[str, Field(max_length=20, description="sha256, pdq, film or text")]
    value: Annotated[str, Field(max_length=4_000, description="Hexadecimal; of a film 64 digits a frame")] = (
        ""
    )
    text: Annotated[str, Field(max_length=100_000, description="In place of value, for the kind text")] = ""


class Asked(Print):
    offsets_ms: Annotated[
        list[Annotated[int, Field(strict=True, ge=0, lt=2**31)]] | None,
        Field(max_length=40, description="Of a film: when each of its frames is shown, from its beginning"),
    ] = None


class EntrySent(Print):
    why: Annotated[str, Field(max_length=300)]
    opinion: Annotated[str, Field(max_length=20, description="positive, negative, seed or disputed")] = (
        "positive"
    )
    quality: Annotated[int | None, Field(strict=True)] = None
    tags: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=20)] = []
    ref: Annotated[str, Field(max_length=200, description="Where it comes from, and its name there")] = ""


class EntryAnswer(BaseModel):
    entry_id: int
    bank_id: int
    opinion: str = Field(description="The sum of all voices: positive, negative, seed or disputed")


class LoadedAnswer(BaseModel):
    lines: int
    new: int
    known: int
    broken: list[Problem.FieldError] = Field(description="Lines left out, as was asked for; the first 50")
    left_out: int


class OpinionSent(BaseModel):
    model_config = ConfigDict(extra="forbid")
    says: Literal["positive", "negative", "seed"] = Field(
        description="positive confirms it, negative disputes it (a false positive), seed asks a person to look"
    )
    why: Annotated[str, Field(max_length=300)]


class OpinionAnswer(EntryAnswer):
    opinions: Opinions = Field(description="How many hold what, its source among them")


class LikeAnswer(BaseModel):
    entry_id: int
    bank_id: int
    bank: str
    rule: str
    signal: str
    distance: int = Field(description="Bits of 256 that differ; of films, between the nearest frames")
    share: float = Field(description="Of a film’s frames that agree, 0 to 1; 1 for what has no frames")
    frame: int | None = Field(description="Of a film asked about: which of its frames is the nearest, from 0")
    at_ms: int | None = Field(description="When that frame is shown, where offsets_ms said so")
    opinion: str
    opinions: Opinions
    held_back: bool = Field(description="It matched very much at once, and somebody is asked")
    verified: bool
    tags: list[str]
    ref: str


class LookUpAnswer(BaseModel):
    matches: list[LikeAnswer] = Field(description="Nearest first, a hundred at most")
    more: bool
