from apps.accounts.models import Role
from apps.detectors.errors import UnknownDetector
from apps.detectors.models import CardWeek, ThresholdChange
from apps.errors import NotFound

MINDERS = (Role.SUPERVISOR, Role.POLICY_LEAD, Role.ADMIN)


def detector_for(name: str, rule: str) -> str:
    """The detector's name, if it ever scored anything for this rule. Raises UnknownDetector."""
    if not CardWeek.objects.filter(detector=name, rule_code=rule).exists():
        raise UnknownDetector()
    return name


def change_for(change_id: int) -> ThresholdChange:
    """A proposed or settled change of a threshold, with who proposed it. Raises NotFound."""
    found = ThresholdChange.objects.select_related("proposed_by", "settled_by").filter(pk=change_id).first()
    if found is None:
        raise NotFound("There is no such change of a threshold.")
    return found
