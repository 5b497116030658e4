"""What stands against erasing the content of an item."""

from apps.appeals.models import Appeal
from apps.authority.models import Contest, RequestItem
from apps.lawful.models import LawNotice
from apps.queues.models import Case


def needed_because(item_id: int) -> str:
    """Why the content of an item is still needed, as a sentence that says what to do first; empty when it is not.

    What is being decided is decided first: a question nobody could answer any more would help no one, and who deletes a
    post does not end what was asked about it.
    """
    if Appeal.objects.filter(item_id=item_id, state=Appeal.State.OPEN).exists():
        return "An appeal about it is being heard. It can be erased once the appeal is decided."
    if RequestItem.objects.filter(item_id=item_id, closed_at=None).exists():
        return "An authority's request about it is open. It can be erased once the request is answered."
    if Contest.objects.filter(test__item__item_id=item_id, state=Contest.State.OPEN).exists():
        return "Its author contests a measure of law on it. It can be erased once that is decided."
    if LawNotice.objects.filter(item_id=item_id, closed_at=None).exists():
        return "A notice of law about it is open. It can be erased once the notice is answered."
    if Case.objects.filter(item_id=item_id).exclude(state=Case.State.DONE).exists():
        return "A case about it is open. It can be erased once the case is decided."
    return ""
