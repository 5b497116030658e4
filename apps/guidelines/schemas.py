"""What the doors of the guidelines answer."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class LanguageAnswer(BaseModel):
    language: str
    source: bool = Field(description="Whether the guidelines are written in it; the others are translations")
    translated: int = Field(description="Rules of the version in force with a text in this language")


class VersionAnswer(BaseModel):
    """A version that is or was in force. It never changes."""

    version: str
    title: str
    state: str = Field(description="published (in force) or retired")
    published_at: datetime
    retired_at: datetime | None
    reason: str
    rules: int
    url: str = Field(description="The public page of this version, for ever")


class GuidelinesAnswer(BaseModel):
    in_force: str | None = Field(description="The number of the version in force")
    languages: list[LanguageAnswer]
    versions: list[VersionAnswer] = Field(description="Newest first")


class RuleAnswer(BaseModel):
    """A rule as one version words it, in one language. Fields that are not translated are in the source's words."""

    code: str
    policy: str
    language: str
    title: str
    description: str
    violating_examples: list[str]
    allowed_examples: list[str]
    severity: int
    actions: list[str] = Field(description="What may be done, the usual one first")
    dsa_category: str
    dsa_keywords: list[str]
    translated: bool
    stale: bool = Field(description="The source was reworded since this was translated")
    reviewed: bool = Field(description="Somebody with the language has read the translation over")
    untranslated: list[str] = Field(description="Fields still in the source’s words")
    url: str


class PolicyAnswer(BaseModel):
    code: str
    title: str
    description: str
    severity: int
    dsa_category: str
    rules: list[RuleAnswer]


class ActionAnswer(BaseModel):
    code: str
    title: str
    dsa: dict[str, Any] = Field(description="What it means in a statement of reasons")


class DocumentAnswer(BaseModel):
    version: str
    title: str
    language: str
    source_language: str
    state: str
    published_at: datetime
    retired_at: datetime | None
    principles: list[str]
    actions: list[ActionAnswer]
    policies: list[PolicyAnswer]
    url: str


class WordingAnswer(BaseModel):
    version: str
    published_at: datetime
    reworded: bool = Field(description="Whether it reads otherwise than in the version before")
    url: str


class RuleOverTimeAnswer(BaseModel):
    version: str = Field(description="The version the rule is told from: in force, or the last that had it")
    in_force: bool
    rule: RuleAnswer
    wordings: list[WordingAnswer] = Field(description="Newest first")
