"""Where embedded things live."""

import hashlib
import os
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from .account import Account, account_for
from .errors import EmbeddedError

PROJECT = Path(__file__).resolve().parents[2]

# A unix socket's whole path must fit into 104 bytes (macOS) or 108 (Linux), its closing zero included.
LONGEST_SOCKET_PATH = 103
POSTGRES_SOCKET = ".s.PGSQL.5432"
ROTATE_LOG_AT = 10 * 1024 * 1024


@dataclass(frozen=True)
class Places:
    var: Path

    @property
    def data(self) -> Path:
        return self.var / "postgres"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def postgres_log(self) -> Path:
        return self.logs / "postgres.log"

    @property
    def redis_log(self) -> Path:
        return self.logs / "redis.log"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / POSTGRES_SOCKET

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @cached_property
    def sockets(self) -> Path:
        """`run/` inside VAR_DIR, or a place named after it where that path is too long or odd for an address.

        `/tmp` and not the process's own temporary directory: every process that joins must find the same one.
        """
        near = self.var / "run"
        is_plain = re.fullmatch(r"[A-Za-z0-9/._-]+", str(near)) is not None
        if is_plain and len(os.fsencode(near / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
            return near
        name = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:12]
        return Path("/tmp") / f"reviewqueue-{os.geteuid()}-{name}"  # noqa: S108  (made with mode 700, refused if another's)

    @cached_property
    def account(self) -> Account:
        return account_for(self.data, self.postgres_log)

    def make_var(self) -> None:
        try:
            self.var.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise self.unusable(problem) from problem

    def make_rest(self) -> None:
        """In one's turn: the folders and logs, with the owners and modes the servers insist on."""
        try:
            self.logs.mkdir(exist_ok=True)
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            self.account.claim(self.sockets)
            if self.data.exists():
                self.account.claim(self.data)
            for log in (self.postgres_log, self.redis_log):
                log.touch(mode=0o600, exist_ok=True)
                self.account.claim(log)
        except OSError as problem:
            raise self.unusable(problem) from problem

    def unusable(self, problem: OSError) -> EmbeddedError:
        why = f"{problem.strerror}: {problem.filename}" if problem.strerror else str(problem)
        return EmbeddedError(
            f"The data folder {self.var} cannot be used ({why}). VAR_DIR=/another/folder chooses another."
        )


def places(var_dir: str | os.PathLike[str] | None = None) -> Places:
    """VAR_DIR, by default `var/`; a relative one counts from the project's folder, not the current one."""
    chosen = var_dir or os.environ.get("VAR_DIR") or "var"
    return Places((PROJECT / Path(chosen).expanduser()).resolve())


def rotate(log: Path) -> None:
    """Keep one older log: servers that start many times must not fill the disk."""
    if log.exists() and log.stat().st_size > ROTATE_LOG_AT:
        log.replace(log.with_suffix(".log.1"))


def packaged(package: str, inside: str) -> Path:
    """A file that came inside an installed package, found without importing (and so running) the package."""
    spec = find_spec(package)
    for root in (spec.submodule_search_locations or []) if spec else []:
        path = Path(root) / inside
        if path.exists():
            return path
    raise EmbeddedError(
        f"{package} is not installed here. `make run` installs it; "
        "or set DATABASE_URL and REDIS_URL to servers of your own."
    )
