"""A second look and a case with a known answer are told from no other case: by page, answer, numbers or work done."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from apps.accounts.keys import issue
from apps.decisions.models import Decision, Hold
from apps.desk.queries import case_file
from apps.guidelines.models import RuleVersion
from apps.intake.models import Author, Media
from apps.ledger.operations import drain
from apps.quality.models import Adjudication
from apps.quality.operations import add_golden
from apps.queues.models import Case, CaseNote, Claim
from apps.queues.operations import claim_case, release
from apps.wellbeing.exposure import Look
from tests import make
from tests.conftest import person
from tests.quality.conftest import (
    CLEAR,
    OTHER_RULE,
    REMOVE,
    decided,
    given,
    newcomer,
    plan,
    second_look_of,
)


def scene(number: int, *, on_item=None) -> Case:
    """A picture with a text, posted two hours before, reported twice and scored; the same every time but for numbers."""
    at = now()
    author = Author.objects.create(source="test", external_id=f"author-{number}", handle="@golden_gains")
    item = make.item(
        kind="image", text="Invest now and be rich.", author=author, posted_at=at - timedelta(hours=2), views=900,
        external_id=f"scene-{number}",
    )  # fmt: skip
    Media.objects.create(item=item, revision=1, position=0, mime="image/png", state="ready", file="none", alt="A chart",
                         sha256=f"{number:064d}", width=8, height=6)  # fmt: skip
    for by in ("one", "two"):
        make.report(item, by=f"{by}-{number}", rule="AU-4", received_at=at - timedelta(minutes=5))
    item.flags.create(item_revision=1, detector="scams", detector_version="2", over_threshold=True,
                      scores=[{"rule": "AU-4", "score": 0.9, "threshold": 0.5}],
                      received_at=at - timedelta(minutes=4))  # fmt: skip
    case = make.case(item=item, queue="fraud", exposure=0, severity=4, priority=40, rule_codes=["AU-4"])
    Case.objects.filter(pk=case.pk).update(opened_at=at, due_at=at + timedelta(hours=4))
    CaseNote.objects.create(case=case, author=person("supervisor"), text="From the hotline.")
    CaseNote.objects.filter(case=case).update(at=at - timedelta(minutes=1))
    return case


@pytest.fixture
def stage(floor):
    """Three cases of the same content, at one moment: one golden, one second look, and one like any other."""
    plan()
    first = decided("moderator", scene(1))
    decided("moderator2", second_look_of(first), CLEAR)
    decided("senior", Adjudication.objects.get().case, REMOVE)
    kept = add_golden(actor=person("senior"), adjudication_id=Adjudication.objects.get().pk)
    drawn = decided("moderator", scene(2), wait=False)
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        her = newcomer("third", "moderator")
        drain()
        yield her, {"golden": given(kept).case, "second look": second_look_of(drawn), "ordinary": scene(3)}


def plain(page: str, claim: Claim) -> str:
    """A page without what is new with every page: tokens, and the numbers of claim, case and decision."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "token", page)
    page = page.replace(claim.case.item.author.external_id, "author")
    page = re.sub(r"/desk/(claims|decisions)/\d+/", r"/desk/\1/N/", page)
    page = re.sub(r'name="claim" value="\d+"', "claim", page)
    page = page.replace(f'data-case="{claim.case_id}"', "case")
    return page.replace(f'data-key="{claim.holder_id}:{claim.case_id}"', "key")


def difference(one: str, other: str) -> str:
    """Where two pages begin to differ; '' when they are the same to the byte."""
    at = next((i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(one), len(other)) if at is None and one != other else at
    return "" if at is None else f"{one[at - 80 : at + 80]!r} / {other[at - 80 : at + 80]!r}"


def held(her, case: Case) -> Claim:
    return Claim.objects.get(pk=claim_case(actor=her, holder=her, case_id=case.pk).claim_id)


def looked_at(client, her, case: Case) -> tuple[str, list[str], dict[str, str]]:
    """The desk while she holds the case: the page, the statements it took, the headers."""
    claim = held(her, case)
    client.get("/desk/")
    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/desk/")
    release(actor=her, claim_id=claim.pk, look=Look(0))
    work = [re.sub(r"\d+", "N", one["sql"]) for one in asked]
    headers = dict(answer.headers)
    # Whose numbers have a digit more has a longer page: the pages themselves are compared without them.
    assert int(headers.pop("Content-Length")) == len(answer.content)
    return plain(answer.content.decode(), claim), work, headers


def test_neither_is_told_from_an_ordinary_case_by_a_byte_of_the_page_or_a_statement_of_its_making(
    stage, signed_in
):
    her, cases = stage
    client = signed_in(her)
    page, work, headers = looked_at(client, her, cases["ordinary"])
    assert "Invest now and be rich." in page
    assert "From the hotline." in page
    assert "posted 2 hours ago" in page
    assert "Nothing was decided" in page or "Earlier decisions" in page
    assert "/desk/claims/N/media/0/original" in page
    for name in ("golden", "second look"):
        again = looked_at(client, her, cases[name])
        assert difference(again[0], page) == "", name
        assert again[1:] == (work, headers), name


def answered(client, her, case: Case) -> tuple[int, str, list[str]]:
    """What she is answered when she decides the case for good; meanwhile nothing else waits for her."""
    Case.objects.filter(state="waiting").exclude(pk=case.pk).update(state="preparing")
    Case.objects.filter(pk=case.pk).update(state="waiting")
    claim = held(her, case)
    sent = {
        "outcome": "violates",
        "rules": [str(rule.pk) for rule in RuleVersion.objects.filter(code="AU-4")],
        "actions": ["account_terminate"],
    }
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(
            f"/desk/claims/{claim.pk}/decide", sent, headers={"HX-Request": "true", "HX-Target": "desk"}
        )
    made = [one["sql"] for one in asked if "INSERT INTO decisions_decision" in one["sql"]]
    return answer.status_code, plain(answer.content.decode(), claim), [one.split()[0] for one in made]


def test_nor_by_the_answer_to_a_decision_and_only_the_ordinary_one_is_held(stage, signed_in):
    her, cases = stage
    client = signed_in(her)
    said = {name: answered(client, her, case) for name, case in cases.items()}
    assert said["ordinary"][0] == 200
    assert "It waits for a second person." in said["ordinary"][1]
    assert said["golden"] == said["ordinary"]
    assert said["second look"] == said["ordinary"]
    assert [hold.decision.case for hold in Hold.objects.all()] == [cases["ordinary"]]
    assert Case.objects.filter(purpose="approval").count() == 1


def test_undoing_one_works_as_undoing_any(stage, signed_in):
    her, cases = stage
    client = signed_in(her)
    for name, case in cases.items():
        answered(client, her, case)
        made = Decision.objects.filter(case=case, decider=her).latest("id")
        answer = client.post(f"/desk/decisions/{made.pk}/undo", headers={"HX-Request": "true"})
        assert answer.status_code == 200, name
        assert "Invest now and be rich." in answer.content.decode()
        release(actor=her, claim_id=Claim.objects.get(holder=her, ended_at=None).pk, look=Look(0))
    drain()
    assert not Decision.objects.filter(decider=her, superseded_by=None, withdraws=False).exists()


def test_no_machine_hears_of_either(stage):
    _, cases = stage
    key = issue("a platform", ["read"])
    client = Client(headers={"Authorization": f"Bearer {key}"})
    for name in ("golden", "second look"):
        item = cases[name].item
        state = client.get(f"/api/v1/items/test/{item.external_id}").json()
        assert state["open_cases"] == []
        assert [one["purpose"] for one in state["decisions"]] == ["review"]
    log = client.get("/api/v1/decisions").json()["decisions"]
    assert [one["purpose"] for one in log] == ["review", "review"]


def test_a_senior_reads_nowhere_which_they_are_and_nobody_reads_on_while_she_holds_the_item(stage, signed_in):
    _, cases = stage
    senior, supervisor = newcomer("senior2", "senior_moderator"), signed_in("supervisor")
    client = signed_in(senior)
    for name in ("golden", "second look"):
        at = f"/cases/{cases[name].pk}/"
        for page in (client.get(at), client.get("/cases/"), client.get(f"/items/{cases[name].item_id}/")):
            assert page.status_code == 200
            words = page.content.decode().casefold()
            assert "golden<" not in words
            assert "second look" not in words
        assert name in supervisor.get(at).content.decode().casefold()
        assert client.get("/cases/", {"purpose": cases[name].purpose}).status_code == 422
    for case in cases.values():
        claim = held(senior, case)
        for at in (f"/cases/{case.pk}/", f"/items/{case.item_id}/"):
            refused = client.get(at)
            assert refused.status_code == 403
            assert "You hold a case of this item." in refused.content.decode()
        release(actor=senior, claim_id=claim.pk, look=Look(0))


def test_what_was_suspected_only_after_the_first_decision_is_not_shown(floor):
    """The rules a decision cites are added to its case; they would tell what was decided."""
    plan()
    first = decided("moderator", scene(1), OTHER_RULE)
    look = second_look_of(first)
    assert Case.objects.get(pk=first.case_id).rule_codes == ["AU-1", "AU-4"]
    assert look.rule_codes == ["AU-4"]
    make.report(first.item, by="late", rule="AU-2")
    shown = case_file(first.item_id, look.pk)
    assert (shown["reports_total"], shown["earlier"], shown["purpose"]) == (2, [], "review")
    assert case_file(first.item_id)["reports_total"] == 3
