from apps.errors import DomainError, Invalid


class PauseDecided(DomainError):
    code = "pause_decided"
    status = 409
    sentence = "This has been decided already."


class PauseInvalid(Invalid):
    code = "pause_invalid"
    sentence = "Say why, and for how many days: 1 to 90."
