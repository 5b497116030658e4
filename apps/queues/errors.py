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


class EditedMeanwhile(DomainError):
    code = "edited_meanwhile"
    status = 409
    sentence = "Someone else changed this while you had it open. Nothing was overwritten."


class RoutingChangedMeanwhile(DomainError):
    code = "routing_changed_meanwhile"
    status = 409
    sentence = "The routing was changed while you had this open, so the count below was made again. Nothing was saved yet."


class QueueNeeded(DomainError):
    code = "queue_needed"
    status = 422
    sentence = "This queue cannot be switched off now."


class CannotBeGiven(DomainError):
    code = "cannot_be_given"
    status = 409
    sentence = "This case cannot go to that person right now. Nothing was changed."


class CannotBeMoved(DomainError):
    code = "cannot_be_moved"
    status = 409
    sentence = "This case cannot be moved there."


class SearchTooWide(DomainError):
    code = "search_too_wide"
    status = 422
    sentence = "This search goes through too many cases. Narrow it, for example by queue or by state."
