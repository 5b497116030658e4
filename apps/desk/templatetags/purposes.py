"""What a case or decision is for, in a word, to a person."""

from typing import Any

from django import template

from apps.desk.access import may_know_blind
from apps.queues.models import Case
from apps.queues.queries import BLIND

register = template.Library()


@register.filter
def purpose_for(what: Any, viewer: Any) -> str:
    """The purpose of a case or decision, '' for an ordinary review.

    Whoever may be given one without knowing it does not read here which they are.
    """
    if what.purpose == Case.Purpose.REVIEW or (what.purpose in BLIND and not may_know_blind(viewer)):
        return ""
    return str(what.get_purpose_display())
