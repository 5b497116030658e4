"""A supervisor places a case: into another queue, into somebody's hands, or out of them.

Locks, always in this order: the holder's shift, the case, the claim.
"""

from django.db import IntegrityError, transaction

from apps.accounts.models import Role, User
from apps.ledger.operations import record
from apps.queues.errors import CannotBeGiven, CannotBeMoved, CaseNotWaiting, NotYours
from apps.queues.models import Case, CaseNote, Claim, Queue
from apps.queues.operations.claiming import Claimed, claim_case
from apps.queues.operations.holding import move_to, take_back
from apps.queues.queries import case_facts
from apps.wellbeing.errors import NotOnShift, OnBreak
from apps.wellbeing.operations import lock_shift

NOTE_AT_MOST = 2_000
MOVED_ON = "This case has just changed hands. Look at it again, then decide who should have it."
SECOND_PERSON_ROLES = {Role.SENIOR_MODERATOR}


@transaction.atomic
def move(*, actor: User, case_id: int, queue: Queue, note: str = "") -> None:
    """Put an open case that nobody holds into another queue, with a note for whoever takes it there.

    It stays where it was put: routing does not move it again. Raises CaseNotWaiting, CannotBeMoved.
    """
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
    if case.state == Case.State.CLAIMED:
        raise CaseNotWaiting("Someone is working on this case. Take it back first, then move it.")
    if case.state == Case.State.DONE:
        raise CaseNotWaiting("This case is done, so it stays where it is.")
    # The row lock keeps the queue from being switched off before this case is seen in it.
    queue = Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)
    if not queue.active:
        raise CannotBeMoved(f"The queue “{queue.name}” is switched off: nobody could take the case there.")
    if queue.pk == case.queue_id:
        raise CannotBeMoved(f"The case is in “{queue.name}” already.")
    if case.purpose == Case.Purpose.APPROVAL and not set(queue.roles) <= SECOND_PERSON_ROLES:
        raise CannotBeMoved(
            "A decision that waits for a second person can only go where senior moderators work."
        )
    before = case.queue_id
    move_to(case, queue)
    if note.strip():
        CaseNote.objects.create(case=case, author=actor, text=note.strip()[:NOTE_AT_MOST])
    facts = {**case_facts(case), "from": before, "to": queue.pk}
    record("case.moved", actor=actor, case=case, item=case.item_id, **facts)


def give(*, actor: User, case_id: int, holder: User, taken_from: int | None = None) -> Claimed:
    """Give a waiting case to one person, or one that `taken_from` (a person's id) holds; within her own limits.

    Raises CaseNotWaiting for what anyone may know of the case, also when it has changed hands since it was
    looked at; and CannotBeGiven for whatever is between her and the case: on shift or not, resting, at a
    limit, her own item, skipped before. Always the same; and then whoever held it still does.
    """
    case = Case.objects.only("state").get(pk=case_id)
    if case.state not in (Case.State.WAITING, Case.State.CLAIMED):
        raise CaseNotWaiting("This case is not waiting, so it cannot be given to anyone.")
    if (case.state == Case.State.CLAIMED) != (taken_from is not None):
        raise CaseNotWaiting(MOVED_ON)
    try:
        with transaction.atomic():
            if taken_from is not None:
                _take_for(holder, taken_from=taken_from, actor=actor, case_id=case_id)
            claimed = claim_case(actor=actor, holder=holder, case_id=case_id)
            record("case.given", actor=actor, case=case_id, item=claimed.item_id, holder=holder.pk)
            return claimed
    except (NotYours, NotOnShift, OnBreak, IntegrityError):
        raise CannotBeGiven from None


def _take_for(holder: User, *, taken_from: int, actor: User, case_id: int) -> None:
    """Take the case from who has it, with both shifts locked first, in the order of the people's ids."""
    if taken_from == holder.pk:
        raise CaseNotWaiting("This person has the case already.")
    for person in User.objects.filter(pk__in=[taken_from, holder.pk]).order_by("pk"):
        lock_shift(person)
    if not Claim.objects.filter(case_id=case_id, holder=taken_from, ended_at=None).exists():
        raise CaseNotWaiting(MOVED_ON)
    take_away(actor=actor, case_id=case_id)


@transaction.atomic
def take_away(*, actor: User, case_id: int) -> None:
    """Take a case from whoever holds it, back to its queue. Raises CaseNotWaiting when nobody does."""
    take_back(actor=actor, case_id=case_id)
    case = Case.objects.only("item_id").get(pk=case_id)
    record("case.taken_back", actor=actor, case=case_id, item=case.item_id)


@transaction.atomic
def note_text_opened(*, actor: User, case: Case) -> None:
    """Somebody opened the item's text outside the desk: written down, as every look at content is."""
    record("case.text_opened", actor=actor, case=case, item=case.item_id)
