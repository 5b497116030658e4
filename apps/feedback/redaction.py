"""What is taken out of a text before it leaves. Patterns, so names and places written as plain words stay."""

import re

TOP_LEVEL = (
    "com|net|org|info|biz|io|co|me|tv|gg|ly|app|xyz|site|online|shop|link|page|kh|vn|th|la|cn|ru|eu|uk|us"
)
# In this order: an e-mail address holds an @ and a web address may hold digits. Every repetition that could
# begin anywhere is bounded, so that a text of 100 kB made to be slow costs no more than any other.
PATTERNS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("web address", re.compile(r"(?i)\b(?:https?://|ftp://|www\.)[^\s<>\"']+"), "[url]"),
    ("e-mail address", re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), "[email]"),
    (
        "web address without http",
        re.compile(
            r"(?i)(?<![@\w])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,8}"
            rf"(?:{TOP_LEVEL})"
            r"\b(?:/[^\s<>\"']*)?"
        ),
        "[url]",
    ),
    # Not \w: the vowels of Khmer and Thai are marks, and half a name is still a name.
    ("@name", re.compile(r"(?<!\w)[@＠][^\s@＠,;:!?()<>\"'។]{1,100}"), "[name]"),
    # \d covers every script's digits, Khmer ones too. Seven or more, as people space and dash them.
    ("telephone number", re.compile(r"(?<!\w)(?:\+|00)?\(?\d(?:[\s().\-–‑/]{0,3}\d){6,16}(?!\w)"), "[phone]"),
)
# What each pattern needs to find anything at all: asked first, since looking for a pattern everywhere takes far longer.
NEEDS = tuple(
    re.compile(need)
    for need in (r"://|[wW]{3}\.", "@", rf"(?i)\.(?:{TOP_LEVEL})", "[@＠]", r"\d(?:[\s().\-–‑/]{0,3}\d){6}")
)
CODE = re.compile(r"[a-z][a-z0-9]*(?:[ _-][a-z0-9]+){0,5}")


def redact(text: str) -> str:
    """The text with addresses, telephone numbers and @names replaced by a word in brackets."""
    for (_, pattern, instead), needs in zip(PATTERNS, NEEDS, strict=True):
        if needs.search(text):
            text = pattern.sub(instead, text)
    return text


def is_code(reason: str) -> bool:
    """Whether a report's reason reads like a code of the platform and not like somebody's own words."""
    return len(reason) <= 40 and CODE.fullmatch(reason) is not None and redact(reason) == reason


# What a text must hold for a pattern to take something out of it, in RE2, for a whole column at once; wider than the
# patterns on purpose. In Python a case-blind i is also ı and İ, and \s and \d are those of every script.
ENDINGS = TOP_LEVEL.replace("i", "[iıİ]")
SUSPECT = rf"(?i)[@＠]|://|www\.|\.(?:{ENDINGS})|(?:\p{{Nd}}[\s\p{{Z}}\x1c-\x1f\x85().\-–‑/]{{0,3}}){{7}}"
