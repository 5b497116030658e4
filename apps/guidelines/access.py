from apps.accounts.models import Role, User
from apps.errors import NotAllowed, NotFound
from apps.guidelines.models import GuidelineVersion

AUTHORS = (Role.POLICY_LEAD, Role.ADMIN)
TRANSLATORS = (*AUTHORS, Role.SENIOR_MODERATOR, Role.MODERATOR)


def may_translate(person: User, language: str) -> None:
    """Refuse anybody but those who write guidelines, and senior moderators with the language. Raises NotAllowed."""
    senior = person.has_role(Role.SENIOR_MODERATOR) and language in person.languages
    if not person.has_role(*AUTHORS) and not senior:
        raise NotAllowed(
            "Guidelines are translated by policy leads, and by senior moderators with the language."
        )


def may_write(person: User) -> None:
    """Refuse anybody who does not write guidelines. Raises NotAllowed."""
    if not person.has_role(*AUTHORS):
        raise NotAllowed("Guidelines are written by policy leads.")


def version_for(person: User, number: str) -> GuidelineVersion:
    """The version with this number; one still being written only for those who write. Raises NotFound."""
    version = GuidelineVersion.objects.filter(number=number).first()
    if version is None or (version.is_being_written and not person.has_role(*AUTHORS)):
        raise NotFound("There is no guideline version with this number.")
    return version


def draft_for(person: User, number: str) -> GuidelineVersion:
    """A version that is still being written. Raises NotFound."""
    version = version_for(person, number)
    if not version.is_being_written:
        raise NotFound("This version is published and does not change any more. Open a new draft.")
    return version


def published_version(number: str) -> GuidelineVersion:
    """The version with this number if it is or was in force: what anybody may read. Raises NotFound."""
    version = GuidelineVersion.objects.filter(
        number=number, state__in=(GuidelineVersion.State.PUBLISHED, GuidelineVersion.State.RETIRED)
    ).first()
    if version is None:
        raise NotFound("There is no guideline version with this number.")
    return version
