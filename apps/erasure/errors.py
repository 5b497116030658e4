from apps.errors import DomainError


class ContentNeeded(DomainError):
    code = "content_needed"
    status = 409
    sentence = "Its content is still needed. Nothing was erased."
