from typing import Any

from django.http import HttpRequest
from ninja import Router

from apps.accounts.api import Bearer
from apps.insight.queries import snapshot
from apps.intake.schemas import READING

router = Router(tags=["numbers"])


@router.get("/stats", auth=Bearer("read"), response={200: dict[str, Any], **READING})
def get_stats(request: HttpRequest) -> dict[str, Any]:
    """The numbers of the live dashboard: times in epoch seconds, durations in seconds, shares from 0 to 1, null
    where something is not known. It costs the same however many cases wait."""
    return snapshot()
