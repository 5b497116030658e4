"""Search in the process's memory, in every language at once: typos are forgiven, and scripts that put no space
between words (Khmer, Thai, Chinese …) are found by their parts.

A *text* is one rule in one language. Spaced languages are indexed by word. Of the others the whole folded text is
kept, to look inside, and pairs of neighbouring *clusters* (a letter with what stands over, under and after it) say
which texts are worth a closer look when the words asked for are not there as they were typed.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from apps.guidelines.scripts import clusters, is_unspaced, words_of

FIELDS = ("title", "description", "policy", "examples")
FIELD_WEIGHTS = {"code": 12.0, "title": 6.0, "description": 2.5, "policy": 1.5, "examples": 1.0}
WEIGHTS = tuple(FIELD_WEIGHTS[name] for name in FIELDS)  # a smaller place weighs more
_LITTLE = "a an and are as at be by for from in is it of on or that the to who with"
LITTLE_WORDS = frozenset(_LITTLE.split())
LONGEST_QUERY = 200  # characters
MOST_WORDS = 8
ALIKE_AT_MOST = 100  # words of the texts that one word asked for may stand for
CLOSER_LOOKS = 60  # texts of an unspaced script that are compared letter by letter
PARTS_ENOUGH = 0.7  # share of an unspaced query's pairs that a text must hold
LIKENESS_ENOUGH = 78  # of 100, of an unspaced query and the most similar part of a text


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
    """A rule that was found, how well it fits, what of its text made it fit, and in which language ('': its own)."""

    rule: Thing
    score: float
    words: frozenset[str]
    language: str = ""


def compounds_of(text: str) -> list[str]:
    """“self-harm” is also looked for as “selfharm”."""
    return ["".join(words_of(chunk)) for chunk in text.split() if "-" in chunk.strip("-–.,")]


class Index(Generic[Thing]):
    """Words to the texts that hold them. Built once per version and set of translations.

    `others` holds, by language, the same rules in other words; they are matched to `rules` by their code.
    """

    def __init__(
        self, rules: Iterable[Thing], others: Mapping[str, Iterable[Searchable]] | None = None
    ) -> None:
        self.rules = list(rules)
        self.codes = ["".join(words_of(rule.code)) for rule in self.rules]
        places = {rule.code: number for number, rule in enumerate(self.rules)}
        self.texts: list[tuple[int, str, Searchable]] = [
            (number, "", rule) for number, rule in enumerate(self.rules)
        ]
        for language, texts in (others or {}).items():
            self.texts += [(places[text.code], language, text) for text in texts if text.code in places]
        # Where a word or a pair of clusters stands: text × 4 + the place of the field in FIELDS.
        self.words: dict[str, array[int]] = defaultdict(lambda: array("L"))
        self.pairs: dict[str, array[int]] = defaultdict(lambda: array("L"))
        self.whole: dict[int, list[str]] = {}  # folded fields of the texts that hold an unspaced script
        for number, (_, _, text) in enumerate(self.texts):
            self._take_in(number, text)
        self.vocabulary = sorted(self.words)
        self.long_words = [word for word in self.vocabulary if len(word) >= 4]
        self.joined = "\n" + "\n".join(self.vocabulary) + "\n"

    def _take_in(self, number: int, text: Searchable) -> None:
        seen: set[str] = set()
        whole: list[str] = []
        for place, field in enumerate(_fields_of(text)):
            runs: list[str] = []
            for word in [*words_of(field), *compounds_of(field)]:
                if is_unspaced(word):
                    runs.append(word)
                    parts = clusters(word)
                    for pair in map("".join, pairwise(parts)):
                        if pair not in seen:
                            seen.add(pair)
                            self.pairs[pair].append(number * 4 + place)
                elif word not in seen:
                    seen.add(word)
                    self.words[word].append(number * 4 + place)
            whole.append(" ".join(runs))
        if any(whole):
            self.whole[number] = whole

    def search(self, q: str, limit: int = 20, language: str = "") -> list[Found[Thing]]:
        """Rules of which one text holds all words of `q`; when none does, those that hold most of them.

        A rule is found once, in the language that fits best; `language` decides between equals.
        """
        q = q[:LONGEST_QUERY]
        asked = [word for word in dict.fromkeys(words_of(q)) if word not in LITTLE_WORDS and _says(word)]
        scores: dict[int, float] = defaultdict(float)
        hits: dict[int, int] = defaultdict(int)
        alike: list[dict[str, float]] = []
        pieces: dict[int, set[str]] = defaultdict(set)
        for position, word in enumerate(asked[:MOST_WORDS]):
            if is_unspaced(word):
                found = self._inside(word, pieces)
                alike.append({})
            else:
                alike.append(self._like(word))
                found = self._holding(alike[-1])
            for number, score in found.items():
                scores[number] += score
                hits[number] |= 1 << position
        self._by_code(q, min(len(asked), MOST_WORDS), scores, hits)
        most = max((held.bit_count() for held in hits.values()), default=0)
        best: dict[int, int] = {}
        for number, held in hits.items():
            if held.bit_count() < most:
                continue
            rule, spoken, _ = self.texts[number]
            if spoken == language:
                scores[number] *= 1.001
            if rule not in best or scores[number] > scores[best[rule]]:
                best[rule] = number
        ordered = sorted(best, key=lambda rule: (-scores[best[rule]], rule))[:limit]
        return [self._told(best[rule], scores[best[rule]], alike, pieces) for rule in ordered]

    def _told(
        self, number: int, score: float, alike: list[dict[str, float]], pieces: Mapping[int, set[str]]
    ) -> Found[Thing]:
        rule, language, text = self.texts[number]
        held = {word for field in _fields_of(text) for word in [*words_of(field), *compounds_of(field)]}
        words = held.intersection(*[set().union(*alike)]) | pieces.get(number, set())
        return Found(self.rules[rule], score, frozenset(words), language)

    def _by_code(self, q: str, asked: int, scores: dict[int, float], hits: dict[int, int]) -> None:
        whole = "".join(words_of(q))
        if len(whole) < 2:
            return
        for number, code in enumerate(self.codes):
            if code.startswith(whole):
                scores[number] += FIELD_WEIGHTS["code"] * (2 if code == whole else 1)
                hits[number] = (1 << max(asked, 1)) - 1

    def _holding(self, alike: Mapping[str, float]) -> dict[int, float]:
        """For one word asked: the texts with it or one like it, and their score."""
        best: dict[int, float] = {}
        for known, likeness in alike.items():
            weights = [weight * likeness for weight in WEIGHTS]
            for entry in self.words[known]:
                number, score = entry >> 2, weights[entry & 3]
                if score > best.get(number, 0.0):
                    best[number] = score
        return best

    def _like(self, word: str) -> dict[str, float]:
        alike: dict[str, float] = {}
        if word in self.words:
            alike[word] = 1.0
        if len(word) >= 2:
            start = bisect_left(self.vocabulary, word)
            for known in self.vocabulary[start : start + ALIKE_AT_MOST]:
                if not known.startswith(word):
                    break
                alike.setdefault(known, 0.8)
        for cut in (1, 2, 3):  # “threats” finds “threat”
            if len(word) - cut >= 4 and word[:-cut] in self.words:
                alike.setdefault(word[:-cut], 0.7)
        if len(word) >= 3:
            self._holding_inside(word, alike)
        if len(word) >= 4 and max(alike.values(), default=0.0) < 0.7:
            typos = 1 if len(word) < 8 else 2
            near = process.extract(
                word, self.long_words, scorer=OSA.distance, processor=None, score_cutoff=typos, limit=20
            )
            for known, distance, _ in near:
                alike.setdefault(known, 0.5 if distance == 1 else 0.45)
        return alike

    def _holding_inside(self, word: str, alike: dict[str, float]) -> None:
        """Longer words that hold this one in their middle."""
        at = self.joined.find(word)
        while at >= 0 and len(alike) < ALIKE_AT_MOST:
            start, end = self.joined.rfind("\n", 0, at) + 1, self.joined.find("\n", at)
            alike.setdefault(self.joined[start:end], 0.4)
            at = self.joined.find(word, end)

    def _inside(self, run: str, pieces: dict[int, set[str]]) -> dict[int, float]:
        """Texts of an unspaced script that hold a run of letters: as typed, in parts, or with a slip in it."""
        best: dict[int, float] = {}
        for number, fields in self.whole.items():
            for place, field in enumerate(fields):
                if run in field:
                    best[number] = WEIGHTS[place]
                    pieces[number].add(run)
                    break
        parts = clusters(run)
        pairs = ["".join(pair) for pair in pairwise(parts)]
        if len(pairs) < 2:
            return best
        held: dict[int, int] = defaultdict(int)
        for position, pair in enumerate(pairs[:64]):
            for entry in self.pairs.get(pair, ()):
                held[entry >> 2] |= 1 << position
        closest = nlargest(CLOSER_LOOKS, held, key=lambda number: held[number].bit_count())
        for number in closest:
            if number in best:
                continue
            share = held[number].bit_count() / len(pairs)
            if share >= PARTS_ENOUGH:
                best[number] = WEIGHTS[1] * share * 0.8
                pieces[number].update(_stretches(parts, held[number]))
            elif share >= 0.3:
                self._closer(number, run, best, pieces)
        return best

    def _closer(self, number: int, run: str, best: dict[int, float], pieces: dict[int, set[str]]) -> None:
        for place, field in enumerate(self.whole[number]):
            if len(field) < len(run) * 0.7:
                continue
            near = fuzz.partial_ratio_alignment(run, field, score_cutoff=LIKENESS_ENOUGH)
            if near is not None:
                best[number] = WEIGHTS[place] * near.score / 200
                pieces[number].add(field[near.dest_start : near.dest_end])
                return


def _says(word: str) -> bool:
    """Whether it holds a letter or digit; marks alone stand under every letter."""
    return any(char.isalnum() for char in word)


def _fields_of(text: Searchable) -> tuple[str, ...]:
    """In the order of FIELDS."""
    examples = " \n ".join((*text.violating_examples, *text.allowed_examples))
    return text.title, text.description, text.policy_title, examples


def _stretches(parts: list[str], held: int) -> list[str]:
    """The longest stretches of neighbouring clusters whose pairs were found."""
    found: list[str] = []
    stretch: list[str] = []
    for position in range(len(parts)):
        if not stretch:
            stretch = [parts[position]]
        if held >> position & 1 and position + 1 < len(parts):
            stretch.append(parts[position + 1])
            continue
        if len(stretch) > 1:
            found.append("".join(stretch))
        stretch = []
    return found
