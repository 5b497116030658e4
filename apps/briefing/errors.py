from apps.errors import DomainError, Invalid


class NothingToCheck(DomainError):
    code = "no_check_for_this_rule"
    status = 404
    sentence = "There is no check for this rule in the guidelines in force."


class CheckMoved(DomainError):
    code = "check_moved"
    status = 409
    sentence = "The rule was reworded while this page was open. Here is the check of the new words."


class AnswerEach(Invalid):
    code = "check_answer_each"
    sentence = "Answer each of the examples, please."
