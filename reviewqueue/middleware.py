import logging
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from apps.errors import DomainError
from reviewqueue.errors import render_refusal, render_trouble

log = logging.getLogger("reviewqueue.trouble")


BELIEVED_SECONDS = 2.0


def believe_the_connection() -> bool:
    """Whether the connection answered within the last two seconds: then it is not asked again whether it still does.

    Asking is a round trip before every page's first statement. Should PostgreSQL go away within the two seconds, that
    page says so, and the connection is looked at before it is used again, as after every failure.
    """
    recent = time.monotonic() - getattr(connection, "answered_at", -BELIEVED_SECONDS) < BELIEVED_SECONDS
    if recent and connection.connection is not None:
        connection.health_check_done = True  # type: ignore[attr-defined]
        return True
    return False


class TroubleMiddleware:
    """Outermost: a refusal becomes its page, a database that is away becomes a 503 that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        believed = believe_the_connection()
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):
            log.exception("the database did not answer")
            return render_trouble(request)
        finally:
            if not believed and connection.health_check_done:  # type: ignore[attr-defined]
                connection.answered_at = time.monotonic()  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return render_refusal(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            log.error("the database did not answer: %s", exception)
            return render_trouble(request)
        return None


class CompressPages(GZipMiddleware):
    """Whole pages are compressed; the parts htmx asks for are not: they are small, many, and hot."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.headers.get("HX-Request") or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
