"""The benchmarks measure what they say: they read the real desk, and say so when they no longer can."""

import json

import pytest

from apps.queues.operations import claiming
from bench.__main__ import PARTS, arguments
from bench.floor import _one_line, _together
from bench.moderators import CLAIM, RULE, TOKEN, Moderator, Run, percentiles
from bench.report import write_readme
from bench.senders import report
from bench.targets import at_least, at_most, none
from bench.week_cost import plain
from tests import make

PERSON = {"id": 1, "name": "someone", "session": "s"}


@pytest.fixture
def desk_page(signed_in):
    make.house()
    make.case(rule_codes=["HR-1"])
    client = signed_in("moderator")
    client.post("/desk/shift/start")
    client.post("/desk/next", headers={"HX-Request": "true"})
    return client


def test_a_moderator_of_the_bench_finds_claim_token_and_rules_on_the_desk(desk_page):
    page = desk_page.get("/desk/").content
    assert CLAIM.search(page)
    assert TOKEN.search(page)
    assert any(action for _, action in RULE.findall(page)), "a rule with what is usually done"


@pytest.mark.parametrize("drawn", [0.1, 0.7, 0.99])
def test_what_she_posts_is_a_decision_whatever_she_draws(desk_page, drawn):
    page = desk_page.get("/desk/").content
    moderator = Moderator({"host": "127.0.0.1", "port": 1}, PERSON, Run())
    moderator.page = page
    moderator.chance.random = lambda: drawn
    claim = CLAIM.search(page)[1].decode()
    fields = {}
    for name, value in moderator._form(claim, "token"):
        fields.setdefault(name, []).append(value)
    answer = desk_page.post(f"/desk/claims/{claim}/decide", fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b'data-state="nothing"' in answer.content, "decided, and there was no other case"


def test_a_report_of_the_bench_is_one_that_intake_takes():
    from apps.intake.bulk import read_line

    line = {"type": "report", **report("run", 13, ["HR-1"])}
    assert read_line(1, json.dumps(line).encode()).errors == []


def test_three_of_ten_reports_are_about_an_item_reported_before():
    items = [report("run", number, ["HR-1"])["item"]["external_id"] for number in range(100)]
    assert len(set(items)) == 70


def test_percentiles_are_of_milliseconds():
    assert percentiles([n / 1000 for n in range(1, 101)])["p95"] == 96.0
    assert percentiles([]) == {}


def test_statements_sent_together_stay_together_and_literals_stay_whole():
    assert _together("SAVEPOINT a; SELECT ';'") == "SAVEPOINT a\\; SELECT ';'"
    assert _one_line("SELECT 1\n FROM x -- why\n") == "SELECT 1  FROM x "


def test_a_target_knows_whether_it_is_met():
    assert at_most("p95", 149.6, 150, " ms") == {
        "name": "p95", "wanted": "≤ 150 ms", "measured": "150 ms", "met": True,
    }  # fmt: skip
    assert not at_most("p95", None, 150)["met"]
    assert not at_least("bulk", 1999, 2000)["met"]
    assert not none("errors", 1)["met"]


def test_the_page_of_results_is_made_of_what_is_there(tmp_path):
    machine = {
        "cores": 2,
        "cpu": "some",
        "memory_gb": 8,
        "system": "Linux",
        "python": "3.11",
        "postgresql": "18",
    }
    about = {"machine": machine, "commit": "abc", "at": "2026-01-05T00:00:00", "load_average_before": 0.1}
    (tmp_path / "claims.json").write_text(json.dumps(about | {"targets": [none("errors", 2)]}))
    (tmp_path / "intake.json").write_text(json.dumps(about | {"trouble": "it broke"}))
    write_readme(tmp_path, PARTS)
    page = (tmp_path / "README.md").read_text()
    assert "| errors | 0 | 2 | ✗ |" in page
    assert "could not be measured: it broke" in page


def test_an_unknown_part_is_refused_by_name(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench", "everything"])
    with pytest.raises(SystemExit):
        arguments()
    assert "there is no part 'everything'" in capsys.readouterr().err


@pytest.mark.parametrize("candidates", [claiming.TOP, claiming.HEADS], ids=["top", "heads"])
def test_the_plain_claim_is_the_products_claim_without_the_limits(candidates):
    whole = claiming.CLAIM.format(candidates=candidates, kept=claiming.KEPT)
    bare = plain(candidates)  # raises when the claim no longer says what is to be left out
    assert "%(avoids)s" in whole
    assert "%(relief)s" in whole
    assert "%(avoids)s" not in bare
    assert "%(relief)s" not in bare
    assert "%(remaining)s" in bare
