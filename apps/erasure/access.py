"""Who may take content away for good."""

from apps.accounts.models import User
from apps.errors import NotAllowed

ERASES = ("admin",)


def may_erase(user: User) -> None:
    """Raises NotAllowed unless she may erase content."""
    if not user.has_role(*ERASES):
        raise NotAllowed
