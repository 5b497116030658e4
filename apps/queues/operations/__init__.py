"""The verbs of the queues, one file per noun they act on."""

from apps.queues.operations.automatic import Unattended, close_unattended, take_unattended
from apps.queues.operations.claiming import claim_case, claim_next
from apps.queues.operations.folding import fold
from apps.queues.operations.holding import (
    Held,
    end_expired_claims,
    end_shift,
    escalate,
    finish,
    hold,
    open_again,
    release,
    release_held,
    renew,
    skip,
    stop_now,
    take_back,
)
from apps.queues.operations.opening import (
    open_follow_up,
    open_unprompted,
    refresh_cases,
    release_overdue_preparing,
    release_prepared,
)
from apps.queues.operations.owed import end_abandoned_shifts, settle_owed
from apps.queues.operations.placing import give, move, note_text_opened, take_away
from apps.queues.operations.popularity import ask_again, keep_judged, set_milestones

__all__ = [
    "Held",
    "Unattended",
    "ask_again",
    "claim_case",
    "claim_next",
    "close_unattended",
    "end_abandoned_shifts",
    "end_expired_claims",
    "end_shift",
    "escalate",
    "finish",
    "fold",
    "give",
    "hold",
    "keep_judged",
    "move",
    "note_text_opened",
    "open_again",
    "open_follow_up",
    "open_unprompted",
    "refresh_cases",
    "release",
    "release_held",
    "release_overdue_preparing",
    "release_prepared",
    "renew",
    "set_milestones",
    "settle_owed",
    "skip",
    "stop_now",
    "take_away",
    "take_back",
    "take_unattended",
]
