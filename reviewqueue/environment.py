"""Makes `.venv` and installs the pinned packages, when that is not done yet. Run by the Makefile.

Runs before anything is installed and perhaps on an old Python, which must understand it well enough to say
that it is too old: only the standard library here, and only old grammar.
"""

import fcntl
import hashlib
import io
import os
import subprocess
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(PROJECT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
REQUIREMENTS = os.path.join(PROJECT, "requirements.txt")
COMPILED = os.path.join(PROJECT, "requirements-compiled.txt")
STAMP = os.path.join(VENV, ".installed")

# Pythons that may stand beside the one asked: a distribution's own is compiled with profiles of real programs
# (PGO), one built by hand often is not, and then every page takes a third longer.
OTHERS = ("/usr/bin/python3", "/usr/local/bin/python3")
CLEARLY = 0.9  # of the time: less is not worth another Python than the one that was asked
HOW_LONG = """
import ensurepip, json, os, re, sys, sysconfig, time, venv
if sys.version_info < (3, 11) or not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
    sys.exit("cannot be taken")
def work():
    found = {}
    for number in range(20000):
        word = str(number % 1000)
        found[word] = found.get(word, 0) + number
    return re.sub("[0-9]+", "x", json.dumps(found, indent=1))
def once():
    began = time.process_time()
    work()
    return time.process_time() - began
print(min(once() for _ in range(7)))
"""


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036
        version = ".".join(str(part) for part in sys.version_info[:2])
        sys.exit(
            f"reviewqueue needs Python 3.11 or newer; this is {version} ({sys.executable}). "
            "With a newer one installed: make run PYTHON=/path/to/python3"
        )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without UTF-8
    os.makedirs(VENV, exist_ok=True)
    # Two that start at once install one after the other.
    fcntl.flock(os.open(VENV, os.O_RDONLY), fcntl.LOCK_EX)
    wanted = _hash_of_requirements()
    if _installed() != wanted:
        _install()
        with open(STAMP, "w") as stamp:
            stamp.write(wanted)


def _hash_of_requirements() -> str:
    with open(REQUIREMENTS, "rb") as requirements, open(COMPILED, "rb") as compiled:
        return hashlib.sha256(requirements.read() + compiled.read()).hexdigest()


def _installed() -> str:
    try:
        with open(STAMP) as stamp:
            return stamp.read().strip() if os.path.exists(PYTHON) else ""
    except OSError:
        return ""


def _install() -> None:
    if not _works([PYTHON, "-m", "pip", "--version"]):
        python = _fastest() if "--fastest" in sys.argv else sys.executable
        print(f"Making .venv with {python} …", flush=True)
        make = [python, "-m", "venv", "--clear", VENV]
        made = subprocess.run(make, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode:
            said = made.stdout.decode(errors="replace").strip()
            sys.exit(
                f"The virtual environment could not be made: {said}\n"
                "On Debian and Ubuntu, `apt install python3-venv` usually helps."
            )
    print("Installing the packages of requirements.txt, once; this takes a minute or two …", flush=True)
    # All modules are compiled at the end, on every core at once; pip would do it one after the other.
    pip = [PYTHON, "-m", "pip", "install", "--no-compile", "--quiet", "--no-input"]
    if subprocess.call([*pip, "--disable-pip-version-check", "-r", REQUIREMENTS]):
        sys.exit("The packages could not be installed; pip's own words are above.")
    # Comes as source only: without a compiler pictures have no perceptual fingerprint, and all else works.
    if not _works([*pip, "--disable-pip-version-check", "-r", COMPILED]):
        print(
            "Without a C++ compiler: pictures get no perceptual fingerprint, everything else works.",
            flush=True,
        )
    _compile()


def _compile() -> None:
    """Byte code for all packages now, so that a dozen processes that start together need not each make their own.

    Some packages carry files that are no Python to us, such as templates; each is passed by, and none is missed.
    """
    command = [PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", "/tests?/", os.path.join(VENV, "lib")]
    _works(command)


def _fastest() -> str:
    """The Python that ran this, or another one here that runs the same loop in clearly less time."""
    chosen, least = sys.executable, _seconds(sys.executable) * CLEARLY
    for other in OTHERS:
        seconds = _seconds(other)
        if seconds < least:
            chosen, least = other, seconds
    return chosen


def _seconds(python: str) -> float:
    """Of processor time for a short loop; endless for a Python that could not be taken."""
    try:
        said = subprocess.run([python, "-c", HOW_LONG], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return float(said.stdout) if said.returncode == 0 else float("inf")
    except (OSError, ValueError):
        return float("inf")


def _works(command: list) -> bool:
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    main()
