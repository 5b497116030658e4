"""Which Python `make environment` takes, and who goes first on one machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewqueue import environment
from reviewqueue.courtesy import AUTOGROUP
from reviewqueue.embedded.places import PROJECT


@pytest.fixture
def beside(tmp_path: Path, monkeypatch):
    """Pythons that say what a loop took them, in place of those of this machine."""
    found: list[str] = []

    def one(name: str, says: str) -> str:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{says}\n")
        path.chmod(0o755)
        found.append(str(path))
        monkeypatch.setattr(environment, "OTHERS", tuple(found[1:]))
        monkeypatch.setattr(environment.sys, "executable", found[0])
        return str(path)

    return one


def test_a_clearly_faster_python_is_taken_and_the_fastest_of_several(beside):
    asked = beside("asked", "echo 1.0")
    beside("hardly", "echo 0.95")
    assert environment._fastest() == asked
    faster = beside("faster", "echo 0.8")
    assert environment._fastest() == faster
    fastest = beside("fastest", "echo 0.6")
    assert environment._fastest() == fastest


def test_a_python_that_cannot_be_taken_is_left_where_it_is(beside):
    asked = beside("asked", "echo 1.0")
    beside("too old", "echo cannot be taken >&2; exit 1")
    beside("odd", "echo nonsense")
    environment.OTHERS += ("/nowhere/python3",)
    assert environment._fastest() == asked


def test_the_loop_runs_on_this_python():
    assert 0 < environment._seconds(sys.executable) < 10


@pytest.mark.parametrize(("words", "fastest"), [([], True), (["PYTHON=python3"], False)])
def test_a_python_that_was_named_is_taken_as_named(words, fastest):
    said = subprocess.run(
        ["make", "-n", "environment", *words],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name not in ("PYTHON", "MAKEFLAGS")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("environment.py --fastest" in said.stdout) is fastest


def test_who_gives_way_does_so_in_its_group_too():
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os; from reviewqueue.courtesy import give_way; give_way(7)\n"
            "print(os.nice(0))\n"
            "print(open('/proc/self/autogroup').read() if os.path.exists('/proc/self/autogroup') else '')",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
    ).stdout.splitlines()
    assert said[0] == str(os.nice(0) + 7)
    if AUTOGROUP.exists() and said[1]:
        assert said[1].endswith("nice 7")


def test_byte_code_is_kept_whatever_the_shell_says():
    said = subprocess.run(
        ["make", "--eval", "say-it:; @echo [$$PYTHONDONTWRITEBYTECODE]", "say-it"],
        cwd=PROJECT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "[]\n"


def test_packages_are_compiled_whole_once_they_are_there(tmp_path: Path, monkeypatch):
    package = tmp_path / "lib" / "package"
    package.mkdir(parents=True)
    (package / "good.py").write_text("answer = 42\n")
    (package / "template.py").write_text("{{ no Python }}\n")
    monkeypatch.setattr(environment, "VENV", str(tmp_path))
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    environment._compile()
    assert [file.name.partition(".")[0] for file in (package / "__pycache__").iterdir()] == ["good"]
