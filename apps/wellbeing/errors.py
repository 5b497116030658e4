from apps.errors import DomainError


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
