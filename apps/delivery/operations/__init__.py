"""The verbs of the delivery room."""

from apps.delivery.operations.announcing import announce
from apps.delivery.operations.keeping import (
    add_endpoint,
    forget_old_payloads,
    replay,
    rotate_secret,
    set_active,
)
from apps.delivery.operations.sending import send_due

__all__ = [
    "add_endpoint",
    "announce",
    "forget_old_payloads",
    "replay",
    "rotate_secret",
    "send_due",
    "set_active",
]
