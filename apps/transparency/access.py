from apps.errors import NotFound
from apps.transparency.models import Statement

READERS = ("policy_lead", "legal_reviewer", "admin")
KEEPERS = ("legal_reviewer", "admin")


def statement(pk: int) -> Statement:
    found = Statement.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no statement with this number.")
    return found
