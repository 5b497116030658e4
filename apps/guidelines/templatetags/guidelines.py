from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from apps.days import day_in_words
from apps.guidelines import handling, legal, levels
from apps.guidelines.models import Compatibility
from apps.guidelines.phrases import parts_in_words
from apps.guidelines.prose import to_html
from apps.guidelines.reading import Reading
from apps.guidelines.scripts import marked_pieces

register = template.Library()


@register.simple_tag(takes_context=True)
def prose(context: Mapping[str, Any], text: str, inline: bool = False) -> SafeString:
    """A guideline text as HTML; codes of the edition in the context become links."""
    html = to_html(text, inline=inline, base=context.get("base", ""), codes=context.get("codes", frozenset()))
    return mark_safe(html)  # noqa: S308 (to_html sanitises)


@register.filter
def marked(text: str, words: frozenset[str]) -> SafeString:
    """Plain text with the words a search matched inside <mark>."""
    told = "".join(
        f"<mark>{escape(part)}</mark>" if found else escape(part)
        for part, found in marked_pieces(text, words)
    )
    return mark_safe(told.replace("</mark><mark>", ""))  # noqa: S308 (every piece is escaped)


@register.filter
def severity_word(value: int) -> str:
    return levels.SEVERITY.get(value, "")


@register.filter
def exposure_word(value: int) -> str:
    return levels.EXPOSURE.get(value, "")


@register.filter
def handling_sentences(value: Mapping[str, Any]) -> list[str]:
    return handling.sentences(dict(value))


@register.filter
def outcome_word(value: str) -> str:
    """“violates” as people say it."""
    return {"violates": "breaks a rule", "no_violation": "no violation", "unsure": "not sure"}.get(
        value, value
    )


@register.filter
def spaced(value: str) -> str:
    """A code as words: “user_report” to “user report”."""
    return value.replace("_", " ")


@register.filter
def compared(compatibility: str) -> str:
    """How a rule compares with the version before, in a word or two: “same” to “Same meaning”."""
    return dict(Compatibility.choices).get(compatibility, compatibility).partition(":")[0]


FOUND_BY = {
    "user_report": "reports", "trusted_flagger": "trusted flaggers", "auto_flag": "detectors", "hash": "banks",
    "proactive_sample": "chance", "virality": "reach",
}  # fmt: skip


@register.filter
def found_by(source: str) -> str:
    """What brought a case first, in a word: “auto_flag” to “detectors”."""
    return FOUND_BY.get(source, spaced(source))


@register.filter
def percent(share: float) -> str:
    """A share of 1 as a whole percentage."""
    return f"{share * 100:.0f} %"


@register.filter
def given(typed: Any, name: str) -> str:
    """What was typed into a field; nothing where no form was sent."""
    return str(typed.get(name, "")) if isinstance(typed, Mapping) else ""


@register.filter
def get(value: Mapping[str, Any], key: Any) -> Any:
    """The entry of a mapping; an empty list when there is none."""
    return value.get(str(key), [])


register.filter("parts_in_words", parts_in_words)
register.filter("day_in_words", day_in_words)
register.filter("category_words", legal.category_words)
register.filter("category_meaning", legal.category_meaning)
register.filter("keyword_words", legal.keyword_words)


@register.filter
def action_title(code: str, actions: Mapping[str, Any]) -> str:
    return actions[code].title if code in actions else code


@register.filter
def worded(thing: Any, told: Any) -> Any:
    """A rule's words as a `Reading` has them; its own where there is none."""
    return told.rules.get(thing.code, thing) if isinstance(told, Reading) else thing


@register.filter
def of(kept: Mapping[str, Any], code: str) -> Any:
    """What a mapping holds for a code; the code itself when it holds nothing."""
    return kept.get(code, code)
