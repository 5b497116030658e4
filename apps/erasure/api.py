from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.accounts.api import Bearer
from apps.erasure.operations import erase
from apps.erasure.schemas import ErasedAnswer, EraseSent
from apps.intake.api import once
from apps.intake.schemas import POSTING, Problem

router = Router(tags=["intake"])


@router.post(
    "/items/erase",
    auth=Bearer("erase"),
    response={200: ErasedAnswer, 404: Problem, **POSTING},
)
def post_erase(request: HttpRequest, body: EraseSent) -> HttpResponse:
    """Erase what an item says and showed, for good. Refused while something about it is being decided."""

    def take() -> tuple[int, Any]:
        done = erase(
            source=body.source, external_id=body.external_id, because=body.because, reference=body.reference,
            key_id=request.key.pk,  # type: ignore[attr-defined]
        )  # fmt: skip
        return 200, {
            "item_id": done.item_id,
            "revision": done.revision,
            "erased_at": done.erased_at.isoformat(),
        }

    return once(request, take)
