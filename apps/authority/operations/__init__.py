"""The verbs of requests by authorities, one file per step."""

from apps.authority.operations.answering import answer_proposal, answered, lift, lift_due, propose, refuse
from apps.authority.operations.contesting import contest, decide_contest
from apps.authority.operations.ending import remind, tell_endings_due
from apps.authority.operations.forgetting import forget_words
from apps.authority.operations.judging import find_validity
from apps.authority.operations.recording import Asking, add_document, keep_quiet, locate, record_request
from apps.authority.operations.reviewing import settle_reviews
from apps.authority.operations.telling import tell_authors_due
from apps.authority.operations.writing import publish_letter, send_letter, write_letter

__all__ = [
    "Asking",
    "add_document",
    "answer_proposal",
    "answered",
    "contest",
    "decide_contest",
    "find_validity",
    "forget_words",
    "keep_quiet",
    "lift",
    "lift_due",
    "locate",
    "propose",
    "publish_letter",
    "record_request",
    "refuse",
    "remind",
    "send_letter",
    "settle_reviews",
    "tell_authors_due",
    "tell_endings_due",
    "write_letter",
]
