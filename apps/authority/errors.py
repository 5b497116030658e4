from apps.errors import DomainError, Invalid


class InvalidAsking(Invalid):
    code = "authority_request_unusable"
    sentence = "Something needs another look. Nothing was saved, and what you typed is still here."


class DocumentRefused(Invalid):
    code = "document_refused"
    sentence = "This file cannot be kept here. Send it as PDF, JPEG or PNG."


class StepNotDue(DomainError):
    code = "authority_step_not_due"
    status = 409
    sentence = (
        "This step is not the next one for this item: somebody else may have gone on. Look at it again."
    )


class NeedsAnother(DomainError):
    code = "authority_needs_another_person"
    status = 409
    sentence = "Two people decide this, and one of them is a legal reviewer. You wrote the proposal: somebody else answers it."


class LetterIncomplete(Invalid):
    code = "letter_incomplete"
    sentence = "This letter cannot be published yet."
