"""load_guidelines: the starter format, read line by line; nothing is written unless all of it is right."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.guidelines.errors import GuidelinesUnreadable, VersionExists
from apps.guidelines.models import GuidelineVersion, Policy, RuleVersion
from apps.guidelines.operations import load
from apps.guidelines.queries import in_force
from apps.ledger.models import Event

STARTER = (settings.BASE_DIR / "apps/guidelines/starter/starter.yaml").read_text()

SMALL = """\
schema_version: 1
guideline_set:
  code: SMALL
  title: Two rules
  version: "0.1"
  language: en
  principles: [Be fair.]
actions_catalog:
  no_action: {title: Leave up, dsa: null}
  remove: {title: Remove, dsa: {decision_visibility: DECISION_VISIBILITY_CONTENT_REMOVED}}
policies:
- code: AB
  title: A policy
  severity: 3
  description: About something.
  dsa_category: STATEMENT_CATEGORY_VIOLENCE
  rules:
  - code: AB-1
    title: A rule
    severity: 3
    exposure: 1
    description: Says what breaks it.
    violating_examples: [One that does.]
    allowed_examples: [One that does not.]
    actions: [remove, no_action]
    dsa_category: STATEMENT_CATEGORY_VIOLENCE
    dsa_keywords: [KEYWORD_HATE_SPEECH]
    handling: {dual_review: true, order_deadline_minutes: 60, notify: somebody}
"""


def refused(text: str | bytes) -> list[tuple[str, str]]:
    """The problems a text is refused for, each with its line; and nothing was written."""
    events = Event.objects.count()
    with pytest.raises(GuidelinesUnreadable) as refusal:
        load(text, actor=None)
    assert refusal.value.status == 422
    assert not GuidelineVersion.objects.exists()
    assert not Policy.objects.exists()
    assert Event.objects.count() == events
    return [(error["field"], error["reason"]) for error in refusal.value.errors]


def line_of(text: str, part: str) -> str:
    return f"line {text[: text.index(part)].count(chr(10)) + 1}"


@pytest.mark.django_db
def test_the_starter_set_loads_whole_as_a_draft(policy):
    version = load(STARTER, actor=policy)
    assert version.state == "draft"
    assert (version.policies.count(), version.rules.count()) == (11, 51)
    assert version.rules.get(code="SH-3").policy.code == "SH"
    event = Event.objects.get(kind="guidelines.loaded")
    assert event.actor_id == policy.pk
    assert event.data == {"version": version.pk, "number": version.number, "policies": 11, "rules": 51}


@pytest.mark.django_db
def test_every_word_of_a_rule_is_kept():
    load(SMALL, actor=None)
    rule = RuleVersion.objects.get()
    assert (rule.code, rule.title, rule.severity, rule.exposure) == ("AB-1", "A rule", 3, 1)
    assert (rule.violating_examples, rule.allowed_examples) == (["One that does."], ["One that does not."])
    assert (rule.actions, rule.dsa_keywords) == (["remove", "no_action"], ["KEYWORD_HATE_SPEECH"])
    assert rule.handling == {"dual_review": True, "order_deadline_minutes": 60, "notify": "somebody"}
    assert rule.version.actions["remove"] == {
        "title": "Remove",
        "dsa": {"decision_visibility": "DECISION_VISIBILITY_CONTENT_REMOVED"},
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("severity: 3\n    exposure", "severity: 6\n    exposure", "The severity of AB-1 should be a whole number from 1 to 5."),
        ("exposure: 1", "exposure: high", "The exposure of AB-1 should be a whole number from 0 to 4."),
        ("exposure: 1", "exposure: 1.5", "The exposure of AB-1 should be a whole number from 0 to 4."),
        ("exposure: 1", "exposure: true", "The exposure of AB-1 should be a whole number from 0 to 4."),
        ("title: A rule", "title: yes", "The title of AB-1 should be text. If it is meant as text"),
        ("title: A rule", 'title: " "', "The title of AB-1 is empty."),
        ("title: A rule", f"title: {'x' * 201}", "The title of AB-1 has 201 characters; 200 is the most."),
        ("title: A rule", "title: [A, rule]", "The title of AB-1 should be a single value."),
        ("code: AB-1", "code: CD-1", "The code “CD-1” should be its policy's code and a number: AB-1."),
        ("code: AB-1", "code: AB-<script>", "The code “AB-<script>” should be"),
        ("actions: [remove, no_action]", "actions: [remoev]", "The action of AB-1 “remoev” is not known; did you mean"),
        ("actions: [remove, no_action]", "actions: []", "“actions” of AB-1 needs at least 1."),
        ("actions: [remove, no_action]", "actions: remove", "“actions” of AB-1 should be a list."),
        ("violating_examples: [One that does.]", "violating_examples: []", "“violating_examples” of AB-1 needs"),
        ("dual_review: true", "dual_reviw: true", "“handling” of AB-1 has an unknown entry “dual_reviw”; did"),
        ("dual_review: true", "dual_review: maybe", "“dual_review” of AB-1 should be true or false."),
        ("    exposure: 1\n", "    exposure: 1\n    exposure: 2\n", "A rule of AB gives “exposure” twice."),
        ("KEYWORD_HATE_SPEECH", "KEYWORD_HATE_SPEACH", "The legal keyword of AB-1 “KEYWORD_HATE_SPEACH” is not"),
        ("CONTENT_REMOVED", "CONTENT_GONE", "“decision_visibility” of remove “DECISION"),
        ("version: \"0.1\"", "version: 0.1", "The version should be text. If it is meant as text, put it in quotes."),
        ("version: \"0.1\"", "version: \"../up\"", "The version “../up” should look like 1.0.0."),
        ("schema_version: 1", "schema_version: 2", "“schema_version” should be a whole number from 1 to 1."),
        ("language: en", "language: English", "The language “English” should look like en."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(right, wrong, told):
    assert right in SMALL
    text = SMALL.replace(right, wrong, 1)
    problems = refused(text)
    lines = [line for line, reason in problems if reason.startswith(told)]
    assert lines, problems
    number = int(lines[0].removeprefix("line "))
    last_of_wrong = int(line_of(text, wrong.splitlines()[-1]).removeprefix("line "))
    assert abs(number - last_of_wrong) <= 1


@pytest.mark.django_db
def test_all_mistakes_are_told_at_once():
    text = SMALL.replace("exposure: 1", "exposure: 9").replace("title: A policy", "titel: A policy")
    reasons = " ".join(reason for _, reason in refused(text))
    assert "“titel”" in reasons
    assert "lacks “title”" in reasons
    assert "exposure of AB-1" in reasons


@pytest.mark.django_db
def test_a_code_used_twice_is_refused():
    rule = SMALL[SMALL.index("  - code: AB-1") :]
    assert "The code “AB-1” is used twice." in [reason for _, reason in refused(SMALL + rule)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The file is empty."),
        ("just words", "The file should be a block of “name: value” lines."),
        ("a: [1, 2", "This is not YAML"),
        ("a: &x [1]\nb: *x", "This is not YAML: aliases (*name) are not used here"),
        ("[" * 100_000, "The file is nested too deeply."),
        (b"\xc3\x28 latin", "This is not a YAML text file"),
        (b"a: \x00", "This is not a YAML text file"),
        ("a: !!python/object:os.system {}", "The file has an unknown entry"),
        ("x" * 2_000_001, "The file is larger than 2 MB."),
    ],
)  # fmt: skip
def test_what_is_not_a_guideline_file_is_refused_in_words(text, told):
    assert any(told in reason for _, reason in refused(text))


@pytest.mark.django_db
def test_a_number_is_used_once(policy):
    load(SMALL, actor=policy)
    with pytest.raises(VersionExists, match=re.escape("Version 0.1 exists already.")) as refusal:
        load(SMALL.replace("code: SMALL", "code: OTHER"), actor=policy)
    assert refusal.value.status == 409
    assert GuidelineVersion.objects.count() == 1
    assert Event.objects.filter(kind="guidelines.loaded").count() == 1


@pytest.mark.django_db
def test_the_command_publishes_when_asked(tmp_path: Path, capsys):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    call_command("load_guidelines", str(path), publish=True)
    assert capsys.readouterr().out == "Guidelines 0.1: 1 policies, 1 rules, in force.\n"
    assert in_force().number == "0.1"
    assert GuidelineVersion.objects.get().reason == "Loaded from small.yaml"
    call_command("load_guidelines", str(path), publish=True, unless_in_force=True)
    assert capsys.readouterr().out == "Guidelines 0.1 are in force; nothing to do.\n"


@pytest.mark.django_db
def test_the_command_names_every_line_and_changes_nothing(tmp_path: Path):
    path = tmp_path / "bad.yaml"
    path.write_text(SMALL.replace("exposure: 1", "exposure: 9").replace("severity: 3", "severity: 0"))
    with pytest.raises(CommandError) as refusal:
        call_command("load_guidelines", str(path), publish=True)
    told = str(refusal.value)
    assert f"{path}: line 14: The severity of AB should be a whole number from 1 to 5." in told
    assert f"{path}: line 21: The exposure of AB-1 should be a whole number from 0 to 4." in told
    assert told.endswith("Nothing was changed.")
    assert not GuidelineVersion.objects.exists()


@pytest.mark.django_db
def test_the_command_says_when_there_is_no_such_file(tmp_path: Path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_guidelines", str(tmp_path / "none.yaml"))
