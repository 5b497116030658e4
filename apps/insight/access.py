from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore

from apps.accounts.models import Role

WATCHERS = (Role.SUPERVISOR, Role.ADMIN)


def may_watch(session_key: str | None) -> bool:
    """Whether this session is still signed in, as somebody who may see the dashboard.

    Asks the database every time: a websocket outlives the page that opened it, and the role or the
    session may have been taken away since.
    """
    if not session_key:
        return False
    request: Any = SimpleNamespace(session=SessionStore(session_key))
    user: Any = get_user(request)
    return user.is_authenticated and user.has_role(*WATCHERS)
