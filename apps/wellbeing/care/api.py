"""What a program may ask about people: whether one is available, and nothing more."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

from apps.accounts.api import Bearer
from apps.accounts.models import User
from apps.errors import NotFound
from apps.intake.schemas import READING
from apps.wellbeing.care.queries import available, weeks_of_another
from apps.wellbeing.errors import NotHersToShow

router = Router(tags=["people"])


class AvailabilityAnswer(BaseModel):
    pseudonym: str
    available: bool = Field(
        description="On shift and free to take cases. There is no other state, and never a cause."
    )


@router.get(
    "/people/{pseudonym}/availability", auth=Bearer("read"), response={200: AvailabilityAnswer, **READING}
)
def get_availability(request: HttpRequest, pseudonym: str) -> dict[str, Any]:
    """Whether a person is available. Not available is one answer, whatever the cause."""
    person = User.objects.filter(pseudonym=pseudonym).only("pk", "pseudonym").first()
    if person is None:
        raise NotFound
    return {"pseudonym": person.pseudonym, "available": person.pk in available([person.pk])}


@router.get("/people/{pseudonym}/exposure", auth=Bearer("read"), response={204: None, **READING})
def get_exposure(request: HttpRequest, pseudonym: str) -> None:
    """Always refused: what one person's work costs her is hers. That it was asked for is written down, and she sees it."""
    person = User.objects.filter(pseudonym=pseudonym).only("pk").first()
    weeks_of_another(person.pk if person else None, reader=None, key_id=request.key.pk)  # type: ignore[attr-defined]
    raise NotHersToShow
