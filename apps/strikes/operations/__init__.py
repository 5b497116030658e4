"""The verbs of strikes: accounts, the ladder, and reporters who flood."""

from apps.strikes.operations.accounts import end_suspensions, follow
from apps.strikes.operations.ladders import propose_ladder, settle_ladder, withdraw_ladder
from apps.strikes.operations.reporters import decide_pause, weigh

__all__ = [
    "decide_pause", "end_suspensions", "follow", "propose_ladder", "settle_ladder", "weigh", "withdraw_ladder",
]  # fmt: skip
