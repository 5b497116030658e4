from apps.intake.operations.answers import answer_once, forget_answers
from apps.intake.operations.receiving import Result, receive

__all__ = ["Result", "answer_once", "forget_answers", "receive"]
