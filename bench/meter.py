"""What processes cost, from /proc: CPU seconds and memory. A number without the load beside it is not one."""

import contextlib
import os
import platform
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.system import System
from reviewqueue.embedded import postgres, redis_server
from reviewqueue.embedded.places import places

TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all that came from it."""
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, ahead = [], [pid]
    while ahead:
        one = ahead.pop()
        found.append(one)
        ahead += children.get(one, [])
    return found


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def cpu_seconds(pid: int) -> float:
    """CPU a process, its living descendants and its ended children have used."""
    total = 0
    for one in family(pid):
        if stat := _stat(one):
            total += sum(int(value) for value in stat[11:15])
    return total / TICKS


def memory(pid: int) -> dict[str, float]:
    """MB: `rss` counts shared pages in every process, `pss` shares them out, `uss` is its own alone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return {}
    kb = {line.partition(":")[0]: int(line.split()[1]) for line in lines}
    own = kb["Private_Clean"] + kb["Private_Dirty"]
    return {"rss": round(kb["Rss"] / 1024, 1), "pss": round(kb["Pss"] / 1024, 1), "uss": round(own / 1024, 1)}


def everything_of(var: Path) -> dict[str, list[int]]:
    """All processes that live off a VAR_DIR, by what they are: found by their environment and their servers."""
    here = places(var)
    found: dict[str, list[int]] = {}
    for head in {min(postgres.pids(here), default=0)} - {0}:
        found["postgres"] = family(head)
    found["redis"] = sorted(redis_server.pids(here))
    known = {pid for pids in found.values() for pid in pids} | {os.getpid()}
    for entry in os.scandir("/proc"):
        pid = int(entry.name) if entry.name.isdigit() else 0
        if not pid or pid in known:
            continue
        with contextlib.suppress(OSError):
            if f"VAR_DIR={var}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.setdefault(_what_it_is(pid), []).append(pid)
    return found


def _what_it_is(pid: int) -> str:
    line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    names = {"granian": "web", "manage.py worker": "worker", "manage.py tick": "tick", "supervisor": "supervisor",
             "demo_cases": "demo_cases", "caretaker": "caretaker"}  # fmt: skip
    return next((name for mark, name in names.items() if mark in line), "other")


def parts_of(system: System) -> dict[str, int]:
    """The head of each process family of an installation."""
    heads = {name: child.process.pid for name, child in system.processes.items() if child.process}
    here = places(system.var)
    return heads | {"postgres": min(postgres.pids(here)), "redis": min(redis_server.pids(here))}


def spin() -> float:
    """Milliseconds of CPU that a fixed piece of Python takes here and now: how fast this machine is at the moment."""
    best = 1e9
    for _ in range(5):
        since = time.thread_time()
        sum(i * i for i in range(100_000))
        best = min(best, time.thread_time() - since)
    return round(best * 1000, 2)


@dataclass
class Cost:
    """CPU seconds between entering and leaving, by part of the system; what PostgreSQL did, by whom it did it for."""

    system: System
    before: dict[str, float] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    load: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def __enter__(self) -> "Cost":
        self.load = [round(os.getloadavg()[0], 1)]
        self.since = time.monotonic()
        self.before = self._now()
        return self

    def __exit__(self, *error: object) -> None:
        after = self._now()
        self.seconds = time.monotonic() - self.since
        self.load.append(round(os.getloadavg()[0], 1))
        self.used = {name: round(used - self.before.get(name, 0), 2) for name, used in after.items()}
        named = sum(used for name, used in self.used.items() if name.startswith("postgres for "))
        self.used["postgres itself"] = round(self.used.pop("postgres") - named, 2)

    def _now(self) -> dict[str, float]:
        found = {name: cpu_seconds(pid) for name, pid in parts_of(self.system).items()}
        for pid, name in backends(self.system):
            whom = f"postgres for {name or 'others'}"
            found[whom] = found.get(whom, 0.0) + cpu_seconds(pid)
        return found

    def per(self, times: int) -> dict[str, float]:
        """CPU milliseconds of each part for each of so many times, and of all together."""
        each = {name: round(used / max(1, times) * 1000, 2) for name, used in self.used.items()}
        return each | {"all": round(sum(each.values()), 2)}


def backends(system: System) -> list[tuple[int, str]]:
    """The server processes that work for somebody, and for whom."""
    with contextlib.closing(postgres.connect(places(system.var), "postgres", "postgres")) as session:
        cursor = session.cursor()
        cursor.execute(
            "SELECT pid, application_name FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return list(cursor.fetchall())


def machine() -> dict[str, Any]:
    """Where a result was taken."""
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    total = next(
        line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal")
    )
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": cpu[0].partition(":")[2].strip() if cpu else platform.processor(),
        "memory_gb": round(int(total.split()[1]) / 1024**2, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": _postgresql(),
    }


def _postgresql() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def commit() -> str:
    """The commit measured, and whether files differed from it; results of other parts are no difference."""
    said = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench/results"],
        capture_output=True,
        text=True,
    )
    return said.stdout.strip() + (" with local changes" if changed.stdout.strip() else "")
