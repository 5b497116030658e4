from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from apps.intake.lines import FlagLine, ItemLine, ReportLine, ViewsLine
from apps.intake.models import Author, Item, ItemContent, Media, Report, Reporter, ViewCount
from apps.intake.operations import receive
from apps.intake.operations import receiving as receiving_module
from apps.intake.operations.drafts import first_growth, next_growth
from apps.ledger.models import Event

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PICTURE = {"url": "https://files.example/a.png", "mime": "image/png"}


def item(name="p1", **more):
    return {"source": "demo", "external_id": name, "kind": "text", "text": "hello", **more}


def send(**more):
    return receive([ItemLine(item=item(**more))], key=None)[0]


def bare(**more):
    """The item named without a word on its content."""
    return receive(
        [ItemLine(item={"source": "demo", "external_id": "p1", "kind": "text", **more})], key=None
    )[0]


def kinds():
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def contents():
    return list(ItemContent.objects.order_by("item", "revision").values_list("revision", "text", "context"))


def test_a_field_left_out_keeps_what_was_said_before(db):
    send(language="km", country="KH", posted_at=NOON, url="https://x.example/1", parent="p0", signals={"minors": True},
         author={"external_id": "a", "handle": "@a", "followers": 5, "public_figure": True})  # fmt: skip
    bare(author={"external_id": "a"})
    found = Item.objects.select_related("author").get()
    assert (found.language, found.country, found.posted_at, found.url, found.parent, found.minors, found.revision) == (
        "km", "KH", NOON, "https://x.example/1", "p0", True, 1,
    )  # fmt: skip
    assert (found.author.handle, found.author.followers, found.author.public_figure) == ("@a", 5, True)
    assert kinds() == ["item.received"]


def test_a_field_said_again_replaces_what_was_said_before(db):
    send(
        language="km",
        signals={"minors": True},
        author={"external_id": "a", "followers": 5, "public_figure": True},
    )
    send(
        language="vi",
        signals={"minors": False},
        author={"external_id": "a", "followers": 9, "public_figure": False},
    )
    found = Item.objects.select_related("author").get()
    assert (found.language, found.minors, found.author.followers, found.author.public_figure) == (
        "vi",
        False,
        9,
        False,
    )


def test_the_same_content_again_is_no_news(db):
    send()
    again = send()
    assert (again.status, again.duplicate) == (200, True)
    assert (kinds(), contents()) == (["item.received"], [(1, "hello", [])])


@pytest.mark.parametrize(
    "change",
    [
        {"text": "edited"},
        {"context": [{"text": "above"}]},
        {"media": [PICTURE]},
        {"kind": "image"},
        {"text": ""},
    ],
)
def test_changed_content_makes_a_new_revision(db, change):
    send()
    answer = send(**change)
    assert (answer.status, answer.duplicate) == (200, False)
    assert (Item.objects.get().revision, ItemContent.objects.count()) == (2, 2)
    assert kinds() == ["item.received", "item.changed"]
    assert Event.objects.get(kind="item.changed").data["revision"] == 2


def test_what_a_revision_leaves_out_is_carried_over(db):
    send(context=[{"text": "above"}], media=[PICTURE])
    bare(text="edited")
    bare(context=[])
    assert contents() == [
        (1, "hello", [{"text": "above"}]),
        (2, "edited", [{"text": "above"}]),
        (3, "edited", []),
    ]
    assert list(Media.objects.order_by("revision").values_list("revision", "url")) == [
        (revision, PICTURE["url"]) for revision in (1, 2, 3)
    ]


def test_media_are_known_by_their_hash_though_their_address_is_signed_anew(db):
    send(media=[{**PICTURE, "sha256": "a" * 64}])
    send(media=[{**PICTURE, "url": "https://files.example/a.png?signature=2", "sha256": "a" * 64}])
    assert Item.objects.get().revision == 1


def test_lines_on_one_item_work_in_their_order(db):
    results = receive(
        [
            ReportLine(item=item(text="one"), reason="x"),
            ItemLine(item=item(text="two")),
            FlagLine(
                item=item(),
                detector={"name": "d", "version": "1"},
                scores=[{"rule": "HT-1", "score": 1, "threshold": 1}],
            ),
            ViewsLine(source="demo", external_id="p1", views=5, at=NOON),
            ReportLine(item=item(text="hello"), reason="y"),
        ],
        key=None,
    )
    assert [result.status for result in results] == [202, 200, 202, 202, 202]
    assert [text for _, text, _ in contents()] == ["one", "two", "hello"]
    assert list(Report.objects.order_by("id").values_list("reason", "item_revision")) == [("x", 1), ("y", 3)]
    assert kinds() == [
        "item.received", "report.received", "item.changed", "item.changed", "flag.received", "views.counted", "report.received",
    ]  # fmt: skip
    found = Item.objects.get()
    assert (found.revision, found.views) == (3, 5)


def test_lines_on_an_item_known_before_work_in_their_order_too(db):
    send()
    receive(
        [
            ItemLine(item=item(text="two")),
            ItemLine(item={**item(), "text": None, "language": "km"}),
            ItemLine(item=item(text="three")),
        ],
        key=None,
    )
    assert contents() == [(1, "hello", []), (2, "two", []), (3, "three", [])]
    assert Item.objects.get().language == "km"


def test_views_before_the_item_are_refused_and_after_it_counted(db):
    early, sent, late = receive(
        [
            ViewsLine(source="demo", external_id="p1", views=1, at=NOON),
            ItemLine(item=item()),
            ViewsLine(source="demo", external_id="p1", views=2, at=NOON),
        ],
        key=None,
    )
    assert (early.status, sent.status, late.status) == (404, 201, 202)
    assert list(ViewCount.objects.values_list("views", flat=True)) == [2]


def test_a_reporter_trusted_today_was_not_trusted_yesterday(db):
    for trusted in (None, True, None, False, None):
        reporter = {"external_id": "ana"} | ({} if trusted is None else {"trusted_flagger": trusted})
        receive([ReportLine(item=item(), reason="x", reporter=reporter)], key=None)
    assert list(Report.objects.order_by("id").values_list("trusted", flat=True)) == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert Reporter.objects.get().trusted_flagger is False


def test_people_are_known_by_their_platform(db):
    for source in ("one", "two"):
        receive(
            [
                ReportLine(
                    item={**item(), "source": source, "author": {"external_id": "a"}},
                    reason="x",
                    reporter={"external_id": "r"},
                )
            ],
            key=None,
        )
    assert (Author.objects.count(), Reporter.objects.count(), Item.objects.count()) == (2, 2, 2)


def test_history_keeps_its_own_time(db):
    receive([ReportLine(item=item(), reason="x")], key=None, at=NOON, demo=True)
    found = Item.objects.get()
    assert (found.received_at, found.demo, Report.objects.get().received_at) == (NOON, True, NOON)
    assert set(Event.objects.values_list("occurred_at", flat=True)) == {NOON}


@pytest.mark.django_db(transaction=True)
def test_each_chunk_is_committed_by_itself(monkeypatch):
    monkeypatch.setattr(receiving_module, "CHUNK", 2)
    lines = [ReportLine(item=item(f"p{n}"), reason="x") for n in range(5)]
    lines[4].item.text = None
    monkeypatch.setattr(
        receiving_module,
        "write",
        lambda batch, write=receiving_module.write: 1 / 0 if len(batch.works) == 1 else write(batch),
    )
    with pytest.raises(ZeroDivisionError):
        receive(lines, key=None)
    assert Report.objects.count() == 4


def test_inside_a_callers_transaction_it_is_all_or_nothing(db):
    def act():
        receive([ReportLine(item=item(f"p{n}"), reason="x") for n in range(600)], key=None)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transaction.atomic(act)()
    assert (Item.objects.count(), Report.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_line_the_database_cannot_store_is_refused_alone(db):
    lines = [ReportLine(item=item(f"p{n}"), reason="x") for n in range(5)]
    lines[3].reason = "x" * 300  # past the checks of the door
    results = receive(lines, key=None)
    assert [result.status for result in results] == [202, 202, 202, 422, 202]
    assert results[3].errors == [{"field": "", "reason": "The database cannot store a value of this line."}]
    assert Report.objects.count() == 4
    assert kinds().count("report.received") == 4


def test_nothing_sent_is_nothing_done(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert receive([], key=None) == []


@pytest.mark.parametrize("count", [1, 50])
def test_every_kind_of_line_at_once_costs_the_same_however_many(db, count, django_assert_num_queries):
    lines = [
        line
        for n in range(count)
        for line in (
            ReportLine(
                item=item(f"p{n}", media=[PICTURE], author={"external_id": f"a{n}"}),
                reason="x",
                reporter={"external_id": f"r{n}"},
                idempotency_key=f"k{n}",
            ),
            FlagLine(
                item=item(f"p{n}"),
                detector={"name": "d", "version": "1"},
                scores=[{"rule": "HT-1", "score": 1, "threshold": 1}],
            ),
            ViewsLine(source="demo", external_id=f"p{n}", views=n, at=NOON),
            ItemLine(item=item(f"p{n}", text="new")),
        )
    ]
    # savepoint, keys, people, new ones 2, items, items again, contents, media, views, reports, flags, events, release
    with django_assert_num_queries(15):
        receive(lines, key=None)


def test_growth_is_spread_over_the_time_since_posting():
    assert first_growth(600, NOON, NOON - timedelta(hours=6)) == 100
    assert first_growth(600, NOON, NOON - timedelta(minutes=1)) == 600
    assert first_growth(None, NOON, NOON) is first_growth(5, NOON, None) is None


def test_growth_remembers_about_an_hour():
    assert next_growth(100, 0, 1) == pytest.approx(36.8, abs=0.1)
    assert next_growth(100, 100, 1) == pytest.approx(100)
    assert next_growth(100, 10, 0.0001) == pytest.approx(110, abs=0.1)
    assert next_growth(100, 24_000, 24) == pytest.approx(1000)
    assert next_growth(100, -50, 1) == next_growth(100, 0, 1)
    assert next_growth(None, 50, 0.5) == 100


def test_growth_is_known_once_the_time_of_posting_is(db):
    receive([ItemLine(item=item(views=120))], key=None, at=NOON)
    assert Item.objects.get().views_per_hour is None
    receive([ItemLine(item=item(posted_at=NOON - timedelta(hours=2)))], key=None, at=NOON)
    assert Item.objects.get().views_per_hour == 60
