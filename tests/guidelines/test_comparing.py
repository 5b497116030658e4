"""What differs between two texts, to the word, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.guidelines.comparing import CAME, GONE, SAME, words

TEXTS = st.text(alphabet=st.sampled_from("ab .\nកម្ពុា្ជé"), max_size=40)


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in words(before, after)]


@given(TEXTS, TEXTS)
def test_what_stayed_and_went_is_the_old_text_and_what_stayed_and_came_the_new(before, after):
    pieces = words(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != CAME) == before
    assert "".join(piece.text for piece in pieces if piece.kind != GONE) == after
    assert all(piece.text for piece in pieces)
    if before == after:
        assert [piece.kind for piece in pieces] in ([], [SAME])


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("One rule.", "One rule.", [(SAME, "One rule.")]),
        ("A rule", "No rule", [(GONE, "A"), (CAME, "No"), (SAME, " rule")]),
        ("of old men", "of wise women", [(SAME, "of "), (GONE, "old men"), (CAME, "wise women")]),
        ("says what", "says truly what", [(SAME, "says "), (CAME, "truly "), (SAME, "what")]),
        ("ការគំរាម", "ការគំហែង", [(SAME, "ការគំ"), (GONE, "រាម"), (CAME, "ហែង")]),
    ],
)
def test_changes_read_as_a_person_would_mark_them(before, after, pieces):
    assert told(before, after) == pieces
