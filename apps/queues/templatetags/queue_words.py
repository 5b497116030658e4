from django import template

from apps.intake import codes
from apps.queues.routing_words import language

register = template.Library()


@register.filter
def language_name(code: str) -> str:
    """A language's name where we know it, else its code."""
    return language(code)


@register.filter
def country_name(code: str) -> str:
    """A country's name, else its code."""
    return codes.country_name(code)


register.filter("country_in_words", codes.country_in_words)


@register.filter
def country_names(found: list[str]) -> str:
    """The names of countries, one after the other."""
    return ", ".join(codes.country_name(code) for code in found)
