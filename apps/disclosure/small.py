"""Hiding small numbers, so that nobody is found in a table. Pure.

A number from 1 to below the smallest is hidden. Where the sum of a table is told as well, one hidden number could be
worked out from it, and several that sum to a small number tell nearly as much: then the next smallest goes with them
(secondary suppression; Hundepool et al. 2012, Statistical Disclosure Control, chapter 4).
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


def hidden(numbers: Mapping[Name, int], smallest: int) -> frozenset[Name]:
    """Which of these numbers, parts of a sum that is told, are not to be told. None below zero is expected.

    What is hidden sums to the smallest at least, and is two numbers at least, unless nothing else is left to hide.
    """
    names = sorted(
        (name for name, n in numbers.items() if n > 0), key=lambda name: (numbers[name], str(name))
    )
    gone = [name for name in names if numbers[name] < smallest]
    if not gone:
        return frozenset()
    for name in names[len(gone) :]:
        if len(gone) > 1 and sum(numbers[one] for one in gone) >= smallest:
            break
        gone.append(name)
    return frozenset(gone)


def tells_all(numbers: Mapping[Name, int], gone: frozenset[Name], smallest: int) -> bool:
    """Whether the sum may be told: not when it is small, nor when it would tell a single hidden number."""
    total = sum(numbers.values())
    if 0 < total < smallest:
        return False
    return not gone or len(gone) > 1
