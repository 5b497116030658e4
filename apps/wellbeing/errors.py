from apps.errors import DomainError, Invalid


class NotOnShift(DomainError):
    code = "not_on_shift"
    status = 409
    sentence = "Your shift has not started. Start it, and cases can be given to you."


class OnBreak(DomainError):
    code = "on_break"
    status = 409
    sentence = "You are on a break. End it when you are ready; nothing is waiting for you in particular."


class AlreadyOnShift(DomainError):
    code = "already_on_shift"
    status = 409
    sentence = "Your shift is already running, perhaps in another window."


class AboveTheCeiling(Invalid):
    code = "above_the_ceiling"
    sentence = (
        "Your own limits can only be tighter than the organisation's, and what you asked for is above them. "
        "Nothing was changed."
    )


class InvalidLimits(Invalid):
    code = "invalid_limits"
    sentence = "These limits cannot be set. Nothing was changed."


class LimitsMoved(DomainError):
    code = "limits_moved"
    status = 409
    sentence = (
        "Somebody set new limits while this page was open, so yours were not saved. "
        "Look at what is in force now; what you typed is still here."
    )


class BreakDue(OnBreak):
    code = "break_due"
    sentence = "It is time for your break. It is work time; cases can come again afterwards."


class Resting(OnBreak):
    code = "resting"
    sentence = "After an extreme case nothing comes for a little while. The page says when it can."


class ShiftOver(OnBreak):
    code = "shift_over"
    sentence = (
        "Your working day is over, so no more cases come. Thank you; end your shift when you are ready."
    )


class BreakNotOver(DomainError):
    code = "break_not_over"
    status = 409
    sentence = "This break was due, so it lasts its whole time. It is work time; nothing is waiting for you."


class NothingToRestFrom(DomainError):
    code = "nothing_to_rest_from"
    status = 409
    sentence = "No rest is running now. Take a break instead: at any moment, for as long as you like."


class InvalidPractice(Invalid):
    code = "invalid_practice"
    sentence = "This cannot be saved as it is. Nothing was changed."


class NobodyElses(DomainError):
    code = "nobody_elses"
    status = 403
    sentence = "What somebody's work costs her is for her alone, whatever one's role. It was noted that this was asked for."


class BelowTheFloor(Invalid):
    code = "below_the_floor"
    sentence = "The organisation covers more than that at this exposure level. Nothing was changed."


class InvalidVeil(Invalid):
    code = "invalid_veil"
    sentence = "This cannot be set as a veil. Nothing was changed."


class SlotTaken(DomainError):
    code = "slot_taken"
    status = 409
    sentence = "This time has just been taken or withdrawn. Please choose another one."


class NoteNotDelivered(Invalid):
    code = "note_not_delivered"
    sentence = "This note could not be delivered: the person takes no notes now, or got ten from you today."


class InvalidWords(Invalid):
    code = "invalid_words"
    sentence = "Some of what was typed cannot be used. Nothing was saved."


class NotHersToShow(DomainError):
    code = "not_hers_to_show"
    status = 403
    sentence = (
        "What one person's work costs her is hers. It is shown to nobody else, unless she asked for it; "
        "that this was asked for is written down."
    )
