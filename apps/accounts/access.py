from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest

from apps.accounts.models import Role, User

View = TypeVar("View", bound=Callable[..., Any])

EVERYONE: tuple[str, ...] = tuple(Role.values)


def allow(*roles: str) -> Callable[[View], View]:
    """Declare who may open a view. A view that declares nothing opens for nobody (AccessMiddleware)."""

    def mark(view: View) -> View:
        view.allowed_roles = roles  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Declare a view that needs no sign-in: health, sign-in itself, machine doors with their own keys."""
    view.allowed_roles = None  # type: ignore[attr-defined]
    return view


class PersonRequest(HttpRequest):
    """A request past AccessMiddleware: somebody is signed in. `htmx` is true when htmx asks for a part."""

    user: User  # type: ignore[assignment]
    htmx: Any
