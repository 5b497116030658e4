from django import template

from apps.queues.routing_words import language

register = template.Library()


@register.filter
def language_name(code: str) -> str:
    """A language's name where we know it, else its code."""
    return language(code)
