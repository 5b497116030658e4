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
    purpose = getattr(what, "shown_purpose", what.purpose)  # nobody reads here that an authority asks
    if purpose == Case.Purpose.REVIEW or (purpose in BLIND and not may_know_blind(viewer)):
        return ""
    return str(Case.Purpose(purpose).label)
