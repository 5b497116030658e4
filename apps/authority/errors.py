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


class ContestLinkNotOurs(DomainError):
    code = "contest_link_not_ours"
    status = 404
    sentence = "This link is not one of ours, or a part of it is missing. Use the whole link as it stands in your notice."


class ContestTooLate(DomainError):
    code = "contest_too_late"
    status = 409
    sentence = "The time in which this could be contested has passed."


class ContestedAlready(DomainError):
    code = "contested_already"
    status = 409
    sentence = "You have contested this already. It is heard once; you will be told what came of it."


class NothingToContest(DomainError):
    code = "nothing_to_contest"
    status = 409
    sentence = "It is no longer withheld, so there is nothing left to contest."


class ContestInvalid(Invalid):
    code = "contest_invalid"
    sentence = "Something is missing before this can be sent. What you wrote is kept."


class ContestDecided(DomainError):
    code = "contest_decided"
    status = 409
    sentence = "This contest is no longer open: somebody decided it, or the measure ended. Look at it again."


class TookPart(DomainError):
    code = "contest_needs_somebody_else"
    status = 409
    sentence = "You took part in this request. Somebody who did not decides the contest."
