"""The short check of a rule: two to five of its own examples, and whether each breaks it."""

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

from apps.guidelines.queries import Rule
from apps.guidelines.reading import Text

FEWEST, MOST = 2, 5


def wording_of(rule: Rule) -> str:
    """A name of the rule and the words it has: the same in every version that words it so."""
    words = [
        str(rule.identity),
        rule.title,
        rule.description,
        list(rule.violating_examples),
        list(rule.allowed_examples),
    ]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def can_be_asked(rule: Rule) -> bool:
    """Whether the rule asks for a check and has examples to make one of."""
    return rule.check_required and len(rule.violating_examples) + len(rule.allowed_examples) >= FEWEST


def chosen(rule: Rule, seed: str) -> list[str]:
    """Which examples are asked, by their place, in which order. The same for the same seed; both kinds if there are."""
    dice = random.Random(f"{seed}:{wording_of(rule)}")
    breaking = [f"v{n}" for n in range(len(rule.violating_examples))]
    allowed = [f"a{n}" for n in range(len(rule.allowed_examples))]
    dice.shuffle(breaking)
    dice.shuffle(allowed)
    first = breaking[:1] + allowed[:1]
    rest = breaking[1:] + allowed[1:]
    dice.shuffle(rest)
    asked = (first + rest)[:MOST]
    dice.shuffle(asked)
    return asked


@dataclass(frozen=True)
class Asked:
    """An example to be judged. `missed` says, after answering, that the rule says otherwise."""

    place: str
    text: str
    breaks: bool
    answered: str = ""
    missed: bool = False


def asked(rule: Rule, words: Text, places: Sequence[str]) -> list[Asked]:
    """The examples at those places, in the words of the reader's language."""
    found = []
    for place in places:
        breaks, number = place[0] == "v", int(place[1:])
        source = rule.violating_examples if breaks else rule.allowed_examples
        told = words.violating_examples if breaks else words.allowed_examples
        found.append(Asked(place, told[number] if len(told) == len(source) else source[number], breaks))
    return found
