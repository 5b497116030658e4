"""The signs an item bears: words, hashtags, links, sounds, what it is a copy of, who posted it. Pure functions.

Words are told apart by ICU (icu4py): by its dictionaries for Khmer, Thai, Lao, Burmese, Chinese and Japanese, by spaces
elsewhere. Vietnamese puts spaces between syllables, not words, so there two syllables side by side count as well.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from icu4py.breakers import WordBreaker

from apps.trends.models import Kind

Sign = tuple[str, str]  # (kind, key)

TEXT_AT_MOST = 4_000  # characters looked at
SIGNS_AT_MOST = 120  # of one item
LONGEST = 80
PAIRED = {"vi"}
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HASHTAG = re.compile(r"#([^\W\d_][\w\u0300-\u036f\u1780-\u17d3\u0e00-\u0e7f]{1,60})")
_NAMED = re.compile(r"[@\w.+-]*@[\w.-]+")  # handles and addresses name people: never counted as words
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def signs_of_text(text: str, language: str) -> list[Sign]:
    """Hashtags, links and words of a text, each once, in that order. Numbers, handles and addresses are left out."""
    text = unicodedata.normalize("NFC", text[:TEXT_AT_MOST].translate(_INVISIBLE))
    found: dict[Sign, None] = {}
    for link in _LINK.findall(text):
        if host := host_of(link):
            found[Kind.LINK.value, host] = None
    text = _NAMED.sub(" . ", _LINK.sub(" . ", text))
    for tag in _HASHTAG.findall(text):
        found[Kind.HASHTAG.value, tag.casefold()[:LONGEST]] = None
    for word in words(_HASHTAG.sub(" . ", text), language):
        found[Kind.TERM.value, word] = None
    return list(found)[:SIGNS_AT_MOST]


def host_of(link: str) -> str:
    """The host of a link without www, in lower case; '' of what is no link."""
    try:
        host = urlsplit(link if "//" in link else f"//{link}").hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.").rstrip(".")
    return host[:LONGEST] if "." in host else ""


def words(text: str, language: str) -> Iterator[str]:
    """The words of a text in lower case; in Vietnamese also each two syllables that stand side by side."""
    before = ""
    for piece in WordBreaker(text, language or "en"):
        word = piece.casefold()
        if piece.isspace():
            continue
        if not _is_word(word):
            before = ""
            continue
        if language in PAIRED and before and len(pair := f"{before} {word}") <= LONGEST:
            yield pair
        before = word
        if _says_something(word, language):
            yield word


def _is_word(word: str) -> bool:
    return (
        len(word) <= LONGEST
        and unicodedata.category(word[0])[0] == "L"
        and not any(c.isdigit() for c in word)
    )


def _says_something(word: str, language: str) -> bool:
    """Letters without a word are left out, and syllables of a language whose words are pairs of them."""
    letters = sum(unicodedata.category(char)[0] == "L" for char in word)
    if language in PAIRED:
        return letters >= 5
    return letters >= (3 if word[0] < "\u0e00" else 2)


def signs_of_files(files: Iterable[tuple[str, str]], text_sha256: str, text_length: int) -> list[Sign]:
    """Sounds and copies, from (mime, SHA-256): the same sound, the same picture or film, the same longer text."""
    found: dict[Sign, None] = {}
    for mime, sha256 in files:
        if sha256:
            found[(Kind.SOUND if mime.startswith("audio/") else Kind.CLUSTER).value, sha256] = None
    if text_sha256 and text_length >= 40:
        found[Kind.CLUSTER.value, text_sha256] = None
    return list(found)
