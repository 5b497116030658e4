"""How long somebody waits: `make run` until its first page, fresh and again; and what her first desk page weighs."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.memory import ALL_MB, WEB_MB, of_everything
from bench.meter import cpu_seconds
from bench.page import first_desk_page
from bench.system import System, free_port
from bench.targets import at_most, none
from reviewqueue import embedded
from reviewqueue.embedded.places import PROJECT

FIRST_PAGE = "/account/login/"
FIRST_SECONDS, FROM_PACKAGES_SECONDS = 15.0, 90.0
PAGE_KB = 120
GIVE_UP = 300.0
DEMO_WITHIN = 240.0
REST_SECONDS = 20


def run(system: System, scale: float) -> dict[str, Any]:
    """Apart from the big installation, which sleeps meanwhile; quick runs leave the fresh environment out."""
    system.stop()
    with tempfile.TemporaryDirectory(prefix="rq-start-", ignore_cleanup_errors=True) as folder:
        var = Path(folder) / "var"
        with make_run(PROJECT, var) as made:
            first, steps, used = made.first_page(), made.steps(), cpu_seconds(made.process.pid)
            filled = made.wait_for_demo()
            page = first_desk_page(made.base, made.password())
            time.sleep(max(3, REST_SECONDS * scale))
            rest = of_everything(var)
        with make_run(PROJECT, var) as made:
            second = made.first_page()
        nothing = from_packages(Path(folder)) if scale >= 1 else None
    web = max(process["pss"] for process in rest["web"]["each"])
    targets = [
        at_most("make run, environment built: first page", first, FIRST_SECONDS, " s", 1),
        at_most("make run again", second, FIRST_SECONDS, " s", 1),
        at_most("first desk page, all of it", page["kilobytes"], PAGE_KB, " kB"),
        none("layout shift of the desk", page["layout_shift"]),
        at_most("web process at rest (PSS)", web, WEB_MB, " MB"),
        at_most("the whole demo at rest (PSS)", rest["all_mb"]["pss"], ALL_MB, " MB"),
    ]
    if nothing is not None:
        name = "make run from nothing but downloaded packages"
        targets.append(at_most(name, nothing["seconds"], FROM_PACKAGES_SECONDS, " s"))
    return {
        "first_page_seconds": round(first, 2), "steps": steps, "cpu_seconds": round(used, 1),
        "second_start_seconds": round(second, 2), "demo_filled_seconds": filled,
        "desk_page": page, "memory_at_rest": rest, "from_downloaded_packages": nothing,
        "load_average": round(os.getloadavg()[0], 1), "targets": targets,
    }  # fmt: skip


class Made:
    """One `make run`."""

    def __init__(self, project: Path, var: Path, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.var = var
        self.log = var.parent / f"make-{self.port}.log"
        own = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DJANGO_SETTINGS_MODULE", "PUBLIC_URL")
        }
        own |= {"VAR_DIR": str(var), "PORT": str(self.port), **environment}
        self.began = time.monotonic()
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                ["make", "run"],
                cwd=project,
                env=own,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def first_page(self) -> float:
        """Seconds from the command to a page a person can read."""
        while time.monotonic() - self.began < GIVE_UP:
            if self.process.poll() is not None:
                raise RuntimeError(f"make run ended: {self.log.read_text()[-1500:]}")
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            with suppress(OSError, http.client.HTTPException):
                line.request("GET", FIRST_PAGE)
                if line.getresponse().status == 200:
                    return time.monotonic() - self.began
            line.close()
            time.sleep(0.05)
        raise RuntimeError(f"no page after {GIVE_UP:.0f} s: {self.log.read_text()[-1500:]}")

    def wait_for_demo(self) -> float | None:
        """Seconds until the demo's cases and history are all there; None when they did not come."""
        while time.monotonic() - self.began < DEMO_WITHIN:
            if "are all in" in self.log.read_text():
                return round(time.monotonic() - self.began, 1)
            time.sleep(0.5)
        return None

    def steps(self) -> list[str]:
        """What it said of its steps so far, with their seconds."""
        return [line for line in self.log.read_text().splitlines() if " s)" in line]

    def password(self) -> str:
        return (self.var / "demo_password").read_text().strip()

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        embedded.stop(self.var)


@contextmanager
def make_run(project: Path, var: Path, **environment: str) -> Iterator[Made]:
    made = Made(project, var, environment)
    try:
        yield made
    finally:
        made.stop()


def from_packages(folder: Path) -> dict[str, Any]:
    """A fresh clone with nothing but a folder of packages: environment, servers, database, first page."""
    packages, clone = folder / "packages", folder / "clone"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        "requirements.txt",
    ]
    got = subprocess.run([*pip, "--dest", str(packages)], cwd=PROJECT, capture_output=True, text=True)
    if got.returncode:
        return {"seconds": None, "trouble": f"packages could not be fetched: {got.stderr.strip()[-200:]}"}
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(clone)], check=True)
    size = sum(file.stat().st_size for file in packages.iterdir())
    try:
        with make_run(
            clone, clone / "var", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(packages), PIP_NO_CACHE_DIR="1"
        ) as made:
            seconds = made.first_page()
    except RuntimeError as trouble:
        return {"seconds": None, "trouble": str(trouble)[-300:]}
    finally:
        shutil.rmtree(packages, ignore_errors=True)
    return {
        "seconds": round(seconds, 1),
        "packages_megabytes": round(size / 1e6),
        "load_average": round(os.getloadavg()[0], 1),
    }
