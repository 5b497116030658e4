"""A quarter as it happens, through the doors of every day: the report says what the ledger says, and nothing quiet."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import localdate, now

from apps.authority.models import Silence
from apps.decisions.models import Enforcement
from apps.decisions.operations import decide, record_effect, undo
from apps.decisions.verdict import Verdict
from apps.disclosure.cells import from_rows, from_sums
from apps.disclosure.operations import draft, publish
from apps.disclosure.periods import parse
from apps.intake.models import Item
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Claim
from apps.queues.operations import claim_next, refresh_cases
from apps.wellbeing.operations import start_shift
from tests import make
from tests.authority.conftest import asking, letters, withheld
from tests.authority.conftest import record_request as ask
from tests.conftest import person
from tests.disclosure.conftest import table
from tests.later import later

REMOVE = Verdict("violates", ["AU-4"], ["remove"])
BOTH = Verdict("violates", ["AU-4", "HT-1"], ["remove"])
FINE = Verdict("no_violation")


@pytest.fixture
def floor(db, settings):
    """Somebody on shift, a few minutes ago: by the database's clock nothing that happens then can be undone any more."""
    settings.TRANSPARENCY_SMALLEST = 1
    with time_machine.travel(now() - timedelta(minutes=5), tick=True):
        make.house()
        letters()
        moderator = person("moderator")
        moderator.languages = ["en", "km", "vi"]
        moderator.save()
        start_shift(actor=moderator)
        yield moderator


def this_quarter():
    today = localdate()
    return f"{today.year}-q{(today.month - 1) // 3 + 1}"


def counted():
    """This quarter's draft, made the day after it is over."""
    kind, begins, ends = parse(this_quarter())
    with time_machine.travel(now() + timedelta(days=100)):
        assert from_sums(begins, ends) == from_rows(begins, ends)
        return draft(actor=person("policy2"), kind=kind, begins=begins, ends=ends)


def told(moderator, verdict, *, views=0, undone=False, confirmed=True, language="en", fresh=True, **item):
    """One post: reported or flagged, decided, carried out by the platform; its item."""
    of = item.pop("of", None) or make.item(language=language, **item)
    make.report(of, by=f"reader-{of.pk}", rule="AU-4", trusted=not fresh)
    refresh_cases([of.pk])
    made = decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=verdict)
    if undone:
        undo(actor=moderator, decision_id=made.decision_id)
        again = Claim.objects.get(holder=moderator, ended_at=None)
        decide(actor=moderator, claim_id=again.pk, verdict=FINE)
    later()
    ordered = Enforcement.objects.filter(decision=made.decision_id, reverses=None).first()
    if ordered and confirmed and not undone:
        record_effect(enforcement_id=ordered.pk, at=now(), views=views)
    later()
    return of


def from_the_ledger():
    """Removals as only the events tell of them: {item: (rules, language, views, back)}."""
    events = list(Event.objects.order_by("id"))
    made = {one.data["decision"]: one for one in events if one.kind == "decision.made"}
    undone = {one.data["withdrawn"] for one in events if one.kind == "decision.withdrawn"}
    back = {one.data["reverses"] for one in events if one.kind == "enforcement.reversed"}
    found = {}
    for one in sorted(
        (one for one in events if one.kind == "enforcement.effective" and one.data["action"] == "remove"),
        key=lambda one: one.data["at"],
    ):
        said = made[one.data["decision"]]
        if said.data["decision"] in undone or one.item_id in found:
            continue
        found[one.item_id] = (
            said.data["rules"], said.data["language"], one.data["views"], one.data["enforcement"] in back,
        )  # fmt: skip
    return found


def test_figures_recomputed_from_the_ledger_alone_equal_the_report(floor):
    told(floor, REMOVE, views=0)
    told(floor, REMOVE, views=7, language="km")
    told(floor, BOTH, views=1200, language="vi")
    told(floor, REMOVE, views=None)
    told(floor, REMOVE, confirmed=False)
    told(floor, FINE)
    told(floor, REMOVE, undone=True)
    wrong = told(floor, REMOVE, views=0)
    told(floor, FINE, of=wrong, fresh=False)
    edition = counted()

    removed = from_the_ledger()
    assert len(removed) == 5
    known = [views for *_, views, _ in removed.values() if views is not None]
    net = [views for *_, views, back in removed.values() if views is not None and not back]
    whole = table(edition, "removals_by_rule")[""]
    assert whole["removals"] == len(removed)
    assert whole["zero_view_rate"] == round(known.count(0) / len(known), 4) == 0.5
    assert whole["zero_view_rate_net"] == round(net.count(0) / len(net), 4) == 0.3333
    assert whole["views_coverage"] == round(len(known) / len(removed), 4) == 0.8
    assert whole["mean_views"] == round(sum(known) / len(known), 1)
    assert whole["reinstated"] == sum(back for *_, back in removed.values()) == 1
    for division, of in (("rule", lambda one: one[0]), ("language", lambda one: [one[1]])):
        keys = {key for one in removed.values() for key in of(one)}
        said = table(edition, f"removals_by_{division}")
        assert set(said) == {"", *keys}
        for key in keys:
            mine = [one for one in removed.values() if key in of(one)]
            assert said[key]["removals"] == len(mine), key
            assert said[key]["reinstated"] == sum(back for *_, back in mine), key
    seen = table(edition, "views_before")
    assert {key: row["n"] for key, row in seen.items()} == {
        "": 4, "0": 2, "1-9": 1, "10-99": 0, "100-999": 0, "1000-9999": 1, "10000-": 0,
    }  # fmt: skip
    assert (
        table(edition, "decisions")[""]["n"]
        == len({one.data["decision"] for one in Event.objects.filter(kind="decision.made")})
        - Event.objects.filter(kind="decision.withdrawn").count()
    )


def withheld_by_law(floor, **fields):
    """A post that breaks no rule, withheld in one country because its law asks for it, as the platform carried out."""
    legal, admin = person("legal"), person("admin")
    request = ask(actor=legal, asking=asking(make.item(), **fields))
    drain()
    row = withheld(request.items.get(), floor, legal, admin)
    ordered = Enforcement.objects.get(item=row.item_id, action="geo_restrict")
    record_effect(enforcement_id=ordered.pk, at=now(), views=3)
    later()
    return request


def everything_public(slug):
    """All that anybody can read of a period: its pages in three languages, and its files."""
    client = Client()
    texts = [client.get(f"/transparency/reports/{language}/{slug}/").text for language in ("en", "km", "vi")]
    said = json.loads(client.get(f"/transparency/files/{slug}/1/figures.json").content)
    texts.append(json.dumps([said["figures"]["tables"], said["figures"]["restrictions"]]))
    texts.append(client.get(f"/transparency/files/{slug}/1/figures.csv").text)
    with zipfile.ZipFile(io.BytesIO(client.get(f"/transparency/files/{slug}/1/eu.zip").content)) as archive:
        texts += [archive.read(name).decode() for name in archive.namelist()]
    return texts


LEAKS = (
    "geo_restrict",
    "Withhold in named countries only",
    "CONTENT_DISABLED",
    "legal_only",
    "KH",
    "LG-1",
    "Whispers",
)


def test_what_law_took_in_a_confidential_request_is_in_no_figure_page_or_file(floor):
    told(floor, REMOVE, views=0)
    withheld_by_law(floor, confidential_until=now() + timedelta(days=300), silence_basis="A secret law")
    made = counted()
    assert (list(table(made, "actions")), made.figures["restrictions"][0]["restriction"]) == (
        ["", "remove"], "DECISION_VISIBILITY_CONTENT_REMOVED",
    )  # fmt: skip
    assert len(made.figures["restrictions"]) == 1
    with time_machine.travel(now() + timedelta(days=100)):
        publish(actor=person("legal"), edition_id=made.pk, seen=made.sha256)
        texts = everything_public(made.period.slug)
    assert len(texts) == 15
    assert [word for word in LEAKS for text in texts if word in text] == []


def test_what_law_took_in_a_request_that_is_quiet_no_longer_is_told(floor):
    told(floor, REMOVE, views=0)
    withheld_by_law(floor)
    edition = counted()
    assert table(edition, "actions") == {"": {"n": 2}, "remove": {"n": 1}, "geo_restrict": {"n": 1}}
    assert table(edition, "authorities")["KH"]["by_law"] == 1
    assert Silence.objects.exists() is False
    assert Item.objects.count() == 2
