"""Who is asking: two statements on the way of every request, planned once per connection."""

from typing import Any, NamedTuple

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils.timezone import now

from apps.accounts.models import User
from apps.statements import Rows, Statement, columns

SESSION = Statement(
    "accounts_session",
    "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(now)s",
)
PERSON = Statement(
    "accounts_person",
    f"SELECT {columns(User, 'person')} FROM accounts_user person WHERE person.id = %(id)s AND person.is_active",  # noqa: S608
)


class Kept(NamedTuple):
    session_data: str


class SessionStore(DatabaseSessions):
    """Django's sessions in the database, read by a prepared statement."""

    def _get_session_from_db(self) -> Any:
        row = SESSION.run({"key": self.session_key, "now": now()}) if self.session_key else None
        if row is None:
            self._session_key = None
            return None
        return Kept(row[0])


class Backend(AuthenticationBackend):
    """Sign-in by allauth; the person of a session read by a prepared statement. Someone shut out is nobody."""

    def get_user(self, user_id: Any) -> User | None:
        row = PERSON.run({"id": user_id})
        return Rows(row).take(User) if row else None
