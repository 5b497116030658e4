"""The verbs of strikes: accounts, and reporters who flood."""

from apps.strikes.operations.accounts import end_suspensions, follow
from apps.strikes.operations.reporters import decide_pause, weigh

__all__ = ["decide_pause", "end_suspensions", "follow", "weigh"]
