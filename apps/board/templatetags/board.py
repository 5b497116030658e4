from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(named: Mapping[Any, str], key: Any) -> str:
    """What stands under a key; nothing when there is nothing."""
    return named.get(key, "")
