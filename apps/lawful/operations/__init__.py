"""The verbs of notices of law, one file each."""

from apps.lawful.operations.countering import name_court, object_to, restore_due
from apps.lawful.operations.deciding import decide, end_due, lift, locate, withdraw
from apps.lawful.operations.forgetting import forget_words
from apps.lawful.operations.reviewing import settle_reviews
from apps.lawful.operations.sending import Sent, send

__all__ = [
    "Sent",
    "decide",
    "end_due",
    "forget_words",
    "lift",
    "locate",
    "name_court",
    "object_to",
    "restore_due",
    "send",
    "settle_reviews",
    "withdraw",
]
