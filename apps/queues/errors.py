from apps.errors import DomainError


class ClaimLost(DomainError):
    code = "claim_lost"
    status = 409
    sentence = "This case is no longer with you. What you typed is kept on this page."


class AlreadyHolding(DomainError):
    code = "already_holding"
    status = 409
    sentence = "You already have a case open, perhaps in another window. It is shown here."


class NotYours(DomainError):
    code = "not_yours"
    status = 409
    sentence = (
        "This case cannot go to that person: she reported it, wrote it, skipped it or decided it before."
    )


class CaseNotWaiting(DomainError):
    code = "case_not_waiting"
    status = 409
    sentence = "This case is not waiting any more."
