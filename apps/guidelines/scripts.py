"""Letters: what two ways of writing the same word have in common, and where words and clusters begin and end."""

import re
import unicodedata
from functools import lru_cache

# Thai, Lao, Myanmar, Khmer, kana, Han: scripts that put no space between words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}\\s]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WRITTEN = re.compile(f"\\s+|[{_UNSPACED}\u200b\u200c]+|[^{_UNSPACED}\u200b\u200c\\s]+")
_MARKS_ON_LATIN = re.compile("(?<=[\x00-\x7f])[\u0300-\u036f\u1dc4]+")
# Spaces without width: people put them between Khmer words, or not; the word is the same.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_STACKING = frozenset("\u17d2\u1039")  # the letter after it stands under the letter before it
_KHMER = re.compile("[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b4-\u17d1\u17dd])+")
_KHMER_UNDER = re.compile("\u17d2[\u1780-\u17b3]")
# Two signs that look like one, and the foot that ដ and ត share: typed either way, they read the same.
_KHMER_SAME = (
    ("\u17c1\u17b8", "\u17be"),
    ("\u17c1\u17b6", "\u17c4"),
    ("\u17d2\u178a", "\u17d2\u178f"),
)


class _Separating(dict[int, str]):
    """For str.translate: what is no letter, mark or digit becomes a space; what has no width goes."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kept = char if unicodedata.category(char)[0] in "LMN" else " "
        self[code] = "" if char in _INVISIBLE else kept
        return self[code]


_separating = _Separating()


def fold(text: str) -> str:
    """Lower case; Latin letters lose their marks (“tre em” finds “trẻ em”), Khmer signs come in one order.

    Other scripts stay whole.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    folded = unicodedata.normalize("NFC", _MARKS_ON_LATIN.sub("", apart))
    return _KHMER.sub(_in_order, folded) if max(folded) >= "\u1780" else folded


def _in_order(found: re.Match[str]) -> str:
    """A Khmer cluster: the letter, what stands under it, then vowels and signs, whatever the order of typing."""
    cluster = found[0]
    for typed, meant in _KHMER_SAME:
        cluster = cluster.replace(typed, meant)
    under = _KHMER_UNDER.findall(cluster)
    signs = _KHMER_UNDER.sub("", cluster[1:])
    return cluster[0] + "".join(sorted(under)) + "".join(sorted(signs))


def words_of(text: str) -> list[str]:
    """Folded words: runs of letters, marks and digits of one kind of script."""
    return _RUN.findall(fold(text.translate(_separating)))


def is_unspaced(word: str) -> bool:
    """Whether a word of `words_of` is a run in a script without spaces: perhaps a whole sentence."""
    return _IS_UNSPACED.match(word) is not None


@lru_cache(maxsize=4096)
def _joins(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def clusters(run: str) -> list[str]:
    """Letters, each with the marks and stacked letters that belong to it."""
    parts: list[str] = []
    for char in run:
        if parts and (_joins(char) or parts[-1][-1] in _STACKING):
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def marked_pieces(text: str, words: frozenset[str]) -> list[tuple[str, bool]]:
    """A text cut into pieces, each with whether it is one of `words` (as a search tells them) or holds one."""
    cut: list[tuple[str, bool]] = []
    for written in _WRITTEN.findall(text):
        if _IS_UNSPACED.match(written):
            parts = clusters(written)
            cut += zip(parts, _among(parts, words), strict=True)
        else:
            held = {*words_of(written), "".join(words_of(written))}
            cut.append((written, not written.isspace() and not words.isdisjoint(held)))
    return cut


def _among(parts: list[str], words: frozenset[str]) -> list[bool]:
    """Which clusters belong to a stretch that was found; what has no letter belongs to what it stands in."""
    folded = ["".join(words_of(part)) for part in parts]
    places = [place for place, part in enumerate(folded) if part]
    marked = [False] * len(parts)
    for word in words:
        wanted = clusters(word)
        if not is_unspaced(word):
            continue
        for start in range(len(places) - len(wanted) + 1):
            if [folded[place] for place in places[start : start + len(wanted)]] == wanted:
                for place in range(places[start], places[start + len(wanted) - 1] + 1):
                    marked[place] = True
    return marked
