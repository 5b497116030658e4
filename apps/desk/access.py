from apps.accounts.models import Role, User
from apps.appeals.access import hears_blind
from apps.errors import NotAllowed, NotFound
from apps.intake.models import Item, Media
from apps.queues.access import refuse_holder
from apps.queues.models import Barred, Case, Claim

PLANS_WORK = (Role.SUPERVISOR, Role.ADMIN)


def access_media(user: User, media_id: int) -> tuple[Media, int]:
    """A media file of the item she holds right now, and the case's exposure; else it is as if it were not there."""
    media = Media.objects.filter(pk=media_id, state=Media.State.READY).first()
    held = Claim.objects.filter(holder=user, ended_at=None, case__item_id=media.item_id if media else 0)
    exposure = held.values_list("case__exposure", flat=True).first()
    if media is None or exposure is None:
        raise NotFound
    return media, exposure


def may_know_blind(viewer: User) -> bool:
    """Whether she may be told which cases are second looks or have a known answer: not whoever may be given one."""
    return not viewer.has_role(Role.MODERATOR, Role.SENIOR_MODERATOR)


def access_case_media(user: User, claim_id: int, position: int) -> tuple[Media, int]:
    """The file at a place of the case she holds by this claim, and the case's exposure; else as if it were not there."""
    held = Claim.objects.filter(pk=claim_id, holder=user, ended_at=None).select_related("case__item").first()
    if held is None:
        raise NotFound
    item = held.case.item
    media = Media.objects.filter(
        item=item, revision=item.revision, position=position, state=Media.State.READY
    )
    if (found := media.first()) is None:
        raise NotFound
    return found, held.case.exposure


def access_item(viewer: User, item_id: int) -> Item:
    """An item to be read about, never its content. Her own, or one she reported, is as if it were not there."""
    item = Item.objects.select_related("author").filter(pk=item_id).first()
    mine = Barred.objects.filter(case__item=item_id, user=viewer, why=Barred.Why.CONFLICT)
    if item is None or mine.exists():
        raise NotFound("There is no item with this number.")
    refuse_holder(viewer, item.pk)
    not_while_blind(viewer, item_id)
    return item


def not_while_blind(viewer: User, item_id: int) -> None:
    """Refuse the history of an item to somebody who hears an appeal about it and has not judged it yet."""
    if viewer.has_role(Role.MODERATOR, Role.SENIOR_MODERATOR) and hears_blind(viewer, item_id):
        raise NotAllowed("You hear an appeal about this. Its history opens to you after your own judgement.")


def access_person(viewer: User, person_id: int) -> User:
    """A person whose work may be read about: oneself; for those who plan the work, everybody."""
    if viewer.pk == person_id:
        return viewer
    found = User.objects.filter(pk=person_id).first() if viewer.has_role(*PLANS_WORK) else None
    if found is None:
        raise NotFound("There is nobody with this number, or her timeline is not yours to see.")
    return found


def may_open_text(viewer: User, case: Case) -> bool:
    """Whether the text may be opened on the case page, where no limit counts what is seen.

    Who also moderates opens what is heavier than mild only at the desk, within her limits.
    """
    return case.exposure <= 1 or not viewer.has_role(Role.MODERATOR, Role.SENIOR_MODERATOR)
