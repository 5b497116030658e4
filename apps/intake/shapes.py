"""The smallest pieces of what a sender may say."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from django.utils.timezone import now
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

COUNT_AT_MOST = 10**15
CLOCKS_DIFFER = timedelta(minutes=5)  # a sender's clock may run ahead of ours by this much


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value
    else:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise PydanticCustomError(
                "moment", "Write the moment as in ISO 8601, such as 2026-03-01T09:30:00Z."
            ) from None
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise PydanticCustomError("moment_zone", "Say the time zone too, such as Z or +07:00.")
    if moment > now() + CLOCKS_DIFFER:
        raise PydanticCustomError("moment_ahead", "This moment lies in the future.")
    if moment.year < 1970:
        raise PydanticCustomError("moment_early", "This moment lies before 1970.")
    return moment


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=datetime)]
Count = Annotated[int, Field(ge=0, le=COUNT_AT_MOST)]
ExternalId = Annotated[
    str, Field(pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$", max_length=200)
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)
