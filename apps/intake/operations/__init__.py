from apps.intake.operations.answers import answer_once, forget_answers
from apps.intake.operations.judging import settle_reports
from apps.intake.operations.receiving import Result, receive

__all__ = ["Result", "answer_once", "forget_answers", "receive", "settle_reports"]
