from apps.guidelines.models.translation import Translation
from apps.guidelines.models.versions import Compatibility, GuidelineVersion, Policy, RetiredRule, RuleVersion
from apps.guidelines.models.writing import Approval, Comment, DraftEdit, EmergencyCall, LeadNotice, Schedule

__all__ = [
    "Approval",
    "Comment",
    "Compatibility",
    "DraftEdit",
    "EmergencyCall",
    "GuidelineVersion",
    "LeadNotice",
    "Policy",
    "RetiredRule",
    "RuleVersion",
    "Schedule",
    "Translation",
]
