"""Words of the room's pages."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A probability as people say it: 0.015 is 1.5 %."""
    return f"{round(share * 100, 2):g} %"


@register.filter
def title_of(known: Mapping[str, Any], code: str) -> str:
    """The title of a rule or an action, or its code when it is not in force any more."""
    found = known.get(code)
    return found.title if found else code
