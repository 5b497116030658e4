from apps.accounts.models import Role
from apps.errors import NotFound
from apps.intake.models import Author
from apps.strikes.models import LadderVersion, ReporterPause

DECIDES = (Role.SENIOR_MODERATOR, Role.LEGAL_REVIEWER)
MINDS_LADDER = (Role.POLICY_LEAD, Role.LEGAL_REVIEWER, Role.ADMIN)
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


def access_pause(pause_id: int) -> ReporterPause:
    """A pause that was proposed. Raises NotFound."""
    found = ReporterPause.objects.filter(pk=pause_id).first()
    if found is None:
        raise NotFound("There is no proposal with this number.")
    return found


def access_ladder(version_id: int) -> LadderVersion:
    """A ladder that was ever proposed, with who proposed and settled it. Raises NotFound."""
    found = LadderVersion.objects.select_related("proposed_by", "settled_by").filter(pk=version_id).first()
    if found is None:
        raise NotFound("There is no ladder with this number.")
    return found
