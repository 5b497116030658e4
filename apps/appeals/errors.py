from apps.errors import DomainError, Invalid


class LinkNotOurs(DomainError):
    code = "appeal_link_not_ours"
    status = 404
    sentence = "This link is not one of ours, or a part of it is missing. Use the whole link as it stands in your notice."


class ContentGone(DomainError):
    code = "content_gone"
    status = 409
    sentence = "The content was erased, so nobody can look at it again. What was decided stays as it is."


class AppealTooLate(DomainError):
    code = "appeal_too_late"
    status = 409
    sentence = "The time in which this decision could be appealed has passed."


class AppealSuperseded(DomainError):
    code = "appeal_superseded"
    status = 409
    sentence = "This decision no longer stands: a newer one took its place. Appeal the newer one; its notice tells how."


class AppealedAlready(DomainError):
    code = "appealed_already"
    status = 409
    sentence = "You have appealed this decision already. It is heard once; you will be told what came of it."


class HeardAlready(DomainError):
    code = "heard_already"
    status = 409
    sentence = (
        "This decision was made on appeal, and you were heard. There is no further appeal here; "
        "an out-of-court dispute settlement body or a court may look at it."
    )


class NothingToAppeal(DomainError):
    code = "nothing_to_appeal"
    status = 409
    sentence = "This decision restricted nothing, so there is nothing here for its author to appeal."


class NotConcerned(DomainError):
    code = "not_concerned"
    status = 409
    sentence = "Only the author, and those who reported this before it was decided, can appeal the decision."


class NotFinal(DomainError):
    code = "decision_not_final"
    status = 409
    sentence = "This decision is not final yet. Once it is, its notice tells how to appeal."


class AppealInvalid(Invalid):
    code = "appeal_invalid"
    sentence = "Something is missing before this can be sent. What you wrote is kept."


class TooManyAppeals(DomainError):
    code = "too_many_appeals"
    status = 429
    sentence = "Too much came through this link in a short time. Try again in an hour."

    def __init__(self, seconds: int = 3600) -> None:
        self.retry_after = seconds
        super().__init__()
