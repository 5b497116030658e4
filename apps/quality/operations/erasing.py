"""Content is about to be erased: what only measures does not stand in the way of it."""

from django.db import transaction

from apps.quality.models import Golden, Void
from apps.quality.operations.drawing import give_up
from apps.quality.operations.golden import retire_locked
from apps.quality.queries import waiting_second_looks


@transaction.atomic
def make_way(item_id: int) -> None:
    """Give up second looks at this item that nobody has taken up, and take it out of the golden set with its waiting cases.

    Somebody who is at one of them goes on: the item still has an open case then.
    """
    looks = waiting_second_looks().filter(decision__item=item_id).values_list("id", flat=True)
    give_up(list(looks), because=Void.Because.GONE)
    golden = Golden.objects.filter(item=item_id, retired_at=None).order_by("id")
    # Never waited for: whoever has one may wait for the item, which the caller holds. What is left out is retired when it is
    # next chosen.
    for one in golden.select_for_update(of=("self",), no_key=True, skip_locked=True):
        retire_locked(one, Golden.Because.GONE)
