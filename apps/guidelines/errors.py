from typing import Any

from apps.errors import DomainError, Invalid


class GuidelinesUnreadable(Invalid):
    """`errors` names the line of every problem: {"field": "line 12", "reason": …}."""

    code = "guidelines_unreadable"
    sentence = "The guidelines cannot be loaded as they are. Nothing was changed."


class VersionExists(DomainError):
    code = "guideline_version_exists"
    status = 409
    sentence = "This version number is taken. Versions never change; give this one a new number."


class NotADraft(DomainError):
    code = "guideline_version_not_a_draft"
    status = 409
    sentence = "Only a draft can be changed or published. This version is in force or retired."


class NotInReview(DomainError):
    code = "guideline_version_not_in_review"
    status = 409
    sentence = "This draft is not in review. Ask for a review first."


class PublishedMeanwhile(DomainError):
    code = "guidelines_published_meanwhile"
    status = 409
    sentence = "Another version was published a moment ago. Look at it first, then publish again."


class BaseOutdated(DomainError):
    """The draft would silently undo what was published after it was begun."""

    code = "guideline_draft_outdated"
    status = 409
    sentence = "Another version was published after this draft was begun. Bring the draft up to date first."


class NotApproved(DomainError):
    code = "guideline_revision_not_approved"
    status = 409
    sentence = "This revision is not approved. Somebody who wrote none of it has to approve it first."


class AuthorCannotApprove(DomainError):
    code = "guideline_author_cannot_approve"
    status = 403
    sentence = "You wrote part of this draft, so somebody else has to approve it."


class RevisionMoved(DomainError):
    code = "guideline_revision_moved"
    status = 409
    sentence = "The draft has changed since you read it. Look at what changed, then answer again."


class CommentsOpen(DomainError):
    code = "guideline_comments_open"
    status = 409
    sentence = "There are comments that nobody has resolved. Resolve them first."


class NotComplete(Invalid):
    """`errors` names each part and what it lacks."""

    code = "guideline_draft_incomplete"
    sentence = "The draft is not complete yet."


class ReasonNeeded(Invalid):
    code = "reason_needed"
    sentence = "Say in a sentence why this version is published. Everyone can read it beside the version."


class CodeTaken(DomainError):
    code = "guideline_code_taken"
    status = 409
    sentence = "This code belongs to another rule. A code names one rule for ever; choose another."


class EditedMeanwhile(DomainError):
    """Two people changed one part. Carries the part as both knew it (`base`), as it is now (`theirs`) and as it
    was sent (`yours`); None where it was not there."""

    code = "guideline_part_edited_meanwhile"
    status = 409
    sentence = (
        "Somebody changed this while you were writing. Nothing was overwritten: compare both and choose."
    )

    def __init__(self, *, part: str, base: Any, theirs: Any, yours: Any, by: str, revision: int) -> None:
        self.part, self.base, self.theirs, self.yours = part, base, theirs, yours
        self.by, self.revision = by, revision
        super().__init__(
            f"{by} changed this while you were writing. Nothing was overwritten: compare both and choose."
        )


class NothingToUndo(DomainError):
    code = "guideline_nothing_to_undo"
    status = 409
    sentence = "There is nothing of yours to undo in this draft."


class UndoOvertaken(DomainError):
    code = "guideline_undo_overtaken"
    status = 409
    sentence = "Somebody has changed this part since. Undoing would overwrite it, so nothing was changed."


class OverlapsAnother(DomainError):
    code = "guideline_publication_overlaps"
    status = 409
    sentence = "Another publication is already planned. Call it off first, or publish after it."


class TooSoon(Invalid):
    code = "guideline_publication_too_soon"
    sentence = "Choose a time that lies ahead."


class NoEmergencyCall(DomainError):
    code = "guideline_no_emergency_call"
    status = 409
    sentence = "Nobody is asking for an emergency publication of this revision now. The call may have lapsed."


class SecondPersonNeeded(DomainError):
    code = "guideline_second_person_needed"
    status = 403
    sentence = "An emergency publication takes two people. Somebody else has to confirm yours."


class NothingInForce(DomainError):
    code = "no_guidelines_in_force"
    status = 409
    sentence = "No guidelines are in force yet. A policy lead has to publish a version first."


class InvalidTranslation(Invalid):
    code = "translation_invalid"
    sentence = "The translation cannot be kept as it is. Nothing was changed."


class SourceMoved(DomainError):
    code = "translation_source_moved"
    status = 409
    sentence = "The text has been reworded since this page was opened. What you typed is still here; compare, then save again."


class NotYourLanguage(DomainError):
    code = "translation_not_your_language"
    status = 403
    sentence = "A translation is read over by somebody who has its language. It is not among yours."


class OwnTranslation(DomainError):
    code = "translation_is_your_own"
    status = 409
    sentence = "You translated this. Somebody else with the language reads it over."


class ReviewedMeanwhile(DomainError):
    code = "translation_reviewed_meanwhile"
    status = 409
    sentence = "Somebody has read this over already."
