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
    sentence = "Only a draft can be published. This version is in force or retired."


class PublishedMeanwhile(DomainError):
    code = "guidelines_published_meanwhile"
    status = 409
    sentence = "Another version was published a moment ago. Look at it first, then publish again."


class ReasonNeeded(Invalid):
    code = "reason_needed"
    sentence = "Say in a sentence why this version is published. Everyone can read it beside the version."


class NothingInForce(DomainError):
    code = "no_guidelines_in_force"
    status = 409
    sentence = "No guidelines are in force yet. A policy lead has to publish a version first."
