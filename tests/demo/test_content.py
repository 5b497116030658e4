"""The demo's cases hold together: they cover the guidelines, name nobody real, and fit the bulk door."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from apps.intake.lines import AnyLine
from reviewqueue.demo.content import (
    CASES,
    BadContent,
    DemoCase,
    bulk_lines,
    demo_cases,
    media_files,
    read_cases,
)

STARTER = Path(__file__).parents[2] / "apps/guidelines/starter/starter.yaml"
ESCALATIONS = {"escalate_policy", "escalate_specialist", "escalate_legal"}
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def guidelines() -> dict[str, Any]:
    return yaml.safe_load(STARTER.read_text())


@pytest.fixture(scope="module")
def rules(guidelines: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {rule["code"]: rule for policy in guidelines["policies"] for rule in policy["rules"]}


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    uploads = {case.key: range(1, len(case.media) + 1) for case in demo_cases()}
    return list(bulk_lines(demo_cases(), now=NOW, upload_ids=uploads))


def every_text() -> Iterator[tuple[str, str]]:
    for case in demo_cases():
        yield case.key, case.text
        yield case.key, case.address
        yield case.key, case.ends.why
        for report in case.reports:
            yield case.key, report.comment
        for post in case.context:
            yield case.key, post.text
        for medium in case.media:
            yield case.key, f"{medium.alt} {medium.transcript} {medium.recipe}"


def test_the_starter_guidelines_hold_51_rules_whose_actions_are_all_in_the_catalogue(
    guidelines: dict[str, Any], rules: dict[str, dict[str, Any]]
) -> None:
    assert len(guidelines["policies"]) == 11
    assert len(rules) == 51
    assert {action for rule in rules.values() for action in rule["actions"]} <= guidelines[
        "actions_catalog"
    ].keys()


def test_there_are_enough_cases_of_every_kind_in_three_languages() -> None:
    cases = demo_cases()
    kinds, languages = Counter(case.kind for case in cases), Counter(case.language for case in cases)

    assert len(cases) >= 120
    assert kinds.keys() == {"text", "image", "video", "audio", "live", "account"}
    assert min(kinds.values()) >= 5
    assert languages.keys() == {"en", "km", "vi"}
    assert languages["en"] >= 0.4 * len(cases)
    assert min(languages["km"], languages["vi"]) >= 0.25 * len(cases)


def test_every_rule_of_the_starter_set_is_where_some_case_ends(rules: dict[str, dict[str, Any]]) -> None:
    ends = {rule for case in demo_cases() for rule in case.ends.rules}

    assert ends == rules.keys()


def test_the_cases_of_a_policy_are_in_the_file_of_its_name(guidelines: dict[str, Any]) -> None:
    files = {path.stem: read_cases(path.read_text(), path.name) for path in CASES.glob("*.yaml")}
    policies = {policy["code"].lower() for policy in guidelines["policies"]}

    assert files.keys() == policies | {"nuance", "duplicates"}
    for policy in policies:
        assert len(files[policy]) >= 8
        assert [c.key for c in files[policy] if c.ends.rules[0].split("-")[0].lower() != policy] == []


@pytest.mark.parametrize("case", demo_cases(), ids=lambda case: case.key)
def test_a_case_ends_under_its_rules_with_actions_they_allow(
    case: DemoCase, rules: dict[str, dict[str, Any]]
) -> None:
    ends = case.ends
    allowed = {action for code in ends.rules for action in rules[code]["actions"]}

    assert ends.rules
    assert len(ends.why) >= 40
    match ends.outcome:
        case "violates":
            assert ends.actions
            assert set(ends.actions) <= allowed - {"no_action"}
        case "not":
            assert ends.actions == ("no_action",)
        case "unsure":
            assert ends.actions == ()
        case "escalate":
            assert ends.actions
            assert set(ends.actions) <= ESCALATIONS & allowed
    if any(rules[code].get("handling", {}).get("strike") == "never" for code in ends.rules):
        assert "strike" not in ends.actions


def test_reports_and_flags_speak_only_of_rules_that_exist(rules: dict[str, dict[str, Any]]) -> None:
    hints = {report.rule for case in demo_cases() for report in case.reports if report.rule}
    scored = {score.rule for case in demo_cases() for flag in case.flags for score in flag.scores}

    assert hints <= rules.keys()
    assert scored <= rules.keys()


def test_every_case_came_in_by_a_report_or_a_flag_and_all_three_ways_occur() -> None:
    ways = Counter((bool(case.reports), bool(case.flags)) for case in demo_cases())

    assert ways[False, False] == 0
    assert min(ways[True, False], ways[False, True], ways[True, True]) >= 20
    assert any(
        score.score < score.threshold for c in demo_cases() for flag in c.flags for score in flag.scores
    )


def test_the_hard_situations_are_there() -> None:
    cases = demo_cases()
    wrongly_flagged = [c for c in cases if c.ends.outcome == "not" and c.flags and not c.reports]
    brigaded = [c for c in cases if c.ends.outcome == "not" and len(c.reports) >= 6]
    notices = [c for c in cases if any(r.reporter.trusted_flagger for r in c.reports)]
    left_up = [c for c in cases if "HR-5" in c.ends.rules and c.ends.outcome == "not"]

    assert len([c for c in cases if (c.views_per_hour or 0) >= 10_000]) >= 10
    assert len([c for c in cases if c.near_duplicate_of]) >= 8
    assert len(wrongly_flagged) >= 15
    assert len(brigaded) >= 3
    assert len(notices) >= 10
    assert {c.language for c in left_up} == {"en", "km", "vi"}
    assert {c.ends.outcome for c in cases} == {"violates", "not", "unsure", "escalate"}
    assert {c.ends.outcome for c in cases if "SH-3" in c.ends.rules} == {"violates", "not"}


def test_there_are_account_cases_with_evidence_of_each_kind() -> None:
    told = [case for case in demo_cases() if case.evidence]
    assert {case.kind for case in told} == {"account"}
    assert {rule for case in told for rule in case.ends.rules} >= {"AU-2", "AU-3"}
    parts = {part for case in told for part in case.evidence.said(case.key, NOW)}
    assert parts == {"growth", "fingerprints", "purchases", "impersonation"}


def test_every_case_was_read_a_second_time() -> None:
    assert [case.key for case in demo_cases() if not case.read_by_second] == []


def test_near_duplicates_name_an_original_of_their_kind_and_language_and_resemble_it() -> None:
    by_key = {case.key: case for case in demo_cases()}
    for copy in (case for case in demo_cases() if case.near_duplicate_of):
        original = by_key[copy.near_duplicate_of]

        assert original.near_duplicate_of is None
        assert (copy.kind, copy.language) == (original.kind, original.language)
        if copy.kind == "text":
            assert SequenceMatcher(None, copy.text, original.text, autojunk=False).ratio() > 0.7, copy.key
        else:
            assert copy.seed(0) == original.seed(0)


def test_one_person_is_the_same_person_in_every_case() -> None:
    authors: dict[str, set[Any]] = {}
    reporters: dict[str, set[bool]] = {}
    for case in demo_cases():
        authors.setdefault(case.author.external_id, set()).add(case.author)
        for report in case.reports:
            reporters.setdefault(report.reporter.external_id, set()).add(report.reporter.trusted_flagger)

    assert [who for who, seen in authors.items() if len(seen) > 1] == []
    assert [who for who, seen in reporters.items() if len(seen) > 1] == []
    assert [who for who, seen in reporters.items() if seen == {True} and not who.startswith("tf-")] == []
    assert len({author.handle for seen in authors.values() for author in seen}) == len(authors)


def test_views_and_growth_agree_with_the_age_of_the_item() -> None:
    for case in demo_cases():
        assert case.posted_hours_ago > 0
        assert case.views >= round((case.views_per_hour or 0) * min(1, case.posted_hours_ago)), case.key


def test_nothing_names_a_domain_outside_example() -> None:
    host = re.compile(
        r"(?:https?://|www\.)([^/\s\"']+)|\b((?:[a-z0-9-]+\.)+(?:com|net|org|io|vn|kh|ie|uk|social|info))\b"
    )
    outside = [
        (key, found.group(0))
        for key, text in every_text()
        for found in host.finditer(text.lower())
        if not re.fullmatch(
            r"(?:[a-z0-9-]+\.)*example\.(?:com|net|org|social)", found.group(1) or found.group(2)
        )
    ]

    assert outside == []


def test_telephone_numbers_come_from_ranges_reserved_for_fiction() -> None:
    numbers = [found.strip() for _, text in every_text() for found in re.findall(r"\+\d[\d ]{7,}", text)]

    assert numbers
    assert [n for n in numbers if not re.fullmatch(r"\+1 202 555 01\d\d|\+44 7700 900\d{3}", n)] == []


def test_the_bulk_door_takes_every_line(lines: list[dict[str, Any]]) -> None:
    door: TypeAdapter[Any] = TypeAdapter(AnyLine)
    for line in lines:
        door.validate_python(line)

    sent = Counter(line["type"] for line in lines)
    assert sent["item"] == len(demo_cases())
    assert sent["report"] == sum(len(case.reports) for case in demo_cases())
    assert sent["flag"] == sum(len(case.flags) for case in demo_cases())


def test_bulk_lines_have_only_fields_of_the_contract(lines: list[dict[str, Any]]) -> None:
    known = {
        "item": {"type", "item"},
        "report": {"type", "item", "idempotency_key", "reason", "reporter", "comment", "rule"},
        "flag": {"type", "item", "idempotency_key", "detector", "scores"},
        "views": {"type", "source", "external_id", "views", "at"},
    }
    item = {"source", "external_id", "kind", "text", "media", "signals", "author", "language", "country"}
    item |= {"posted_at", "views", "url", "parent", "context", "evidence"}
    medium = {"upload_id", "mime", "duration_s", "transcript", "alt"}
    for line in lines:
        assert line.keys() <= known[line["type"]]
        assert line.get("item", {}).keys() <= item
        for sent in line.get("item", {}).get("media", ()):
            assert sent.keys() <= medium


def test_an_item_comes_before_what_is_said_of_it(lines: list[dict[str, Any]]) -> None:
    known: set[str] = set()
    for line in lines:
        key = line["external_id"] if line["type"] == "views" else line["item"]["external_id"]
        if line["type"] == "item":
            known.add(key)
        assert key in known


def test_readings_of_views_rise_to_the_last_one_now(lines: list[dict[str, Any]]) -> None:
    for case in demo_cases():
        readings = [line for line in lines if line["type"] == "views" and line["external_id"] == case.key]
        posted = NOW - timedelta(hours=case.posted_hours_ago)

        assert [r["views"] for r in readings] == sorted(r["views"] for r in readings)
        assert readings[-1] == {
            "type": "views",
            "source": "demo",
            "external_id": case.key,
            "views": case.views,
            "at": NOW.isoformat(),
        }
        assert all(datetime.fromisoformat(r["at"]) > posted for r in readings)
        assert len({r["at"] for r in readings}) == len(readings)


def test_an_idempotency_key_is_used_once(lines: list[dict[str, Any]]) -> None:
    keys = [line["idempotency_key"] for line in lines if "idempotency_key" in line]

    assert len(keys) == len(set(keys))


def test_missing_upload_ids_are_refused_with_the_case_named() -> None:
    case = next(case for case in demo_cases() if case.media)

    with pytest.raises(BadContent, match=f"{case.key}: 1 media, but 0 upload ids"):
        list(bulk_lines([case], now=NOW, upload_ids={}))


ONE_CASE = """
- key: one
  kind: text
  language: en
  country: IE
  text: "Hello"
  author: {external_id: u-1, handle: one, followers: 1}
  posted_hours_ago: 1
  views: 1
  ends: {outcome: not, rules: [SX-5], actions: [no_action], why: "Nothing."}
  read_by_second: false
"""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("text:", "txet:"), "txet"),
        (("followers: 1", "followers: one"), "followers"),
        (("followers: 1", "followers: 1, mood: good"), "mood"),
        (("language: en", "language: fr"), "language"),
        (("outcome: not", "outcome: maybe"), "outcome"),
        (("  views: 1\n", ""), "views"),
        (('text: "Hello"', "text: 5"), "text"),
        (("kind: text", "media: [{make: film, recipe: {}, alt: x}]\n  kind: video"), "make"),
        (("kind: text", "media: [{make: sound, recipe: {rhythm: jazz}, alt: x}]\n  kind: audio"), "jazz"),
        (
            ("kind: text", "media: [{make: sound, recipe: {rhythm: drum, loud: 1}, alt: x}]\n  kind: audio"),
            "loud",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_case_with_a_mistake_is_refused_with_the_place_named(change: tuple[str, str], words: str) -> None:
    assert len(read_cases(ONE_CASE, "one.yaml")) == 1

    with pytest.raises(BadContent, match=rf"one\.yaml.*{words}"):
        read_cases(ONE_CASE.replace(*change), "one.yaml")


def test_a_case_without_media_makes_no_files() -> None:
    assert list(media_files(read_cases(ONE_CASE, "one.yaml")[0])) == []
