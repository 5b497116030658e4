from apps.accounts.models import Role, User
from apps.errors import NotFound
from apps.guidelines.models import GuidelineVersion

AUTHORS = (Role.POLICY_LEAD, Role.ADMIN)


def version_for(person: User, number: str) -> GuidelineVersion:
    """The version with this number; a draft only for those who write guidelines. Raises NotFound."""
    version = GuidelineVersion.objects.filter(number=number).first()
    if version is None or (version.state == GuidelineVersion.State.DRAFT and not person.has_role(*AUTHORS)):
        raise NotFound("There is no guideline version with this number.")
    return version
