from apps.accounts.models import Role, User
from apps.errors import NotFound
from apps.misses.models import Cause, Miss

SEES = (Role.SUPERVISOR, Role.POLICY_LEAD, Role.ADMIN)
UNKNOWN = "unknown"  # how a cause that is not known yet is called in addresses


def access_miss(miss_id: int) -> Miss:
    miss = Miss.objects.filter(pk=miss_id).first()
    if miss is None:
        raise NotFound("There is no miss with this number.")
    return miss


def access_cause(name: str) -> str:
    """A cause by its address. Raises NotFound."""
    if name == UNKNOWN:
        return ""
    if name not in Cause.values:
        raise NotFound("There is no such cause.")
    return name


def may_open_cases(person: User) -> bool:
    """Policy leads see what was missed, not the cases themselves."""
    return person.has_role(Role.SUPERVISOR, Role.ADMIN)
