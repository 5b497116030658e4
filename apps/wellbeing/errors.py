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
