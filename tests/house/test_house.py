"""The rules of the house, run: a rule that no test runs is a wish."""

import ast
import codecs
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.models import Q

HOUSE = Path(__file__).resolve().parents[2]
LINES_AT_MOST = 350
HOMELESS = {"utils.py", "helpers.py", "services.py", "signals.py", "common.py", "core.py"}
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X:|NotImplemented" r"Error)\b")
UNTESTED = re.compile(r"mark\.(?:sk" r"ip|xf" r"ail)|pytest\.(?:sk" r"ip|xf" r"ail|importor" r"skip)")
MAY_BE_SKIPPED = {
    "tests/browser/conftest.py"
}  # no browser on the machine: said loudly, a failure with CI=true
# Turned by thirteen letters, so that this list does not find itself.
FOREIGN = re.compile(
    codecs.decode(
        r"\o(?:pynhqr|naguebcvp|bcranv|pungtcg|pbcvybg|pbqrk|yyzf?)\o|(?<![\j./])/jbex/|clcv\.bet|clgubaubfgrq|aczwf",
        "rot13",
    ),
    re.IGNORECASE,
)
INLINE = re.compile(
    r"<style\b|<script(?![^>]*\bsrc=)[^>]*>|\s(?:style|on[a-z]+|hx-on[:a-z-]*)\s*=|javascript:|hx-vals=['\"]js:",
    re.IGNORECASE,
)
JSON_SCRIPT = re.compile(r"\{\{[^}]*\|json_script[^}]*\}\}")


def tracked(*patterns: str) -> Iterator[Path]:
    """The project's own text files: what was handed in, and what is about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=HOUSE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:  # an archive, not a checkout
        found = (path for pattern in patterns or ("**/*",) for path in HOUSE.glob(pattern))
    else:
        found = (HOUSE / line for line in listed.stdout.splitlines())
    for path in found:
        if path.is_file() and not {".venv", "var", ".git"} & set(path.relative_to(HOUSE).parts):
            yield path


def lines_that_say(pattern: re.Pattern[str], *patterns: str, but: frozenset[str] = frozenset()) -> list[str]:
    said = []
    for path in tracked(*patterns):
        name = str(path.relative_to(HOUSE))
        if name in but or "vendor" in path.parts or ".min." in path.name:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        said += [
            f"{name}:{n}: {line.strip()[:100]}"
            for n, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return said


def test_rooms_import_only_downwards():
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration(capsys):
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_a_file_can_be_held_in_ones_head():
    long = {
        str(path.relative_to(HOUSE)): count
        for path in tracked("apps/**/*.py", "reviewqueue/**/*.py", "apps/*.py", "reviewqueue/*.py")
        if "migrations" not in path.parts and (count := len(path.read_text().splitlines())) > LINES_AT_MOST
    }
    assert long == {}


def test_no_file_is_named_for_having_no_room():
    assert [str(path) for path in tracked("*.py") if path.name in HOMELESS] == []


def test_nothing_listens_to_signals():
    assert (
        lines_that_say(
            re.compile(r"django\.dispatch|db\.models\.signals"), "apps/**/*.py", "reviewqueue/**/*.py"
        )
        == []
    )


def test_nothing_is_left_for_later():
    assert lines_that_say(UNFINISHED, "*.py", "*.html", "*.js", "*.css", "*.md", "*.toml", "Makefile") == []


def test_no_test_is_skipped_or_expected_to_fail():
    assert lines_that_say(UNTESTED, "*.py", but=frozenset(MAY_BE_SKIPPED)) == []


def test_the_project_speaks_of_itself_alone():
    assert lines_that_say(FOREIGN) == []


@pytest.mark.parametrize(
    "line",
    [
        '<p style="width:1px">',
        "<style>",
        "<script>",
        '<b onclick="x()">',
        '<b hx-on:click="x()">',
        '<a href="javascript:x">',
    ],
)
def test_what_is_looked_for_in_templates_would_be_found(line):
    assert INLINE.search(line)


def test_no_template_holds_a_style_or_a_script_of_its_own():
    found = []
    for path in tracked("*.html"):
        text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", path.read_text(), flags=re.DOTALL)
        text = JSON_SCRIPT.sub("", text)
        found += [f"{path.relative_to(HOUSE)}: {match.group(0)}" for match in INLINE.finditer(text)]
    assert found == []


def test_the_browser_is_told_nothing_by_another_origin():
    elsewhere = re.compile(r"""(?:src|href|action|hx-get|hx-post)=["']https?://""")
    scripts = re.compile(r"""(?:from|import|fetch)\s*\(?\s*["'`]https?://|url\(["']?https?://""")
    assert lines_that_say(elsewhere, "templates/**/*.html", "templates/*.html") == []
    assert lines_that_say(scripts, "static/**/*.js", "static/**/*.css") == []


def test_a_state_is_one_of_its_choices_for_the_database_too():
    unguarded = []
    for model in apps.get_models():
        if (
            not model.__module__.startswith("apps.") or model._meta.proxy
        ):  # a proxy's rows are another model's
            continue
        guarded = [
            _values_of(check.condition)
            for check in model._meta.constraints
            if isinstance(check, models.CheckConstraint) and isinstance(check.condition, Q)
        ]
        for field in model._meta.get_fields():
            if (
                not isinstance(field, models.Field)
                or field.name not in ("state", "outcome")
                or not field.choices
            ):
                continue
            if {value for value, _ in field.choices} not in [named.get(field.name) for named in guarded]:
                unguarded.append(f"{model.__name__}.{field.name}")
    assert unguarded == []


def _values_of(condition: Q) -> dict[str, set[str]]:
    """The values a condition names, by field: from `field=…` and `field__in=[…]` anywhere in it."""
    named: dict[str, set[str]] = {}
    for child in condition.children:
        if isinstance(child, Q):
            for name, values in _values_of(child).items():
                named.setdefault(name, set()).update(values)
        elif isinstance(child, tuple):
            name, value = child
            if isinstance(value, str | list | tuple):
                named.setdefault(name.removesuffix("__in"), set()).update(
                    [value] if isinstance(value, str) else value
                )
    return named


def test_every_verb_that_somebody_performs_says_what_it_does():
    silent = []
    for path in tracked("apps/**/*.py"):
        if "operations" not in path.as_posix() or "migrations" in path.parts:
            continue
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if "actor" in {argument.arg for argument in node.args.kwonlyargs} and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(HOUSE)}: {node.name}")
    assert silent == []
