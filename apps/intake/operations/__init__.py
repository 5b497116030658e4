from apps.intake.operations.answers import answer_once, forget_answers
from apps.intake.operations.judging import settle_reports, uphold
from apps.intake.operations.preparing import prepare_due
from apps.intake.operations.receiving import Result, receive
from apps.intake.operations.uploading import keep_upload

__all__ = [
    "Result",
    "answer_once",
    "forget_answers",
    "keep_upload",
    "prepare_due",
    "receive",
    "settle_reports",
    "uphold",
]
