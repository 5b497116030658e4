from apps.errors import DomainError


class StatementNotRefused(DomainError):
    code = "statement_not_refused"
    status = 409
    sentence = "This statement was not refused, so there is nothing to send again."
