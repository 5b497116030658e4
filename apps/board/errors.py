from apps.errors import DomainError, Invalid


class InvalidForBoard(Invalid):
    code = "board_unusable"
    sentence = "Something needs another look. Nothing was saved, and what you typed is still here."


class AnsweredAlready(DomainError):
    code = "ruling_answered_already"
    status = 409
    sentence = "This ruling has been carried out or answered already. What was done stays as it is."


class DisputeSettled(DomainError):
    code = "dispute_settled"
    status = 409
    sentence = "Somebody has written this down already. Look at it again before you change anything."
