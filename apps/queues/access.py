from django.db.models import Exists, OuterRef

from apps.accounts.models import Role, User
from apps.errors import NotAllowed, NotFound
from apps.queues.models import Barred, Case, Claim, Queue, RoutingRule


def access_queue(slug: str) -> Queue:
    """A queue by its address, for those who set queues up."""
    queue = Queue.objects.filter(slug=slug).first()
    if queue is None:
        raise NotFound("There is no queue with this name.")
    return queue


def access_rule(rule_id: int) -> RoutingRule:
    """A routing rule, for those who set routing up."""
    rule = RoutingRule.objects.select_related("queue").filter(pk=rule_id).first()
    if rule is None:
        raise NotFound("There is no such routing rule.")
    return rule


def access_case(viewer: User, case_id: int) -> Case:
    """A case to be read about, not worked on. What she reported or wrote herself is as if it were not there."""
    mine = Barred.objects.filter(case=OuterRef("pk"), user=viewer, why=Barred.Why.CONFLICT)
    found = Case.objects.select_related("item__author", "queue").filter(~Exists(mine), pk=case_id).first()
    if found is None:
        raise NotFound("There is no case with this number.")
    refuse_holder(viewer, found.item_id)
    return found


def refuse_holder(viewer: User, item_id: int) -> None:
    """Whoever holds a case decides by what the desk shows her, not by what others said of the item."""
    held = Claim.objects.filter(holder=viewer, ended_at=None, case__item=item_id)
    if viewer.has_role(Role.MODERATOR, Role.SENIOR_MODERATOR) and held.exists():
        raise NotAllowed(
            "You hold a case of this item. All you need is on the desk; this page opens when you are done with it."
        )
