from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import ConfigDict, Field


class EraseSent(Schema):
    model_config = ConfigDict(extra="forbid")

    source: str = Field(min_length=1, max_length=60)
    external_id: str = Field(min_length=1, max_length=200)
    because: Literal["person", "deleted", "law", "mistake"] = Field(
        description="A person asked for it; its author deleted it; a law or a court asks for it; it should not have been sent."
    )
    reference: str = Field("", max_length=200, description="Your own name of the request; nothing personal.")


class ErasedAnswer(Schema):
    item_id: int
    revision: int
    erased_at: datetime
