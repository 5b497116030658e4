"""Search in the process's memory: a few dozen rules need no engine, and typos are forgiven."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

FIELD_WEIGHTS = {"code": 12.0, "title": 6.0, "description": 2.5, "examples": 1.0, "policy": 1.5}
_LITTLE = "a an and are as at be by for from in is it of on or that the to who with"
LITTLE_WORDS = frozenset(_LITTLE.split())
LONGEST_QUERY = 200  # characters


class Searchable(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def policy_title(self) -> str: ...
    @property
    def violating_examples(self) -> tuple[str, ...]: ...
    @property
    def allowed_examples(self) -> tuple[str, ...]: ...


Thing = TypeVar("Thing", bound=Searchable)


@dataclass(frozen=True, slots=True)
class Found(Generic[Thing]):
    """A rule that was found, how well it fits, and the words of its text that made it fit."""

    rule: Thing
    score: float
    words: frozenset[str]


def fold(text: str) -> str:
    """Lower case; Latin letters lose their marks (“tre em” finds “trẻ em”), other scripts stay whole."""
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", text.casefold().replace("đ", "d")):
        if unicodedata.combining(char) and kept and kept[-1].isascii():
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def words_of(text: str) -> list[str]:
    """Folded words: runs of letters, marks and digits. (Khmer vowels are marks: `\\w` would cut there.)"""
    word, words = "", []
    for char in fold(text) + " ":
        if unicodedata.category(char)[0] in "LMN":
            word += char
        elif word:
            words.append(word)
            word = ""
    return words


def compounds_of(text: str) -> list[str]:
    """“self-harm” is also looked for as “selfharm”."""
    return ["".join(words_of(chunk)) for chunk in text.split() if "-" in chunk.strip("-–.,")]


def near_misses(word: str) -> set[str]:
    """The word and every form of it with one letter left out: two words that share one differ by a typo."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


class Index(Generic[Thing]):
    """Words to the rules that hold them, built once per version."""

    def __init__(self, rules: Iterable[Thing]) -> None:
        self.rules = list(rules)
        self.codes = ["".join(words_of(rule.code)) for rule in self.rules]
        self.weights: dict[str, dict[int, float]] = defaultdict(dict)
        for number, rule in enumerate(self.rules):
            fields = {
                "title": rule.title,
                "description": rule.description,
                "examples": " ".join((*rule.violating_examples, *rule.allowed_examples)),
                "policy": rule.policy_title,
            }
            for name, text in fields.items():
                for word in [*words_of(text), *compounds_of(text)]:
                    held = self.weights[word]
                    held[number] = max(held.get(number, 0.0), FIELD_WEIGHTS[name])
        self.misses: dict[str, set[str]] = defaultdict(set)
        for word in self.weights:
            if len(word) >= 4:
                for form in near_misses(word):
                    self.misses[form].add(word)

    def search(self, q: str, limit: int = 20) -> list[Found[Thing]]:
        """Rules holding all words of `q`; when none does, those holding most of them."""
        asked = [word for word in dict.fromkeys(words_of(q[:LONGEST_QUERY])) if word not in LITTLE_WORDS]
        scores: dict[int, float] = defaultdict(float)
        hits: dict[int, set[int]] = defaultdict(set)
        shown: dict[int, set[str]] = defaultdict(set)
        for position, word in enumerate(asked):
            for number, (score, held) in self._holding(word).items():
                scores[number] += score
                hits[number].add(position)
                shown[number].update(held)
        whole = "".join(words_of(q[:LONGEST_QUERY]))
        for number, code in enumerate(self.codes):
            if whole and (code == whole or (len(whole) >= 2 and code.startswith(whole))):
                scores[number] += FIELD_WEIGHTS["code"] * (2 if code == whole else 1)
                hits[number].update(range(len(asked)))
        most = max((len(found) for found in hits.values()), default=0)
        best = [number for number, found in hits.items() if found and len(found) == most]
        best.sort(key=lambda number: (-scores[number], number))
        return [
            Found(self.rules[number], scores[number], frozenset(shown[number])) for number in best[:limit]
        ]

    def _holding(self, word: str) -> dict[int, tuple[float, set[str]]]:
        """For one word asked: the rules with it, their score, and the words that matched."""
        best: dict[int, tuple[float, set[str]]] = {}
        for known, likeness in self._like(word).items():
            for number, weight in self.weights[known].items():
                score, held = best.get(number, (0.0, set()))
                best[number] = (max(score, weight * likeness), held | {known})
        return best

    def _like(self, word: str) -> dict[str, float]:
        alike: dict[str, float] = {}
        for known in self.weights:
            if known == word:
                alike[known] = 1.0
            elif known.startswith(word) and len(word) >= 2:
                alike[known] = 0.8
            elif len(known) >= 4 and word.startswith(known) and len(word) - len(known) <= 3:
                alike[known] = 0.7
            elif len(word) >= 3 and word in known:
                alike[known] = 0.4
        if len(word) >= 4 and max(alike.values(), default=0.0) < 0.7:
            for form in near_misses(word):
                for known in self.misses.get(form, ()):
                    alike.setdefault(known, 0.5)
        return alike
