"""The verbs of wellbeing. The shift's row is the lock for all of a person's exposure, whatever the device."""

from apps.wellbeing.allowed import FAIL_SAFE, Allowance
from apps.wellbeing.operations.account import (
    Settled,
    allowance,
    although_unread,
    lock_shift,
    lock_shift_during,
    locking_shift,
    may_settle,
    reserve,
    settle,
    settle_without_shift,
    standing,
)
from apps.wellbeing.operations.organisation import set_ceilings, set_limits, vouch
from apps.wellbeing.operations.own import choose_harms, tighten
from apps.wellbeing.operations.shifts import (
    abandoned_shifts,
    end_break,
    end_shift,
    rest_longer,
    start_break,
    start_shift,
)
from apps.wellbeing.operations.words import answer_word, ask_for_a_word, note_refused_look

__all__ = [
    "FAIL_SAFE",
    "Allowance",
    "Settled",
    "abandoned_shifts",
    "allowance",
    "although_unread",
    "answer_word",
    "ask_for_a_word",
    "choose_harms",
    "end_break",
    "end_shift",
    "lock_shift",
    "lock_shift_during",
    "locking_shift",
    "may_settle",
    "note_refused_look",
    "reserve",
    "rest_longer",
    "set_ceilings",
    "set_limits",
    "settle",
    "settle_without_shift",
    "standing",
    "start_break",
    "start_shift",
    "tighten",
    "vouch",
]
