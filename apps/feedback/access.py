from apps.accounts.models import Role, User
from apps.errors import NotAllowed, NotFound
from apps.feedback.models import ExportRun

EXPORTERS = (Role.POLICY_LEAD, Role.ADMIN)


def may_export(person: User) -> None:
    """Refuse anybody who neither writes the rules nor runs the house. Raises NotAllowed."""
    if not person.has_role(*EXPORTERS):
        raise NotAllowed("Training data is exported by policy leads and admins.")


def access_run(person: User, run_id: int) -> ExportRun:
    """An export, for those who may export. Raises NotAllowed, NotFound."""
    may_export(person)
    found = ExportRun.objects.select_related("asked_by", "continues").filter(pk=run_id).first()
    if found is None:
        raise NotFound("There is no such export.")
    return found
