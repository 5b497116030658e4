"""The documents say what is so: whatever of them a program can check is checked here."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps as registry

import apps
from apps.errors import DomainError
from reviewqueue.embedded.places import PROJECT

DOCS = PROJECT / "docs"
PAGES = [PROJECT / "README.md", *sorted(DOCS.glob("*.md"))]
IMAGE_BYTES = 250_000

CODE_BLOCK = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
ANCHOR = re.compile(r'<a id="([^"]+)">')
RESULTS = PROJECT / "bench" / "results"


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its code blocks, in which a bracket is not a link."""
    return CODE_BLOCK.sub("", text(page))


def anchors(page: Path) -> set[str]:
    """What may stand after `#`: headings as the usual renderers name them, and ids."""
    titles = (re.sub(r"[`*_]|\[|\]\([^)]*\)", "", title) for title in HEADING.findall(prose(page)))
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
    return slugs | set(ANCHOR.findall(text(page)))


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_link_inside_the_project_leads_somewhere(document: Path):
    broken = []
    for found in LINK.finditer(prose(document)):
        link = found[1] or found[2]
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if RESULTS in target.parents and not RESULTS.exists():
            continue  # whoever has not measured has no results to read
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_is_reached_from_the_readme():
    linked = {found[1] for found in LINK.finditer(prose(PROJECT / "README.md"))}
    assert [page.name for page in PAGES[1:] if f"docs/{page.name}" not in linked] == []


def test_every_picture_is_shown_and_small():
    shown = " ".join(text(page) for page in PAGES)
    pictures = sorted((DOCS / "images").iterdir())
    assert [one.name for one in pictures if f"images/{one.name}" not in shown] == []
    assert [one.name for one in pictures if one.stat().st_size > IMAGE_BYTES] == []


def test_every_variable_of_the_environment_is_explained():
    settings = text(PROJECT / "reviewqueue/settings.py")
    read = set(re.findall(r"env\.\w+\(\s*[\"\'](\w+)[\"\']", settings))
    for other in ("reviewqueue/asgi.py", "reviewqueue/embedded/places.py"):
        read |= set(re.findall(r"environ\.get\(\"(\w+)\"", text(PROJECT / other)))
    explained = set(re.findall(r"^\| `(\w+)` \|", text(DOCS / "deploy.md"), re.MULTILINE))
    assert {"DATABASE_URL", "SECRET_KEY", "WEB_THREADS"} <= read  # the patterns above still find something
    assert read - explained == set()
    assert explained - read == set()


def test_compose_sets_only_variables_that_are_explained():
    compose = text(PROJECT / "compose.yaml")
    block = compose[compose.index("environment: &environment") : compose.index("logging: &logging")]
    passed_on = set(re.findall(r"^    (\w+):", block, re.MULTILINE))
    explained = set(re.findall(r"^\| `(\w+)` \|", text(DOCS / "deploy.md"), re.MULTILINE))
    assert {"DATABASE_URL", "SECRET_KEY"} <= passed_on
    assert passed_on - explained == set()


def test_no_secret_of_compose_has_a_default():
    compose = text(PROJECT / "compose.yaml")
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)(:?[-?])", compose)
    assert {name for name, _ in secrets} == {"SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert {how for _, how in secrets} == {":?"}


def test_every_command_is_named():
    commands = {
        path.stem
        for path in PROJECT.glob("*/**/management/commands/*.py")
        if path.is_relative_to(PROJECT / "apps") or path.is_relative_to(PROJECT / "reviewqueue")
    } - {"__init__"}
    told = " ".join(text(page) for page in PAGES)
    assert {"run", "issue_key", "verify_ledger"} <= commands
    assert [name for name in sorted(commands) if not re.search(rf"`{name}`|manage\.py {name}\b", told)] == []


def subclasses(of: type) -> Iterator[type]:
    for one in of.__subclasses__():
        yield one
        yield from subclasses(one)


def test_every_code_of_a_refusal_is_listed():
    for module in pkgutil.walk_packages(apps.__path__, "apps."):
        if module.name.endswith((".errors", ".api")):
            importlib.import_module(module.name)
    codes = {
        one.code for one in (DomainError, *subclasses(DomainError)) if one.__module__.startswith("apps.")
    }
    for door in ("reviewqueue/errors.py", "reviewqueue/api.py"):
        codes |= set(re.findall(r"problem\([\w.]+, \"(\w+)\"", text(PROJECT / door)))
    listed = set(ANCHOR.findall(text(DOCS / "problems.md")))
    assert {"claim_lost", "fault", "database_away"} <= codes
    assert codes - listed == set()
    assert listed - codes == set()


def test_what_the_database_refuses_is_what_the_models_say():
    declared = {
        one.name
        for model in registry.get_models()
        if model.__module__.startswith("apps.")
        for one in (*model._meta.constraints, *getattr(model._meta, "triggers", []))
    }
    # The private tables have no models: nothing of ours reads them but through their functions.
    wall = text(PROJECT / "apps/wellbeing/migrations/0002_private_care.py")
    declared |= set(re.findall(r"(?:CONSTRAINT|CREATE TRIGGER) (\w+)", wall))
    page = text(DOCS / "architecture.md")
    start = page.index("## What the database itself refuses")
    section = page[start : page.index("\n## ", start)]
    rows = re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed - declared == set()
    assert declared - listed == set()


def test_the_columns_of_the_export_are_those_in_the_code():
    from apps.feedback.columns import COLUMNS

    page = text(DOCS / "integrator.md")
    section = page[page.index("## The training export") :]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [column.name for column in COLUMNS]
    for column in COLUMNS:
        assert f"| {column.null} | {column.meaning} |" in section, column.name
