"""What the public reads of contests of local law: how many came, what came of them, and nothing that is to be quiet."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import now

from apps.authority.models import Contest, NecessityTest, RequestItem, Sender, Silence, Telling
from apps.authority.models import Request as Asked
from apps.decisions.models import Decision, Enforcement
from apps.guidelines.queries import in_force
from tests import make
from tests.conftest import person
from tests.disclosure.conftest import INSIDE, drafted, published, table

BEFORE = datetime(2025, 6, 1, tzinfo=UTC)


def measure(country: str, *, at=BEFORE) -> NecessityTest:
    """What local law alone withheld in one country, and whose author was told."""
    item = make.item()
    case = make.case(item=item, state="done", closed_at=at)
    fields = {
        "case": case, "item": item, "item_revision": 1, "purpose": "review", "origin": "human",
        "guideline_version_id": in_force().id, "detection_source": "gov", "evidence_sha256": "0" * 64, "demo": True,
        "decided_at": at,
    }  # fmt: skip
    review = Decision.objects.create(**fields, outcome="no_violation", decider=person("moderator2"))
    made = Decision.objects.create(
        **fields, outcome="no_violation", ground="legal_only", actions=["geo_restrict"], decider=person("legal"),
        supersedes=review,
    )  # fmt: skip
    Enforcement.objects.create(
        decision=made, item=item, action="geo_restrict", parameters={"countries": [country]}, due_at=at,
        detection_source="gov",
    )  # fmt: skip
    sender, _ = Sender.objects.get_or_create(name=f"Office of {country}", country=country, kind="ministry")
    asked = Asked.objects.create(
        sender=sender, form="order", channel="letter", scope="a post", countries=[country], received_at=at,
        recorded_by=person("legal"),
    )  # fmt: skip
    row = RequestItem.objects.create(
        request=asked, position=1, address="https://example.org/1", item=item, state="by_law", review=review,
        case=case, closed_at=at,
    )  # fmt: skip
    words = dict.fromkeys(("legality", "aim", "necessity", "proportionality"), "In writing.")
    test = NecessityTest.objects.create(
        item=row, **words, about_officials=False, country=country, proposed_by=person("legal"), state="agreed",
        second_by=person("admin"), second_at=at, decision=made,
    )  # fmt: skip
    Telling.objects.create(item=row, decision=made, due_at=at, told_at=at)
    return test


def contested(n, country, outcome=None, *, at=INSIDE, decided_at=None):
    for _ in range(n):
        test = measure(country)
        made = Contest.objects.create(
            test=test, language="en", lodged_at=at, window_ends_at=at + timedelta(days=90), due_at=at + timedelta(days=14)
        )  # fmt: skip
        if outcome is None:
            continue
        when = decided_at or at + timedelta(days=2)
        if outcome != "upheld":
            NecessityTest.objects.filter(pk=test.pk).update(
                lifted_at=when, lifted_by=person("legal2") if outcome == "lifted" else None
            )
        made.decided_at = when
        made.state = "moot" if outcome == "moot" else "decided"
        if outcome != "moot":
            made.outcome, made.decided_by, made.reasons = outcome, person("legal2"), "Because."
        made.save()


def test_what_came_and_what_was_decided_are_counted_by_country_and_by_measure(house, settings):
    settings.TRANSPARENCY_SMALLEST = 1
    contested(2, "KH", "lifted")
    contested(1, "KH", "upheld")
    contested(1, "VN")
    contested(1, "VN", "moot")
    contested(1, "VN", "upheld", at=BEFORE, decided_at=INSIDE)  # decided in the period, received before it
    contested(1, "TH", "upheld", decided_at=datetime(2025, 10, 1, tzinfo=UTC))  # and the other way round
    contested(1, "LA", "lifted", at=BEFORE)
    edition = drafted()
    names = ("contests", "contests_decided", "contests_lifted", "contests_upheld")
    assert table(edition, "contests_by_country") == {
        "": dict(zip(names, (6, 4, 2, 2), strict=True)),
        "KH": dict(zip(names, (3, 3, 2, 1), strict=True)),
        "VN": dict(zip(names, (2, 1, 0, 1), strict=True)),
        "TH": dict(zip(names, (1, 0, 0, 0), strict=True)),
    }
    whole = table(edition, "contests_by_country")[""]
    assert table(edition, "contests_by_measure") == {"": whole, "geo_restrict": whole}


def test_few_are_hidden_and_neither_outcome_tells_the_other(house, settings):
    settings.TRANSPARENCY_SMALLEST = 3
    contested(4, "KH", "lifted")
    contested(2, "KH", "upheld")
    contested(3, "VN", "lifted")
    contested(3, "VN", "upheld")
    contested(1, "TH")
    found = table(drafted(), "contests_by_country")
    assert found["TH"] is None
    shown = {name: row for name, row in found.items() if row and name}
    for row in shown.values():
        assert {row["contests_lifted"], row["contests_upheld"]} == {None}
    assert (found[""]["contests"], found[""]["contests_upheld"]) == (13, 5)


def test_a_contest_of_a_confidential_request_is_in_no_figure_before_its_date(house, settings, client):
    settings.TRANSPARENCY_SMALLEST = 1
    contested(1, "KH", "lifted")
    until = now() + timedelta(seconds=3)
    Silence.objects.create(
        request=Asked.objects.get(), kind="confidential", basis="a law", until=until, recorded_by=person("legal")
    )  # fmt: skip
    first = published()
    for id in ("contests_by_country", "contests_by_measure"):
        assert list(table(first, id)) == [""]
        assert set(table(first, id)[""].values()) == {0}
    before = client.get(f"/transparency/reports/en/2025-q3/{first.number}/").content
    time.sleep(max(0.0, (until - now()).total_seconds()) + 0.1)  # the database says what time it is
    second = drafted(reason="A request could not be told of before.")
    assert table(second, "contests_by_country")["KH"]["contests"] == 1
    assert client.get(f"/transparency/reports/en/2025-q3/{first.number}/").content == before


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Contests of what local law withheld"), ("km", "ការប្តឹងជំទាស់"), ("vi", "Khiếu nại việc hạn chế")],
)
def test_the_definitions_say_what_a_contest_is_and_how_it_is_counted(house, client, language, words):
    page = client.get(f"/transparency/reports/{language}/definitions/").content.decode()
    assert words in page
    assert page.count("FROM authority_contest contest") == 2
