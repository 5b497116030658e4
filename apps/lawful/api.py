from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.accounts.api import Bearer
from apps.appeals.evidence import from_upload
from apps.errors import Invalid, NotFound
from apps.intake.api import once
from apps.intake.models import Upload
from apps.intake.schemas import POSTING, READING, Problem
from apps.lawful import links
from apps.lawful.models import LawNotice
from apps.lawful.operations import Sent, send
from apps.lawful.schemas import LawNoticeAnswer, LawNoticeSent, LawNoticeTaken

router = Router(tags=["law notices"])


@router.post("/law-notices", auth=Bearer("ingest"), response={202: LawNoticeTaken, 404: Problem, **POSTING})
def post_law_notice(request: HttpRequest, body: LawNoticeSent) -> HttpResponse:
    """Hand on a notice that an item is unlawful. A person decides it; both sides are told by `law_notice.letter`."""

    def take() -> tuple[int, Any]:
        key = request.key  # type: ignore[attr-defined]
        if body.ends_at is not None and body.ends_at.tzinfo is None:
            raise Invalid(
                errors=[{"field": "ends_at", "reason": "Say the time zone too, such as Z or +07:00."}]
            )
        found = {one.pk: one for one in Upload.objects.filter(pk__in=body.uploads, key_id=key.pk)}
        missing = [
            {"field": f"uploads[{place}]", "reason": "There is no such upload of this key."}
            for place, upload in enumerate(body.uploads)
            if upload not in found
        ]
        if missing:
            raise Invalid(errors=missing)
        said = body.model_dump(exclude={"source", "external_id", "uploads"})
        said["country"] = said["country"].upper()
        notice = send(
            sent=Sent(address=f"{body.source}:{body.external_id}", **said),
            files=[from_upload(found[upload]) for upload in body.uploads],
            key_id=key.pk,
        )
        link = links.address(notice.pk, "notifier", notice.language)
        return 202, {"law_notice_id": notice.pk, "due_at": notice.due_at.isoformat(), "link": link}

    return once(request, take)


@router.get("/law-notices/{int:notice_id}", auth=Bearer("read"), response={200: LawNoticeAnswer, **READING})
def get_law_notice(request: HttpRequest, notice_id: int) -> LawNoticeAnswer:
    """Where a notice of law stands. Who sent it, who objected and who decided are not told."""
    notice = LawNotice.objects.select_related("counter").filter(pk=notice_id).first()
    if notice is None:
        raise NotFound("There is no notice with this number.")
    counter = getattr(notice, "counter", None)
    return LawNoticeAnswer(
        law_notice_id=notice.pk,
        kind=notice.kind,
        state=notice.state,
        due_at=notice.due_at,
        reasons=notice.reasons,
        measure_until=notice.measure_until,
        measure_ended_at=notice.measure_ended_at,
        counter_notice=counter.state if counter else None,
    )
