from apps.errors import DomainError


class NotJson(DomainError):
    code = "not_json"
    status = 400


class WrongContentType(DomainError):
    code = "wrong_content_type"
    status = 415


class TooLarge(DomainError):
    code = "too_large"
    status = 413


class IdempotencyKeyUsed(DomainError):
    code = "idempotency_key_used"
    status = 409
    sentence = "This Idempotency-Key was used before for another request. Nothing was changed."


class MediaRefused(DomainError):
    """A media file that cannot be taken; the sentence says why and is kept on the media row."""

    code = "media_refused"
    status = 422


class FileTooLarge(MediaRefused):
    status = 413


class MediaAway(DomainError):
    """A media file that could not be fetched now; trying again may help."""

    code = "media_away"
    status = 503
