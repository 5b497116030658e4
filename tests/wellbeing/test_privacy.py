"""What a person's work cost her, when she rested and why she passed a case on: on no page of anybody else.

Every address of the house is opened by everybody else, as it is after a day of hers, and searched for the
numbers and words that only she may read. A new page is searched the day it is added.
"""

import json
import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.intake.models import Media
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Case, Claim
from apps.queues.operations import claim_next, skip
from apps.wellbeing.exposure import Look
from apps.wellbeing.models import ExposureEntry, PersonLimit, Shift
from apps.wellbeing.operations import end_break, start_break, start_shift, tighten
from tests import make

REASON = "too close to something of mine"
SECONDS = 4321.5
UNITS, SPENT, OWN_BUDGET = 771_234, 8_642_001, 13_337  # centiunits
SECRETS = {
    "why she passed a case on": [REASON],
    "how long she looked": ["4321.5", "4,321.5", "4321"],
    "what one look cost": ["771234", "771,234", "7712.34", "7,712.34", "7712.3", "7,712.3"],
    "what her shift cost": ["8642001", "8,642,001", "86420.01", "86,420.01", "86420.0", "86,420.0"],
    "the limit she set herself": ["13337", "13,337", "133.37", "133.4"],
}
OTHERS = ("supervisor", "admin", "senior", "moderator2", "policy", "wellbeing", "legal")


@pytest.fixture
def day(db, moderator):
    """She started, set a limit, skipped, decided, rested; the account of it holds unmistakable numbers."""
    make.house()
    tighten(actor=moderator, max_exposure=2, budget=OWN_BUDGET, opted_in_to_extreme=False)
    shift = start_shift(actor=moderator)
    item = make.item(kind="image")
    Media.objects.create(item=item, revision=1, position=0, mime="image/png", state="ready", file="x")
    for_skipping = make.case(item=item, exposure=2, priority=9)
    skip(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, reason=REASON, look=Look(9))
    decided = make.case(exposure=2)
    violates = Verdict(outcome="violates", rules=["HT-1"], actions=["remove"])
    decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=violates, look=Look(9))
    start_break(actor=moderator)
    end_break(actor=moderator)
    drain()
    Claim.objects.update(seconds_revealed=SECONDS, reserved=UNITS, used_before=UNITS, budget=10**7)
    ExposureEntry.objects.create(
        user=moderator, shift=shift, claim_id=10**6, exposure=2, modality=100, seconds_revealed=SECONDS,
        reported=True, units=UNITS,
    )  # fmt: skip
    Shift.objects.filter(pk=shift.pk).update(spent=SPENT)
    return {"skipped": for_skipping, "decided": decided}


def routes(of: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for entry in of:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        else:
            yield route


def addresses(day, person) -> list[str]:
    """Every address of the house, with numbers that lead to her and her cases; admin pages of every object."""
    cases = [day["skipped"], day["decided"]]
    numbers = {
        "case_id": [case.pk for case in cases],
        "item_id": [case.item_id for case in cases],
        "person_id": [person.pk],
        "claim_id": list(Claim.objects.values_list("pk", flat=True)),
        "media_id": list(Media.objects.values_list("pk", flat=True)),
        "rule_id": [1],
    }
    words = {"number": "1.1.0", "code": "HT-1", "slug": "hate", "name": "queues", "variant": "original"}
    found = []
    for route in routes(get_resolver().url_patterns):
        if route.startswith(("admin/", "api/v1/")) or "(?P" in route or "^" in route:
            continue
        name = next(iter(re.findall(r"<int:(\w+)>", route)), "")
        for number in numbers.get(name, [1]):
            address = re.sub(r"<int:\w+>", str(number), route)
            found.append("/" + re.sub(r"<\w+:(\w+)>", lambda m: words.get(m[1], "x"), address))
    found += [f"/people/{person.pk}/?before={Event.objects.last().pk + 1}", "/cases/?state=done"]
    for model in admin.site._registry:
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        found.append(place)
        found += [
            f"{place}{pk}/{page}/"
            for pk in model._default_manager.values_list("pk", flat=True)[:3]
            for page in ("change", "history")
        ]
    return found  # fmt: skip


@pytest.mark.parametrize("who", OTHERS)
def test_no_page_of_anybody_else_says_what_her_work_cost_her(day, signed_in, moderator, who):
    client = signed_in(who)
    told, opened = [], 0
    for address in addresses(day, moderator):
        if address.startswith("/admin/") and who != "admin":
            continue  # tests/doors/test_access_matrix.py: they open for admins alone
        answer = client.get(address)
        opened += answer.status_code == 200
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = body.decode(errors="replace")
        told += [
            f"{address}: {what}"
            for what, words in SECRETS.items()
            if any(re.search(rf"(?<![\d.,]){re.escape(word)}(?!\d)", text) for word in words)
        ]
    assert told == []
    assert opened >= (25 if who in ("supervisor", "admin") else 5)


def test_she_herself_reads_it_so_the_search_can_find_it(day, signed_in, moderator):
    text = signed_in("moderator").get("/wellbeing/").content.decode()
    text += signed_in("moderator").get(f"/people/{moderator.pk}/").content.decode()
    export = signed_in("moderator").get("/wellbeing/mine.csv")
    text += b"".join(export.streaming_content).decode() if export.streaming else export.content.decode()
    for what, words in SECRETS.items():
        assert any(word in text for word in words), what


@pytest.mark.parametrize("table", [ExposureEntry, PersonLimit, Shift])
def test_her_account_is_no_admin_page(table):
    assert table not in admin.site._registry


def test_what_is_private_is_on_no_shared_timeline(day, signed_in, moderator):
    private = set(Event.objects.filter(private=True).values_list("kind", flat=True))
    assert {
        "shift.started",
        "break.started",
        "break.ended",
        "case.skipped_because",
        "limits.changed_own",
    } <= private
    assert not Event.objects.filter(private=False, kind__in=private).exists()


def test_a_shared_event_says_nothing_of_cost_or_reason(day):
    for event in Event.objects.filter(private=False):
        text = json.dumps(event.data)
        assert REASON not in text
        assert not {"units", "seconds", "seconds_revealed", "spent", "reason", "exposure"} & set(
            event.data
        ), event.kind


def test_a_skipped_and_a_returned_case_look_the_same_to_others(day, signed_in, moderator):
    """Skipping, signing out, resting and running out of time end in the same words."""
    for ending in Claim.Ending.values:
        if ending in ("decided", "escalated"):
            continue
        Claim.objects.filter(case=day["skipped"]).update(ending=ending)
        text = signed_in("supervisor").get(f"/cases/{day['skipped'].pk}/").content.decode()
        assert "<td>Went back to the queue</td>" in text
    assert Case.objects.get(pk=day["skipped"].pk).state == "waiting"
