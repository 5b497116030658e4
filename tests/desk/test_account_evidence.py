"""Evidence on an account where it is read: at the desk, on the case page, in what a decision keeps."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.desk.account_evidence import number, told_of_account
from apps.detectors.models import Mode
from apps.intake.models import AccountEvidence, Item
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person
from tests.doors.programs import Program
from tests.intake.test_account_evidence import ACCOUNT, EVIDENCE, flag, sent

FAKE = Verdict("violates", ["AU-2"], ["strike"], explanation="The followers were bought.")


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def account(house):
    """An account that a platform told of, with its case."""
    assert Program("ingest").put(sent()).status_code == 201
    item = Item.objects.get()
    return make.case(queue="fraud", item=item, rule_codes=["AU-2"])


def words(answer):
    text = answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_desk_says_the_numbers_in_words(account, moderator, signed_in):
    start_shift(actor=moderator)
    claim_next(actor=moderator)
    page = signed_in(moderator).get("/desk/")
    said = words(page)
    for sentence in (
        "New followers 420 a day, usually 12 (±6.5) 1 Mar to 14 Mar 2026",
        "One means of payment shared by 36 accounts hash abababababab…",
        "A burst of followers 5,000 within 6 hours, 97% of them from one source",
        "Whom @bank",
        "A representative, whose name is verified",
        "Names 93 of 100 alike",
        "Told by the platform",
    ):
        assert sentence in said, sentence
    html = page.content.decode()
    assert 'style="' not in html[html.index("account-told") :]
    assert EVIDENCE["fingerprints"][0]["sha256"] not in html


def test_the_case_page_says_them_too_but_not_whom_it_is_said_to_impersonate(account, signed_in):
    client = signed_in("supervisor")
    for address in (f"/cases/{account.pk}/", f"/items/{account.item_id}/"):
        said = words(client.get(address))
        assert "420 a day, usually 12 (±6.5)" in said
        assert "Named at the desk" in said
        assert "@bank" not in said
    assert "Evidence on the account came in" in said
    assert "Growth, shared fingerprints, purchase patterns, impersonation" in said


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_evidence_costs_the_desk_no_query_and_the_pages_one_however_much_there_is(
    house, moderator, signed_in
):
    platform = Program("ingest")
    platform.put(ACCOUNT)
    case = make.case(queue="fraud", item=Item.objects.get(), priority=50)
    other = make.case(queue="hate", item=make.item())
    reads = signed_in("supervisor")
    assert queries(reads, f"/cases/{case.pk}/") == queries(reads, f"/cases/{other.pk}/") + 1
    start_shift(actor=moderator)
    assert claim_next(actor=moderator).case_id == case.pk
    desk = signed_in(moderator)
    pages = ("/desk/", f"/cases/{case.pk}/")
    before = [queries(client, page) for client, page in zip((desk, reads), pages, strict=True)]
    platform.put(sent())
    assert [queries(client, page) for client, page in zip((desk, reads), pages, strict=True)] == before


def test_nobody_sees_what_only_a_shadow_told(house, moderator, signed_in):
    Mode.objects.create(detector="graph", shadow=True, reason="On trial.", said_by=person("supervisor"))
    Program("ingest").post("/flags", flag())
    item = Item.objects.get()
    case = make.case(queue="fraud", item=item)
    assert AccountEvidence.objects.count() == 4
    assert "420 a day" not in words(signed_in("supervisor").get(f"/cases/{case.pk}/"))
    start_shift(actor=moderator)
    claim = claim_next(actor=moderator)
    assert "420 a day" not in words(signed_in(moderator).get("/desk/"))
    decide(actor=moderator, claim_id=claim.claim_id, verdict=FAKE)
    assert "account" not in Decision.objects.get().words.evidence


def test_a_decision_keeps_the_evidence_it_was_made_on(account, moderator):
    start_shift(actor=moderator)
    decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=FAKE)
    made = Decision.objects.get()
    kept = made.words.evidence["account"]
    assert {one["part"]: one["facts"] for one in kept} == EVIDENCE
    assert {one["sha256"] for one in kept} == set(AccountEvidence.objects.values_list("sha256", flat=True))
    sealed = made.evidence_sha256
    Program("ingest").put(sent({"fingerprints": [{"kind": "device", "sha256": "cd" * 32, "accounts": 9}]}))
    made = Decision.objects.get()
    assert (len(made.words.evidence["account"]), made.evidence_sha256) == (4, sealed)


def test_a_decision_on_anything_else_keeps_what_it_kept_before(house, moderator):
    make.case(queue="fraud")
    start_shift(actor=moderator)
    decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=FAKE)
    assert set(Decision.objects.get().words.evidence) == {
        "text", "media", "flags", "reports", "views", "item", "author",
    }  # fmt: skip


def test_the_newest_of_a_part_stand_first_and_one_that_talks_much_crowds_out_no_other(account, signed_in):
    platform = Program("ingest")
    for accounts in range(40, 60):
        platform.put(
            {
                **ACCOUNT,
                "evidence": {"fingerprints": [{"kind": "device", "sha256": "cd" * 32, "accounts": accounts}]},
            }
        )
    said = words(signed_in("supervisor").get(f"/cases/{account.pk}/"))
    assert re.findall(r"shared by (\d+) accounts", said) == ["59", "58", "57"]
    assert "420 a day" in said


def test_of_what_was_erased_only_that_it_was_told_stays(account, signed_in):
    AccountEvidence.objects.filter(part="growth").update(facts={}, erased_at=now())
    said = words(signed_in("supervisor").get(f"/cases/{account.pk}/"))
    assert "What was told has been erased." in said
    assert "420" not in said


def test_a_case_that_is_looked_at_again_moves_every_day_it_names():
    rows = [
        {"part": part, "facts": facts, "told_with": "flag", "detector": "graph", "version": "2", "at": now()}
        for part, facts in EVIDENCE.items()
    ]
    growth, _, purchases, _ = told_of_account(rows, later_by=timedelta(days=10, hours=2))
    assert growth["told"][0]["by"] == "graph 2"
    assert growth["told"][0]["rows"][0]["note"] == "11 Mar to 24 Mar 2026"
    assert purchases["told"][0]["rows"][0]["note"].startswith("from 18 Mar 2026")


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (0.04, "0"), (6.5, "6.5"), (6.0, "6"), (12.4, "12"), (5000, "5,000")]
)
def test_numbers_are_said_as_people_say_them(value, said):
    assert number(value) == said


def test_the_starter_guidelines_have_a_rule_for_each_kind_of_case(house):
    from apps.guidelines.queries import in_force

    rules = in_force().rules
    assert (rules["AU-2"].title, rules["AU-3"].title) == (
        "Fake engagement",
        "Impersonation and account takeover",
    )
