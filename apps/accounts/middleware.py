from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from apps.accounts.sessions import person_of

# allauth's own views cannot carry our mark. Everything of allauth not named here is closed.
OPEN_URL_NAMES = {"account_login", "account_logout", "account_reauthenticate", "account_change_password"}
# Machine doors check their own keys; the static files have no view.
OPEN_PREFIXES = ("/api/v1/",)


class PersonMiddleware(AuthenticationMiddleware):
    """Django's own, for a session that was read together with its person."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _person(request))  # type: ignore[assignment]


def _person(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):
        request._cached_user = person_of(request)
    return request._cached_user


class AccessMiddleware:
    """Default-deny: a view opens only for the roles it declares with `allow(…)`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.path.startswith(OPEN_PREFIXES) or (match and match.view_name in OPEN_URL_NAMES):
            return None
        roles = getattr(view, "allowed_roles", ())
        if match and match.namespaces[:1] == ["admin"]:
            roles = ("admin",)
        if roles is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(_page_of(request))
        if not request.user.has_role(*roles):
            # Not a DomainError: Django asks no process_exception about what is raised before a view.
            raise PermissionDenied("This page belongs to other roles. Your own pages are in the menu above.")
        return None


def _page_of(request: HttpRequest) -> str:
    """Where to go on after signing in: the page itself, never a fragment of one or a door for posting."""
    if request.headers.get("HX-Request"):
        return request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    return request.get_full_path() if request.method in ("GET", "HEAD") else "/"
