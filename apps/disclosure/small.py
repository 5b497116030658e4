"""Hiding small numbers, so that nobody is found in a table. Pure.

A number from 1 to below the smallest is hidden. Where the sum of a table is told as well, one hidden number could be
worked out from it, and several that sum to a small number tell nearly as much: then the next smallest goes with them
(secondary suppression; Hundepool et al. 2012, Statistical Disclosure Control, chapter 4).
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


def hidden(
    numbers: Mapping[Name, int], smallest: int, before: frozenset[Name] = frozenset()
) -> frozenset[Name]:
    """Which of these numbers, parts of a sum that is told, are not to be told. None below zero is expected.

    What is hidden sums to the smallest at least, and is two numbers at least, unless nothing else is left to hide;
    or it sums to nothing. Those of `before` are hidden in any case, for another reason.
    """
    names = sorted(
        (name for name, n in numbers.items() if n > 0), key=lambda name: (numbers[name], str(name))
    )
    gone = {*before, *(name for name in names if numbers[name] < smallest)}
    total = sum(numbers[name] for name in gone)
    for name in names:
        if not total or (len(gone) > 1 and total >= smallest):
            break
        if name not in gone:
            gone.add(name)
            total += numbers[name]
    return frozenset(gone)


def tells_all(numbers: Mapping[Name, int], gone: frozenset[Name], smallest: int) -> bool:
    """Whether the sum may be told: not when it is small, nor when it would tell a single hidden number."""
    total = sum(numbers.values())
    if 0 < total < smallest:
        return False
    return len(gone) != 1 or not sum(numbers[name] for name in gone)


def coarser(counts: Sequence[int], smallest: int) -> list[tuple[int, int, int]]:
    """Numbers of classes that follow each other, put together until none is small: (first class, last, number).

    All of them together, small or not, where nothing else is left.
    """
    found: list[tuple[int, int, int]] = []
    first, n = 0, 0
    for place, count in enumerate(counts):
        n += count
        if n == 0 or n >= smallest:
            found.append((first, place, n))
            first, n = place + 1, 0
    if n:
        while found and n < smallest:
            first, _, more = found.pop()
            n += more
        found.append((first, len(counts) - 1, n))
    return found
