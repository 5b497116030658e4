from apps.accounts.models import Role
from apps.errors import NotFound
from apps.intake.models import Author

READS = (Role.SUPERVISOR, Role.SENIOR_MODERATOR, Role.POLICY_LEAD, Role.LEGAL_REVIEWER, Role.ADMIN)


def access_account(author_id: int) -> Author:
    """An account on the platform, by its number here. Raises NotFound."""
    found = Author.objects.filter(pk=author_id).first()
    if found is None:
        raise NotFound("There is no account with this number.")
    return found


def account_named(source: str, external_id: str) -> Author:
    """An account on the platform, by the platform's own name for it. Raises NotFound."""
    found = Author.objects.filter(source=source, external_id=external_id).first()
    if found is None:
        raise NotFound("There is no such account.")
    return found
