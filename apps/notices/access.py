from apps.accounts.models import Role
from apps.errors import NotFound
from apps.notices.models import NEEDS
from apps.notices.phrases import LANGUAGES

AUTHORS = (Role.POLICY_LEAD, Role.LEGAL_REVIEWER, Role.ADMIN)


def access_template(kind: str, language: str) -> tuple[str, str]:
    """A template that there is. Raises NotFound."""
    if kind not in NEEDS or language not in LANGUAGES:
        raise NotFound("There is no such template.")
    return kind, language
