"""The index finds what a comparison with everything finds, and nothing else."""

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.matching.index import Index, distances

DICE = numpy.random.default_rng(11)


def drawn(count: int):
    return DICE.integers(0, 2**64, size=(count, 4), dtype=numpy.uint64)


def turned(word, bits: int):
    """The hash with so many of its bits, drawn at random, turned over."""
    flat = numpy.unpackbits(word.view(numpy.uint8))
    flat[DICE.choice(256, bits, replace=False)] ^= 1
    return numpy.packbits(flat).view(numpy.uint64)


@pytest.fixture(scope="module")
def many():
    """Sorted hashes, and some that came in since."""
    index, words = Index(), drawn(60_000)
    index.add(range(50_000), words[:50_000])
    index.add(range(50_000, 60_000), words[50_000:])
    index.add(range(60_000, 60_005), fresh := drawn(5))
    return index, numpy.concatenate([words, fresh])


@pytest.mark.parametrize("bits", range(32))
def test_every_hash_within_the_distance_is_found_and_none_beyond(many, bits):
    index, words = many
    for id in (int(DICE.integers(50_000)), int(DICE.integers(50_000, 60_000)), 60_004):
        asked = turned(words[id], bits)
        assert index.near(asked, bits) == [(id, bits)]
        assert not bits or index.near(asked, bits - 1) == []


@pytest.mark.parametrize("bits", range(32))
def test_bits_spread_over_the_bands_as_evenly_as_can_be_hide_nothing(many, bits):
    index, words = many
    flat = numpy.unpackbits(words[123].view(numpy.uint8))
    for bit in range(bits):  # one in each band of sixteen, then a second one in each
        flat[bit % 16 * 16 + bit // 16] ^= 1
    assert index.near(numpy.packbits(flat).view(numpy.uint64), bits) == [(123, bits)]


def test_it_finds_what_comparing_with_everything_finds_where_many_are_alike():
    words = drawn(3)[DICE.integers(0, 3, 20_000)]  # three hashes, thousands of times: no bucket is small
    words = words ^ (drawn(20_000) & drawn(20_000) & drawn(20_000) & drawn(20_000))
    index = Index()
    index.add(range(20_000), words)
    for asked in words[:20]:
        bits = distances(words, asked)
        close = numpy.flatnonzero(bits <= 31)
        assert sorted(index.near(asked)) == sorted(zip(close.tolist(), bits[close].tolist(), strict=True))


def test_what_is_forgotten_is_in_no_part_of_the_memory(many):
    index, words = Index(), many[1][:9_000]
    index.add(range(8_500), words[:8_500])
    index.add(range(8_500, 9_000), words[8_500:])
    index.forget([17, 8_700])
    assert index.near(words[17]) == index.near(words[8_700]) == []
    assert index.near(words[18]) == [(18, 0)]
    assert index.near(words[8_701]) == [(8_701, 0)]
    assert len(index) == 8_998
    held = {row.tobytes() for row in numpy.concatenate([index._words, index._tail])}
    assert not {words[17].tobytes(), words[8_700].tobytes()} & held


def test_a_film_is_found_by_any_of_its_frames():
    index, words = Index(), drawn(9)
    index.add([7] * 9, words)
    assert {id for word in words for id, _ in index.near(word)} == {7}


@given(
    st.lists(st.binary(min_size=32, max_size=32), max_size=40),
    st.binary(min_size=32, max_size=32),
    st.integers(0, 31),
)
@settings(max_examples=60)
def test_for_any_hashes_at_all_it_agrees_with_counting_bits(hashes, asked, distance):
    index = Index()
    words = numpy.frombuffer(b"".join(hashes), dtype=numpy.uint64).reshape(-1, 4)
    index.add(range(len(hashes)), words)
    expected = [
        (id, bits)
        for id, one in enumerate(hashes)
        if (bits := (int.from_bytes(one) ^ int.from_bytes(asked)).bit_count()) <= distance
    ]
    assert sorted(index.near(numpy.frombuffer(asked, dtype=numpy.uint64), distance)) == expected


def test_a_distance_beyond_what_it_answers_exactly_is_refused():
    with pytest.raises(ValueError, match="within 0 and 31"):
        Index().near(drawn(1)[0], 32)
