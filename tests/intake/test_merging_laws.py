"""However a platform sends the same thing, and in whichever order, it is one thing."""

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.intake.lines import FlagLine, ItemLine, ReportLine
from apps.intake.models import Item, ItemContent, Report, ViewCount
from apps.intake.operations import receive
from apps.ledger.models import Event

pytestmark = [pytest.mark.laws, pytest.mark.django_db]

ITEM = {
    "source": "demo",
    "external_id": "p1",
    "kind": "image",
    "text": "the same",
    "media": [{"url": "https://files.example/a.png", "mime": "image/png"}],
    "context": [{"text": "above"}],
}
LINES = st.sampled_from(
    [
        ItemLine(item=ITEM),
        ItemLine(item={"source": "demo", "external_id": "p1", "kind": "image"}),
        ItemLine(item={**ITEM, "text": None, "language": "km"}),
        ReportLine(item=ITEM, reason="x", reporter={"external_id": "ana"}),
        ReportLine(item={**ITEM, "media": None}, reason="y"),
        FlagLine(
            item={**ITEM, "context": None},
            detector={"name": "d", "version": "1"},
            scores=[{"rule": "HT-1", "score": 1, "threshold": 1}],
        ),
    ]
)
BATCHES = st.lists(st.lists(LINES, min_size=1, max_size=5), min_size=1, max_size=4)


class Undone(Exception):
    pass


def undone(law):
    """Run a law and leave no row behind for the next example."""
    try:
        with transaction.atomic():
            law()
            raise Undone
    except Undone:
        pass


@settings(max_examples=60, deadline=None)
@given(BATCHES)
def test_after_it_was_said_in_full_the_same_content_never_makes_another_revision(batches):
    def law():
        receive([ItemLine(item=ITEM)], key=None)
        for batch in batches:
            receive(batch, key=None)
        assert Item.objects.get().revision == ItemContent.objects.count() == 1
        kinds = list(Event.objects.values_list("kind", flat=True))
        assert (kinds.count("item.received"), kinds.count("item.changed")) == (1, 0)
        sent = [line for batch in batches for line in batch]
        assert Report.objects.count() == sum(isinstance(line, ReportLine) for line in sent)

    undone(law)


def state():
    item = Item.objects.select_related("author").get()
    rows = [
        (content.revision, content.text, content.context)
        for content in ItemContent.objects.order_by("revision")
    ]
    return (
        item.kind, item.language, item.views, item.minors, item.revision, item.content_sha256, item.text_sha256,
        item.author and (item.author.handle, item.author.followers), rows,
        [(report.reason, report.item_revision, report.trusted) for report in Report.objects.order_by("id")],
        list(Event.objects.order_by("id").values_list("kind", flat=True)),
        sorted(ViewCount.objects.values_list("views", flat=True)),
    )  # fmt: skip


CHANGES = st.fixed_dictionaries(
    {"source": st.just("demo"), "external_id": st.just("p1"), "kind": st.sampled_from(["text", "image"])},
    optional={
        "text": st.sampled_from(["", "one", "two"]),
        "language": st.sampled_from(["km", "vi"]),
        "signals": st.fixed_dictionaries({"minors": st.booleans()}),
        "context": st.sampled_from([[], [{"text": "above"}]]),
        "media": st.sampled_from([[], [{"url": "https://files.example/a.png", "mime": "image/png"}]]),
        "author": st.fixed_dictionaries(
            {"external_id": st.just("a")}, optional={"followers": st.integers(0, 3)}
        ),
    },
)
SENT = st.lists(
    st.one_of(
        CHANGES.map(lambda item: ItemLine(item=item)),
        st.builds(
            lambda item, trusted: ReportLine(
                item=item, reason="x", reporter={"external_id": "ana", "trusted_flagger": trusted}
            ),
            CHANGES,
            st.booleans(),
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(SENT, st.data())
def test_a_batch_does_what_its_lines_do_one_by_one(lines, data):
    cut = data.draw(st.integers(0, len(lines)))
    seen = []

    def one_by_one():
        for line in lines:
            receive([line], key=None)
        seen.append(state())

    def in_two_batches():
        for batch in (lines[:cut], lines[cut:]):
            receive(batch, key=None)
        seen.append(state())

    undone(one_by_one)
    undone(in_two_batches)
    assert seen[0] == seen[1]
