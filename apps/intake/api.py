import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Router

from apps.accounts.api import Bearer
from apps.errors import Invalid
from apps.intake.bulk import read_line, receive_lines
from apps.intake.errors import NotJson, TooLarge, WrongContentType
from apps.intake.lines import ItemLine, ItemSent, Line, ViewsLine, ViewsSent
from apps.intake.media.limits import bytes_at_most
from apps.intake.operations import Result, answer_once, keep_upload, receive
from apps.intake.schemas import POSTING, SENDING, ItemAnswer, LineAnswer, UploadAnswer, ViewsAnswer

BULK_LINES = 10_000
BULK_BYTES = 32 * 1024 * 1024
FORM_BYTES = 64 * 1024  # what a multipart form adds around its file
VIEWS_AT_ONCE = 10_000
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")

router = Router(tags=["intake"])


@router.put("/items", auth=Bearer("ingest"), response={200: ItemAnswer, 201: ItemAnswer, **SENDING})
def put_item(request: HttpRequest, body: ItemSent) -> JsonResponse:
    """Send an item, or send it again to update it: what is left out stays as it was."""
    result = take_one(request, ItemLine.model_construct(type="item", item=body.item))
    return JsonResponse({"item_id": result.item_id}, status=result.status)


@router.post("/views", auth=Bearer("ingest"), response={202: ViewsAnswer, **POSTING})
def post_views(request: HttpRequest, body: list[ViewsSent]) -> HttpResponse:
    """Say how many people have seen which items. Readings of items never sent are counted as unknown."""
    if len(body) > VIEWS_AT_ONCE:
        raise TooLarge(f"At most {VIEWS_AT_ONCE:,} readings at once.")

    def take() -> tuple[int, Any]:
        lines = [ViewsLine.model_construct(type="views", **reading.__dict__) for reading in body]
        results = receive(lines, key=request.key)  # type: ignore[attr-defined]
        counts = {"counted": 0, "duplicate": 0, "unknown": 0}
        for result in results:
            counts["duplicate" if result.duplicate else "unknown" if result.status == 404 else "counted"] += 1
        return 202, counts

    return once(request, take)


@router.post(
    "/bulk",
    auth=Bearer("ingest"),
    response={200: list[LineAnswer], **POSTING},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/x-ndjson": {"schema": {"$ref": "#/components/schemas/AnyLine"}}},
        }
    },
)
def post_bulk(request: HttpRequest) -> HttpResponse:
    """Send up to 10,000 lines of JSON, 32 MB in all: the good ones are kept when others are refused."""
    if request.content_type != "application/x-ndjson":
        raise WrongContentType("Send application/x-ndjson: one JSON object per line.")
    if len(request.body) > BULK_BYTES:
        raise TooLarge("At most 32 MB at once.")
    rows = [(number, raw) for number, raw in enumerate(request.body.split(b"\n"), 1) if raw.strip()]
    if len(rows) > BULK_LINES:
        raise TooLarge(f"At most {BULK_LINES:,} lines at once.")

    def take() -> tuple[int, Any]:
        lines = [read_line(number, raw) for number, raw in rows]
        return 200, receive_lines(lines, key=request.key)  # type: ignore[attr-defined]

    return once(request, take)


@router.post(
    "/uploads",
    auth=Bearer("ingest"),
    response={201: UploadAnswer, **POSTING},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                }
            },
        }
    },
)
def post_upload(request: HttpRequest) -> HttpResponse:
    """Send one media file ahead of the item that will name it by `upload_id`."""
    if request.content_type != "multipart/form-data":
        raise WrongContentType("Send multipart/form-data with one file, named file.")
    most = bytes_at_most()
    if int(request.META.get("CONTENT_LENGTH") or 0) > most + FORM_BYTES:
        raise TooLarge(f"A file may have at most {most:,} bytes.")
    try:
        files = request.FILES
    except MultiPartParserError:
        raise NotJson("This form cannot be read.") from None
    file = files.get("file")
    if list(files) != ["file"] or len(files.getlist("file")) != 1 or not isinstance(file, UploadedFile):
        raise Invalid(errors=[{"field": "file", "reason": "Send exactly one file under this name."}])

    def take() -> tuple[int, Any]:
        upload = keep_upload(file.chunks(), declared=file.content_type or "", key=request.key)  # type: ignore[attr-defined]
        return 201, {
            "upload_id": upload.pk,
            "sha256": upload.sha256,
            "mime": upload.mime,
            "size": upload.size,
        }

    sent = ""
    if request.headers.get("Idempotency-Key"):
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        sent = digest.hexdigest()
    return once(request, take, sent)


def take_one(request: HttpRequest, line: Line) -> Result:
    """Receive a single line, or raise why it is refused."""
    result = receive([line], key=request.key)[0]  # type: ignore[attr-defined]
    if result.errors:
        raise Invalid(errors=result.errors)
    return result


def once(request: HttpRequest, make: Callable[[], tuple[int, Any]], body_sha256: str = "") -> HttpResponse:
    """Answer with what `make` returns; with an Idempotency-Key, make it only the first time."""
    name = request.headers.get("Idempotency-Key")
    if name is not None and not IDEMPOTENCY_KEY.fullmatch(name):
        reason = "1 to 200 visible ASCII characters, without spaces."
        raise Invalid(errors=[{"field": "Idempotency-Key", "reason": reason}])
    if name:
        sent = body_sha256 or hashlib.sha256(request.body).hexdigest()
        body_sha256 = hashlib.sha256(f"{request.method} {request.path} {sent}".encode()).hexdigest()
    status, answer = answer_once(request.key, name, body_sha256, make)  # type: ignore[attr-defined]
    return HttpResponse(status=204) if status == 204 else JsonResponse(answer, status=status, safe=False)
