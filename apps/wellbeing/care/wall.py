"""The wall around what is private: one way through it, and one way to see whether it stands."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

OWNER = "reviewqueue_care"


def call(function: str, *values: Any) -> list[dict[str, Any]]:
    """The rows of one of the wall's functions, as dictionaries. `function` is a name of ours, nobody's input."""
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM care.{function}({places})", values)  # noqa: S608
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def value(function: str, *values: Any) -> Any:
    """The single value a function of the wall gives, or None."""
    rows = call(function, *values)
    return next(iter(rows[0].values())) if rows else None


@dataclass(frozen=True)
class Wall:
    """Whether the database itself keeps this program out of the private tables, or only the code does."""

    closed: bool
    because: str


def wall() -> Wall:
    """Look at the private tables as the user this program signs in as."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_get_userbyid(relowner), current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
                   has_table_privilege('care.check_in', 'SELECT')
            FROM pg_class WHERE oid = 'care.check_in'::regclass
            """
        )
        owner, user, mighty, readable = cursor.fetchone()
    if mighty:
        return Wall(False, f"The database user “{user}” is a superuser, and no table is closed to one.")
    if owner != OWNER:
        return Wall(
            False,
            f"The private tables belong to “{owner}”: the database user could not make the role {OWNER}.",
        )
    if readable:
        return Wall(False, f"The database user “{user}” may read the private tables by itself.")
    return Wall(True, f"The private tables belong to {OWNER} and are reached through its functions only.")
