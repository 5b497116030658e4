from apps.accounts.models import Role
from apps.decisions.models import DecisionSet, MatchAudit
from apps.errors import NotFound

REVERSES = (Role.SENIOR_MODERATOR, Role.POLICY_LEAD, Role.ADMIN)
READS = (Role.SUPERVISOR, *REVERSES)


def access_set(set_id: int) -> DecisionSet:
    found = DecisionSet.objects.select_related("root", "reversed_by").filter(pk=set_id).first()
    if found is None:
        raise NotFound("There is no set with this number.")
    return found


def access_audit(audit_id: int) -> MatchAudit:
    found = MatchAudit.objects.filter(pk=audit_id).first()
    if found is None:
        raise NotFound("There is nothing to look over under this number.")
    return found
