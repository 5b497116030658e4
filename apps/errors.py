class DomainError(Exception):
    """A refusal a person can act on: a stable code, an HTTP status and one sentence.

    Subclasses set the class attributes; a more exact sentence or a list of
    `{"field": …, "reason": …}` may be given when raising. Doors never build
    error answers of their own: `reviewqueue/errors.py` renders these once.
    """

    code = "refused"
    status = 400
    sentence = "This could not be done."

    def __init__(self, sentence: str | None = None, *, errors: list[dict[str, str]] | None = None) -> None:
        self.sentence = sentence or self.sentence
        self.errors = errors or []
        super().__init__(self.sentence)


class NotFound(DomainError):
    code = "not_found"
    status = 404
    sentence = "There is nothing here, or it is not yours to see."


class NotAllowed(DomainError):
    code = "not_allowed"
    status = 403
    sentence = "Your role does not include this."


class Invalid(DomainError):
    code = "invalid"
    status = 422
    sentence = "Some of what was sent cannot be used. Nothing was changed."
