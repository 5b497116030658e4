"""Trends: counted once an item, compared with what is usual, told to supervisors, one step to a routing rule."""

import math
import random
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.ledger.models import Event
from apps.ledger.operations import drain, record
from apps.misses.questions import questions
from apps.queues.models import Case, RoutingRule
from apps.queues.operations import claim_next, refresh_cases
from apps.trends.baseline import days_like, rise
from apps.trends.models import Rising, SignDay, SignHour, SpikeAlert
from apps.trends.operations import count, forget_old_signs, see, watch
from apps.trends.queries import rising_in
from apps.trends.signs import host_of, signs_of_files, signs_of_text
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person

SCAM = Verdict("violates", ["AU-4"], ["remove"])


@pytest.fixture
def house(db):
    make.house()


def reported(text, *, by="reporter", item=None, **fields):
    """An item reported through the ledger, as intake does it."""
    item = item or make.item(text=text, **fields)
    report = make.report(item, by=by)
    with transaction.atomic():
        record("report.received", actor=None, item=item, report=report.pk)
    return item


def counts(kind="term", stream="report") -> dict:
    rows = SignHour.objects.filter(kind=kind, stream=stream).exclude(n=0)
    found: dict = {}
    for key, n in rows.values_list("key", "n"):
        found[key] = found.get(key, 0) + n
    return found


def usual(days=28, *, everything=100, language="en", **signs) -> None:
    """What earlier days brought, day by day; hashtags by name."""
    today = int(now().timestamp()) // 86400
    common = {"stream": "report", "language": language}
    SignDay.objects.bulk_create(
        [
            SignDay(day=today - ago, kind=kind, key=key, n=n, **common)
            for ago in range(1, days + 1)
            for kind, key, n in [("all", "", everything), *(("hashtag", key, n) for key, n in signs.items())]
        ]
    )


def spike(text="Win now #goldrush", times=12, **fields) -> list:
    items = [reported(text, **fields) for _ in range(times)]
    drain()
    return items


# Signs


def test_words_are_told_apart_in_each_language():
    khmer = dict.fromkeys(signs_of_text("ការបោកប្រាស់តាមអនឡាញ", "km"))
    assert ("term", "ការបោកប្រាស់") in khmer
    assert ("term", "តាម") in khmer
    vietnamese = signs_of_text("Lừa đảo, đầu tư tiền ảo", "vi")
    assert ("term", "lừa đảo") in vietnamese
    assert ("term", "đảo đầu") not in vietnamese  # a comma stands between them
    assert ("term", "tiền ảo") in vietnamese
    assert signs_of_text("Free\u200bdom FREEDOM", "en") == [("term", "freedom")]


def test_hashtags_and_links_are_signs_and_what_names_people_is_none():
    found = signs_of_text(
        "Ask @mara or mara@example.org, +855 12 345 678 https://www.Bit.ly/x?y #Gold_Rush now", "en"
    )
    assert found == [("link", "bit.ly"), ("hashtag", "gold_rush"), ("term", "ask"), ("term", "now")]
    assert [host_of(one) for one in ("http://[", "www.", "https://a.example.com:80/")] == [
        "",
        "",
        "a.example.com",
    ]


def test_sounds_and_copies_are_known_by_their_hashes():
    files = [("audio/mp3", "a" * 64), ("image/png", "b" * 64), ("image/png", "")]
    assert signs_of_files(files, "c" * 64, 200) == [
        ("sound", "a" * 64), ("cluster", "b" * 64), ("cluster", "c" * 64),
    ]  # fmt: skip
    assert signs_of_files([], "c" * 64, 10) == []


# Counts


def test_an_item_counts_once_however_many_report_it(house):
    item = reported("gold gold")
    for n in range(3):
        reported("", by=f"crowd-{n}", item=item)
    drain()
    assert counts() == {"gold": 1}
    assert counts("all") == {"": 1}
    assert counts("account") == {str(item.author_id): 1}
    assert SignHour.objects.get(kind="term").items == [item.pk]
    reported("", by="late", item=item)
    drain()
    assert counts() == {"gold": 1}


def test_a_violation_counts_when_it_stands_and_is_taken_away_with_its_decision(house):
    moderator = person("moderator")
    start_shift(actor=moderator)
    for text in ("silver", "copper"):
        make.case(item=make.item(text=text))
        claim = claim_next(actor=moderator)
        made = decide(actor=moderator, claim_id=claim.claim_id, verdict=SCAM, look=Look(2))
    undo(actor=moderator, decision_id=made.decision_id)
    with time_machine.travel(now() + timedelta(seconds=11)):
        drain()
    assert counts(stream="violation") == {"silver": 1}
    assert counts(stream="report") == {}


def test_a_batch_costs_the_same_however_large(house, django_assert_max_num_queries):
    for n in range(30):
        reported(f"word{n}x other")
    events = list(Event.objects.filter(kind="report.received"))
    with django_assert_max_num_queries(9):
        count(events)
    assert counts()["other"] == 30


def test_old_counts_are_forgotten(house):
    usual(days=80, goldrush=1)
    hour = int(now().timestamp()) // 3600
    SignHour.objects.bulk_create(
        SignHour(hour=hour - ago, stream="report", kind="all", n=1) for ago in (0, 49, 51, 100)
    )
    assert forget_old_signs() == 2 + 2 * (80 - 63)
    assert SignHour.objects.count() == 2


# What is usual


def test_the_same_weekday_is_usual_once_there_are_weeks_enough():
    assert days_like(100, 0) == [93, 86, 79, 72, 65, 58, 51, 44]
    assert days_like(100, 90) == [99, 98, 97, 96, 95, 94, 93, 92, 91, 90]
    assert days_like(100, 100) == []


def test_a_new_house_raises_nothing():
    assert not rise(50, 50, []).rising


def test_what_chance_brings_seldom_raises_an_alarm_and_the_interval_covers_the_truth():
    """Synthetic counts of known rates: false alarms stay rare, and 95 % intervals cover at about their level."""
    luck = random.Random(7)

    def poisson(mean: float) -> int:
        limit, n, product = math.exp(-mean), 0, luck.random()
        while product > limit:
            n, product = n + 1, product * luck.random()
        return n

    alarms = covered = rounds = 0
    for _ in range(4_000):
        share, factor = luck.choice([0.005, 0.02, 0.05]), luck.choice([1.0, 1.0, 3.0])
        days = [(poisson(share * total), total) for total in (luck.randrange(300, 900) for _ in range(8))]
        everything = luck.randrange(200, 600)
        told = rise(poisson(factor * share * everything), everything, days)
        if factor == 1.0:
            alarms += told.beyond_chance
        if share * everything >= 5:
            rounds += 1
            covered += told.low <= factor <= told.high
    assert alarms <= 8  # of about 2,700
    assert 0.93 <= covered / rounds <= 0.99


def test_days_that_vary_more_than_chance_widen_what_is_usual():
    calm = rise(60, 500, [(20, 500)] * 8)
    wild = rise(60, 500, [(2, 500), (60, 500)] * 4)
    assert calm.beyond_chance
    assert not wild.beyond_chance
    assert wild.upper > 2 * calm.upper


def test_a_busy_day_raises_nothing_by_itself():
    assert not rise(200, 5_000, [(20, 500)] * 8).rising
    assert rise(200, 500, [(20, 500)] * 8).beyond_chance


# Alerts


def test_a_spike_is_told_to_supervisors_once_with_veiled_examples_and_a_rule_one_step_away(house, signed_in):
    usual(everything=100, goldrush=1)
    items = spike()
    refresh_cases([item.pk for item in items])
    heavy = Case.objects.latest("pk")
    Case.objects.filter(pk=heavy.pk).update(exposure=3)
    assert watch() >= 1
    assert watch() == 0
    alert = SpikeAlert.objects.get(kind="hashtag", key="goldrush")
    assert (alert.n, alert.language, len(alert.items)) == (12, "en", 5)
    assert alert.expected < 1 < alert.low < alert.ratio < alert.high
    told = Event.objects.filter(kind="trend.spiked", data__alert=alert.pk).get()
    assert (told.actor_id, told.data["n"]) == (None, 12)
    assert "goldrush" not in str(told.data)
    web = signed_in("supervisor")
    assert "Look at it" in web.get("/live/").content.decode()
    page = web.get("/trends/").content.decode()
    assert "#goldrush" in page
    assert "12 items in six hours, 0.1 expected" in page
    page = web.get(f"/trends/alerts/{alert.pk}/").content.decode()
    assert page.count("<rq-veil veiled") == 4
    assert "Too heavy to be shown outside a shift." in page
    address = re.search(r'href="(/queues/routing/new/\?[^"]+)"', page)[1].replace("&amp;", "&")
    form = web.get(address).content.decode()
    assert 'value="#goldrush"' in form
    assert 'value="Rising: #goldrush"' in form
    assert not RoutingRule.objects.filter(name__startswith="Rising").exists()
    assert web.post(f"/trends/alerts/{alert.pk}/seen/").status_code == 302
    see(actor=person("admin"), alert_id=alert.pk)
    alert.refresh_from_db()
    assert alert.seen_by == person("supervisor")
    assert Event.objects.filter(kind="trend.seen", data__alert=alert.pk).count() == 1
    SpikeAlert.objects.exclude(pk=alert.pk).delete()
    assert "Look at it" not in web.get("/live/notices").content.decode()
    assert questions.rising([items[-1].pk, 0]) == {items[-1].pk: {"kind": "hashtag", "key": "goldrush"}}
    assert rising_in([]) == {}


def test_what_is_usual_or_rare_raises_nothing(house):
    usual(everything=40, goldrush=20)
    spike(times=10)
    spike("Buy #rare today", times=4)
    watch()
    assert not SpikeAlert.objects.filter(kind="hashtag").exists()
    assert not Rising.objects.filter(key__in=["goldrush", "rare"]).exists()


def test_languages_are_compared_each_with_itself(house, signed_in):
    usual(everything=100, language="km")
    usual(everything=100, goldrush=40)
    spike("ប្រាក់ងាយ #goldrush", language="km", times=8)
    spike(times=8)
    watch()
    assert set(Rising.objects.filter(kind="hashtag").values_list("language", flat=True)) == {"km"}
    web = signed_in("supervisor")
    assert "#goldrush" in web.get("/trends/?language=km&kind=hashtag").content.decode()
    page = web.get("/trends/?language=en&kind=hashtag&hours=6").content.decode()
    assert "Nothing here appears more often" in page


def test_an_alert_ends_a_day_after_it_stopped_rising(house):
    usual(goldrush=1)
    spike()
    watch()
    later = now() + timedelta(hours=31)
    watch(at=later)
    assert not SpikeAlert.objects.filter(closed_at=None).exists()
    assert SpikeAlert.objects.filter(closed_at=later, key="goldrush").count() == 1


def test_the_pages_cost_the_same_however_much_rises(house, signed_in, django_assert_max_num_queries):
    web = signed_in("supervisor")
    usual()
    for n in range(8):
        spike(f"word #tag{n}x", times=5)
    watch()
    assert Rising.objects.filter(hours=24).count() > 8
    for at in ("/trends/", f"/trends/alerts/{SpikeAlert.objects.first().pk}/"):
        with django_assert_max_num_queries(9):
            web.get(at)


def test_the_database_keeps_one_open_alert_a_sign_and_none_within_chance(house):
    values = {
        "stream": "report",
        "kind": "term",
        "key": "x",
        "n": 9,
        "expected": 1,
        "ratio": 9,
        "low": 3,
        "high": 20,
    }
    SpikeAlert.objects.create(upper=5, **values)
    for wrong, name in (
        ({"upper": 5}, "spike_alert_one_open_per_sign"),
        ({"upper": 10, "key": "y"}, "spike_alert_is_beyond_chance"),
        ({"upper": 5, "key": "z", "seen_at": now()}, "spike_alert_seen_by_somebody_at_a_time"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            SpikeAlert.objects.create(**{**values, **wrong})
    assert SpikeAlert.objects.count() == 1


# Routing by what an item says


def test_a_case_is_routed_by_what_its_item_says_and_by_who_posted_it(house):
    fraud, goods = (make.Queue.objects.get(slug=slug) for slug in ("fraud", "goods"))
    RoutingRule.objects.update(active=False)
    RoutingRule.objects.create(name="Gold", position=1001, queue=fraud, conditions={"words": ["gold rush"]})
    said, posted, other = (make.item(text=text) for text in ("A GOLD rush!", "gold", "gold"))
    name = f"{posted.author.source}:{posted.author.external_id}"
    RoutingRule.objects.create(name="One", position=1002, queue=goods, conditions={"authors": [name]})
    for item in (said, posted, other):
        make.report(item)
    refresh_cases([said.pk, posted.pk, other.pk])
    queues = dict(Case.objects.values_list("item_id", "queue__slug"))
    assert queues == {said.pk: "fraud", posted.pk: "goods", other.pk: "everything-else"}
