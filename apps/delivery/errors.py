from apps.errors import DomainError, Invalid


class InvalidEndpoint(Invalid):
    code = "invalid_endpoint"
    sentence = "This endpoint cannot be used. Nothing was changed."


class NothingToReplay(DomainError):
    code = "nothing_to_replay"
    status = 409
    sentence = "This message was forgotten after 30 days and cannot be sent again."


class Unreachable(Exception):
    """Why a message was not received, in words for the page; the next attempt may fare better."""
