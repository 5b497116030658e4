"""Who is asking: one statement on the way of every request, planned once per connection."""

from contextvars import ContextVar
from typing import Any, NamedTuple

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils.timezone import now

from apps.accounts.models import User
from apps.statements import Rows, Statement, columns

# Whose session it is stands inside of it, signed. This process remembers it from the last request, so that both are read
# at once; a person read in vain is not looked at.
SESSION = Statement(
    "accounts_session",
    f"""
    SELECT session.session_data, {columns(User, "person")}
    FROM django_session session LEFT JOIN accounts_user person ON person.id = %(person)s::bigint AND person.is_active
    WHERE session.session_key = %(key)s AND session.expire_date > %(now)s
    """,  # noqa: S608  (column names)
)
PERSON = Statement(
    "accounts_person",
    f"SELECT {columns(User, 'person')} FROM accounts_user person WHERE person.id = %(id)s AND person.is_active",  # noqa: S608
)
REMEMBERED_AT_MOST = 20_000

_whose: dict[str, int] = {}  # session: person


class Kept(NamedTuple):
    session_data: str


class SessionStore(DatabaseSessions):
    """Django's sessions in the database, read by a prepared statement together with the person they belong to."""

    _along: tuple[int, tuple[Any, ...]] | None = None  # the person asked for, and what was found

    def _get_session_from_db(self) -> Any:
        whose = _whose.get(self.session_key or "", 0)
        values = {"key": self.session_key, "now": now(), "person": whose}
        row = SESSION.run(values) if self.session_key else None
        if row is None:
            self._session_key = None
            return None
        self._along = (whose, row[1:])
        return Kept(row[0])

    def person(self, person: int) -> User | None:
        """The person this session belongs to, as read along with it or now. Someone shut out is nobody."""
        asked, found = self._along or (0, ())
        self._along = None  # read for one request
        if asked == person:
            return Rows(found).take(User)
        if self.session_key:
            if len(_whose) >= REMEMBERED_AT_MOST:
                _whose.clear()
            _whose[self.session_key] = person
        return _read(person)


_asking: ContextVar[SessionStore | None] = ContextVar("accounts_asking", default=None)


class Backend(AuthenticationBackend):
    """Sign-in by allauth; the person of a session read by a prepared statement. Someone shut out is nobody."""

    def get_user(self, user_id: Any) -> User | None:
        session = _asking.get()
        return _read(user_id) if session is None else session.person(int(user_id))


def person_of(request: Any) -> Any:
    """Who is asking, with the backend told in whose session it looks."""
    before = _asking.set(request.session if isinstance(request.session, SessionStore) else None)
    try:
        return auth.get_user(request)
    finally:
        _asking.reset(before)


def _read(person: Any) -> User | None:
    row = PERSON.run({"id": person})
    return Rows(row).take(User) if row else None
