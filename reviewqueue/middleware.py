import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from apps.errors import DomainError
from reviewqueue.errors import render_refusal, render_trouble

log = logging.getLogger("reviewqueue.trouble")


class TroubleMiddleware:
    """Outermost: a refusal becomes its page, a database that is away becomes a 503 that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):
            log.exception("the database did not answer")
            return render_trouble(request)

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
