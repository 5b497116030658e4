from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from apps.errors import NotAllowed

# allauth's own views cannot carry our mark. Everything of allauth not named here is closed.
OPEN_URL_NAMES = {"account_login", "account_logout", "account_reauthenticate"}
# Machine doors check their own keys; the static files have no view.
OPEN_PREFIXES = ("/api/v1/",)


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
        if request.path.startswith(OPEN_PREFIXES) or (match and match.url_name in OPEN_URL_NAMES):
            return None
        roles = getattr(view, "allowed_roles", ())
        if match and match.namespaces[:1] == ["admin"]:
            roles = ("admin",)
        if roles is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.has_role(*roles):
            raise NotAllowed("This page belongs to other roles. Your own pages are in the menu above.")
        return None
