"""What every step does first: take the item's row, and see that the step is the next one."""

from apps.authority.errors import StepNotDue
from apps.authority.models import RequestItem


def locked(item: RequestItem, *states: str) -> RequestItem:
    """The item's row, locked, in one of these states. Raises StepNotDue."""
    row = (
        RequestItem.objects.select_for_update(of=("self",), no_key=True)
        .select_related("request")
        .get(pk=item.pk)
    )
    if row.state not in states:
        raise StepNotDue
    return row
