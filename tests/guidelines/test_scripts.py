import unicodedata
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.guidelines.scripts import clusters, fold, marked_pieces, words_of
from apps.guidelines.search import Index

KHMER = st.text(alphabet=st.characters(min_codepoint=0x1780, max_codepoint=0x17D3), max_size=60)


def test_what_was_found_is_marked_inside_a_run_without_spaces():
    text = "ការជួញដូរ\u200bមនុស្ស និងការកេងប្រវ័ញ្ច"
    marked = "".join(part for part, found in marked_pieces(text, frozenset({"ជួញដូរមនុស្ស"})) if found)
    assert marked == "ជួញដូរ\u200bមនុស្ស"


def test_a_word_with_its_comma_is_marked_whole():
    assert marked_pieces("Grooming, and more", frozenset({"grooming"}))[0] == ("Grooming,", True)


def test_a_cluster_is_never_cut():
    assert clusters("ស្រ្តីខ្មែរ") == ["ស្រ្តី", "ខ្មែ", "រ"]


@given(st.text(max_size=80), st.sets(st.text(min_size=1, max_size=8), max_size=4))
@settings(max_examples=200, deadline=None)
def test_marking_loses_no_letter(text, words):
    assert "".join(part for part, _ in marked_pieces(text, frozenset(words))) == text


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_folding_twice_is_folding_once(text):
    assert words_of(" ".join(words_of(text))) == words_of(text)
    assert "".join(clusters(fold(text))) == fold(text)


@given(KHMER, st.integers(0, 50), st.integers(2, 12))
@settings(max_examples=200, deadline=None)
def test_every_part_of_a_khmer_text_finds_it(text, start, length):
    """Whatever stretch of clusters one asks for, the text that holds it answers; marks alone ask for nothing."""
    runs = words_of(text)
    if not runs:
        return
    parts = clusters(runs[0])
    asked = "".join(parts[start % len(parts) :][:length])
    rule = SimpleNamespace(
        code="AB-1", title="", description=text, policy_title="", violating_examples=(), allowed_examples=()
    )
    found = Index([rule]).search(asked)
    says_something = any(unicodedata.category(char)[0] in "LN" for char in "".join(words_of(asked)))
    assert [hit.rule.code for hit in found] == (["AB-1"] if says_something else [])
