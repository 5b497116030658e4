"""Short words about a request, from what is prefetched."""

from collections import Counter

from django import template

from apps.authority.models import Request
from apps.authority.queries import quiet_until

register = template.Library()


@register.filter
def is_confidential(asked: Request) -> bool:
    return quiet_until(asked, "confidential") is not None


@register.filter
def states_of(asked: Request) -> list[str]:
    """How many items stand where: “2 × Refused”."""
    counted = Counter(item.get_state_display() for item in asked.items.all())
    return [f"{n} × {label}" for label, n in counted.items()]
