from django.db.models import Exists, OuterRef

from apps.accounts.models import User
from apps.errors import NotFound
from apps.queues.models import Barred, Case, Queue, RoutingRule


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
    return found
