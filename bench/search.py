"""Searching a thousand rules in ten languages, Khmer among them, in one process: how long it takes, and to build."""

import random
import resource
import time
from types import SimpleNamespace
from typing import Any

from apps.guidelines.scripts import clusters
from apps.guidelines.search import Index
from bench.meter import spin
from bench.system import System
from bench.targets import at_most, reported

RULES = 1_000
SPACED = 9
WORDS = 6_000  # of a spaced language
AT_MOST = 50.0  # milliseconds
ROUNDS = 40
LETTERS = "abcdefghijklmnopqrstuvwxyz"
KHMER_LETTERS = [chr(code) for code in range(0x1780, 0x17A3)]
KHMER_VOWELS = [chr(code) for code in range(0x17B6, 0x17C6)]


def run(system: System, scale: float) -> dict[str, Any]:
    """Words drawn as people use them: a few very often, most seldom; the same for the same seed."""
    dice = random.Random(7)
    languages = {f"l{number}": _vocabulary(dice) for number in range(SPACED)}
    languages["km"] = [_khmer_word(dice) for _ in range(4_000)]
    rules = max(50, int(RULES * scale))
    texts = {name: [_rule(dice, name, words, n) for n in range(rules)] for name, words in languages.items()}
    source = texts.pop("l0")
    before, since = _memory(), time.perf_counter()
    index = Index(source, texts)
    built, taken = time.perf_counter() - since, _memory() - before
    asked = _questions(dice, languages, texts["km"])
    milliseconds = {kind: _ask(index, questions) for kind, questions in asked.items()}
    slowest = max(told["p95"] for told in milliseconds.values())
    slowest_cpu = max(told["p95_cpu"] for told in milliseconds.values())
    answer = {
        "rules": rules, "languages": SPACED + 1, "words": len(index.vocabulary),
        "build_seconds": round(built, 2), "memory_mb": taken, "milliseconds": milliseconds,
        "loop_milliseconds": spin(),
    }  # fmt: skip
    targets = [
        at_most(
            f"search, slowest kind of question, p95, {rules:,} rules × {SPACED + 1} languages",
            slowest,
            AT_MOST,
            " ms",
            1,
        ),
        reported("the same in processor time", f"{slowest_cpu:.1f} ms"),
        reported("building the index, once per version and process", f"{built:.1f} s, {taken} MB"),
    ]
    return answer | {"targets": targets}


def _vocabulary(dice: random.Random) -> list[str]:
    return ["".join(dice.choices(LETTERS, k=dice.randint(3, 11))) for _ in range(WORDS)]


def _khmer_word(dice: random.Random) -> str:
    def cluster() -> str:
        under = "\u17d2" + dice.choice(KHMER_LETTERS) if dice.random() < 0.2 else ""
        return dice.choice(KHMER_LETTERS) + under + (dice.choice(KHMER_VOWELS) if dice.random() < 0.7 else "")

    return "".join(cluster() for _ in range(dice.randint(1, 4)))


def _text(dice: random.Random, language: str, words: list[str], length: int) -> str:
    drawn = [words[min(int(dice.paretovariate(0.6)) - 1, len(words) - 1)] for _ in range(length)]
    return ("" if language == "km" else " ").join(drawn)


def _rule(dice: random.Random, language: str, words: list[str], number: int) -> SimpleNamespace:
    examples = [_text(dice, language, words, 10) for _ in range(6)]
    return SimpleNamespace(
        code=f"P{number % 90}-{number}",
        title=_text(dice, language, words, 6),
        description=_text(dice, language, words, 60),
        policy_title=_text(dice, language, words, 3),
        violating_examples=tuple(examples[:3]),
        allowed_examples=tuple(examples[3:]),
    )


def _questions(
    dice: random.Random, languages: dict[str, list[str]], khmer: list[SimpleNamespace]
) -> dict[str, list[str]]:
    def word() -> str:
        return dice.choice(languages[f"l{dice.randrange(SPACED)}"][:200])

    def stretch(length: int) -> str:
        parts = clusters(dice.choice(khmer).description)
        start = dice.randrange(max(1, len(parts) - length))
        return "".join(parts[start : start + length])

    def slip(text: str) -> str:
        place = dice.randrange(1, max(2, len(text) - 1))
        return text[:place] + dice.choice("qxzj" if text.isascii() else KHMER_VOWELS) + text[place + 1 :]

    many = range(ROUNDS)
    return {
        "a word": [word() for _ in many],
        "three words": [" ".join(word() for _ in range(3)) for _ in many],
        "eight words with slips": [" ".join(slip(word()) for _ in range(8)) for _ in many],
        "the beginning of a word": [word()[:2] for _ in many],
        "Khmer, as written": [stretch(6) for _ in many],
        "Khmer, a long stretch": [stretch(40) for _ in many],
        "Khmer, with a slip": [slip(stretch(8)) for _ in many],
        "Khmer, two words that stand apart": [stretch(4) + stretch(4) for _ in many],
        "a code": [f"P{dice.randrange(90)}" for _ in many],
    }


def _ask(index: Index[Any], questions: list[str]) -> dict[str, float]:
    """Milliseconds on the clock, and of processor time: on a busy machine the two part."""
    wall, cpu = [], []
    for question in questions:
        since, ran = time.perf_counter(), time.thread_time()
        index.search(question)
        cpu.append((time.thread_time() - ran) * 1000)
        wall.append((time.perf_counter() - since) * 1000)
    wall.sort()
    cpu.sort()
    most = int(len(wall) * 0.95)
    return {
        "median": round(wall[len(wall) // 2], 2), "p95": round(wall[most], 2), "p95_cpu": round(cpu[most], 2),
    }  # fmt: skip


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
