"""What a table tells is what it may tell: whoever subtracts, multiplies and compares finds no small number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.disclosure.cells import Actions, Cells
from apps.disclosure.figures import _actions, _restrictions
from apps.disclosure.reading import label
from apps.disclosure.small import coarser
from apps.disclosure.tables import Counted, share, table

pytestmark = pytest.mark.laws
COLUMNS = ("removals", "reinstated", "rate")
# Each part: so many removed, so many of them put back.
parts = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=2),
    st.integers(0, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    max_size=7,
)


def told(numbers, smallest):
    whole = tuple(sum(pair[place] for pair in numbers.values()) for place in (0, 1))
    every = {**numbers, "": whole}
    made = table(
        "t",
        "language",
        COLUMNS,
        {name: [n, back, share(back, n, smallest)] for name, (n, back) in every.items()},
        smallest=smallest,
        counted=[Counted(("reinstated", "rate"), {name: back for name, (_, back) in every.items()})],
    )
    return {row["key"]: dict(zip(COLUMNS, row["values"], strict=True)) for row in made["rows"]}


@given(parts, st.integers(1, 10))
def test_no_small_number_is_told_nor_a_share_that_would_tell_it(numbers, smallest):
    for row in told(numbers, smallest).values():
        for column in ("removals", "reinstated"):
            assert row[column] is None or row[column] == 0 or row[column] >= smallest
        if row["reinstated"] is None:
            assert row["rate"] is None


@given(parts, st.integers(1, 10))
def test_none_is_left_over_when_all_that_is_told_is_taken_from_the_whole(numbers, smallest):
    rows = told(numbers, smallest)
    for column in ("removals", "reinstated"):
        whole = rows[""][column]
        hidden = [name for name, row in rows.items() if name and row[column] is None]
        if whole is None or not hidden:
            continue
        left = whole - sum(row[column] for name, row in rows.items() if name and row[column] is not None)
        assert left == 0 or (left >= smallest and len(hidden) > 1)


@given(parts, st.integers(1, 10))
def test_what_is_not_small_beside_nothing_small_is_told(numbers, smallest):
    large = {name: (n + smallest, n + smallest) for name, (n, _) in numbers.items()}
    assert all(None not in row.values() for row in told(large, smallest).values() if row["removals"])


def test_by_example():
    rows = told({"en": (100, 40), "km": (50, 2), "vi": (30, 9)}, 5)
    assert rows["km"] == {"removals": 50, "reinstated": None, "rate": None}, "0.04 of 50 would be two"
    assert rows["vi"] == {"removals": 30, "reinstated": None, "rate": None}, "51 - 40 - 9 would be two"
    assert rows["en"] == {"removals": 100, "reinstated": 40, "rate": 0.4}
    assert rows[""]["reinstated"] == 51


def test_rules_that_overlap_little_are_hidden_as_if_they_did_not():
    made = table("t", "rule", ("n",), {"": [99], "A-1": [90], "A-2": [7], "A-3": [3]}, smallest=5)
    assert {row["key"]: row["values"][0] for row in made["rows"]} == {
        "": 99, "A-1": 90, "A-2": None, "A-3": None,
    }  # fmt: skip


@given(st.lists(st.integers(0, 30), max_size=7), st.integers(1, 10))
def test_classes_put_together_cover_all_in_order_and_none_is_small(counts, smallest):
    found = coarser(counts, smallest)
    assert [place for first, last, _ in found for place in range(first, last + 1)] == list(range(len(counts)))
    assert all(n == sum(counts[first : last + 1]) for first, last, n in found)
    small = [n for *_, n in found if 0 < n < smallest]
    assert small == [] or (len(found) == 1 and small == [sum(counts)])


def test_classes_by_example():
    assert coarser([50, 3, 0, 8, 2], 5) == [(0, 0, 50), (1, 4, 13)]
    assert coarser([2, 0, 60], 5) == [(0, 2, 62)]
    assert coarser([2, 1], 5) == [(0, 1, 3)]
    assert coarser([50, 9, 0, 8], 5) == [(0, 0, 50), (1, 1, 9), (2, 2, 0), (3, 3, 8)]


@pytest.mark.parametrize(
    ("key", "language", "text"),
    [("0", "en", "0"), ("1-9", "en", "1–9"), ("1000-9999", "vi", "1.000–9.999"), ("10000-", "km", "10,000+")],
)
def test_how_many_had_seen_it_is_read_as_numbers_are(key, language, text):
    assert label("views", key, language, {}) == text


restrictions = st.lists(
    st.builds(
        Actions,
        action=st.sampled_from(["remove", "label", "age_restrict", "strike"]),
        rule=st.sampled_from(["AU-4", "HT-1", ""]),
        ground=st.sampled_from(["guideline", "legal_only"]),
        source=st.sampled_from(["user_report", "auto_flag"]),
        decided_by=st.sampled_from(["human", "auto"]),
        n=st.integers(1, 20),
    ),
    max_size=12,
    unique_by=lambda one: (one.action, one.rule, one.ground, one.source, one.decided_by),
)


def test_the_sheets_of_restrictions_beside_the_table_of_actions_tell_no_small_number(house):
    kinds = {"remove": "REMOVED", "label": "LABELLED", "age_restrict": "AGE_RESTRICTED"}

    @given(restrictions, st.integers(1, 10))
    def law(cells, smallest):
        actions = _actions(Cells(actions=cells), smallest)
        sheet = _restrictions(Cells(actions=cells), actions, smallest)
        assert all(row["n"] is None or row["n"] >= smallest for row in sheet)
        for row in actions["rows"]:
            if row["key"] not in kinds:
                continue
            of_it = [one["n"] for one in sheet if one["restriction"].endswith("_" + kinds[row["key"]])]
            if row["hidden"]:
                assert set(of_it) == {None}
            elif None in of_it:
                assert row["values"][0] - sum(n for n in of_it if n is not None) >= smallest
                assert of_it.count(None) > 1

    law()
