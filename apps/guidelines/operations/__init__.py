from apps.guidelines.operations.drafting import discard, open_draft, redo, save_part, undo
from apps.guidelines.operations.loading import load
from apps.guidelines.operations.publishing import (
    call_emergency,
    call_off,
    confirm_emergency,
    publish,
    publish_due,
    schedule,
)
from apps.guidelines.operations.reviewing import (
    approve,
    ask_for_review,
    back_to_draft,
    comment,
    resolve,
    withdraw_approval,
)
from apps.guidelines.operations.telling import mark_seen
from apps.guidelines.operations.updating import bring_up_to_date

__all__ = [
    "approve",
    "ask_for_review",
    "back_to_draft",
    "bring_up_to_date",
    "call_emergency",
    "call_off",
    "comment",
    "confirm_emergency",
    "discard",
    "load",
    "mark_seen",
    "open_draft",
    "publish",
    "publish_due",
    "redo",
    "resolve",
    "save_part",
    "schedule",
    "undo",
    "withdraw_approval",
]
