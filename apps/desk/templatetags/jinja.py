"""A template of the other engine inside a page of Django's."""

from typing import Any

from django import template
from django.template import engines
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def jinja(context: template.Context, name: str, **more: Any) -> SafeString:
    """`templates/jinja/NAME` with all that the page knows, and `more`."""
    inner = engines["jinja"].get_template(name).template  # type: ignore[attr-defined]
    known: dict[str, Any] = context.flatten()  # type: ignore[assignment]
    return mark_safe(inner.render(known | more))  # noqa: S308  (Jinja escapes)
