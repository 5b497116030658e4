"""Whom the servers run as. PostgreSQL refuses root, so root lends it another account."""

import os
import pwd
import stat
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import EmbeddedError


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @cached_property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def own(self, path: Path) -> None:
        """Hand over a file or folder we have just made."""
        if not self.is_me:
            os.chown(path, self.uid, self.gid)

    def claim(self, path: Path) -> None:
        """Own a path that may have been there before; refuse one that is somebody else's."""
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode) or found.st_uid not in (os.geteuid(), self.uid):
            raise PermissionError(f"{path} belongs to another user")
        if found.st_uid != self.uid:
            self.own(path)

    def run(self, command: list[str], said: Path, seconds: float) -> None:
        """Run to its end as this account. Its words go to a file: a server left behind keeps a pipe open."""
        lent: dict[str, Any] = {} if self.is_me else {"user": self.uid, "group": self.gid, "extra_groups": []}
        with said.open("w+") as words:
            try:
                subprocess.run(
                    command,
                    check=True,
                    timeout=seconds,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=words,
                    stderr=subprocess.STDOUT,
                    env=_environment(),
                    **lent,
                )
            except (OSError, subprocess.SubprocessError) as problem:
                words.seek(0)
                last = " ".join(words.read().strip().splitlines()[-3:])
                raise EmbeddedError(
                    f"{Path(command[0]).name} failed: {last or problem} (see {said.parent})."
                ) from problem

    def reach(self, *paths: Path) -> None:
        """As root: let the lent account pass through the folders above these paths; says which it opened.

        Passing through (the x bit) is all that is given: it lists nothing. Without it no PostgreSQL could run
        under root's home folder or a temporary one made with mode 700.
        """
        if self.is_me:
            return
        for folder in {folder for path in paths for folder in path.resolve().parents}:
            found = folder.stat()
            if found.st_mode & stat.S_IXOTH or found.st_uid == self.uid:
                continue
            try:
                folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
            except OSError as problem:
                raise EmbeddedError(
                    f"PostgreSQL refuses to run as root, and the account {self.name} cannot pass through "
                    f"{folder} ({problem.strerror}). Start as another user, or keep the project elsewhere."
                ) from problem
            print(
                f"{folder} may now be passed through (not listed) by other accounts: "
                f"PostgreSQL refuses to run as root and runs as {self.name}.",
                file=sys.stderr,
            )

    def read(self, program: Path, tree: Path) -> None:
        """As root: what was installed under a strict umask is closed to the lent account; open this tree."""
        if self.is_me or program.stat().st_mode & 0o005 == 0o005:
            return
        for path in (tree, *tree.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def account_for(*before: Path) -> Account:
    """Ourselves; as root, whoever owned what a server left here before, else an account made for servers."""
    if os.geteuid() != 0:
        return Account("", os.geteuid(), os.getegid())
    for path in before:
        if path.exists() and (owner := path.stat()).st_uid != 0:
            return Account(str(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and this machine has no other account to lend it."
    )


def _environment() -> dict[str, str]:
    """No PG… variable of the person's own may steer our server, and its messages are in one language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
