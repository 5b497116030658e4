from apps.errors import NotFound
from apps.queues.models import Case, Queue, RoutingRule


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


def access_case(case_id: int) -> Case:
    """A case to be read about, not worked on: its item's facts, never its content."""
    case = Case.objects.select_related("item__author", "queue").filter(pk=case_id).first()
    if case is None:
        raise NotFound("There is no case with this number.")
    return case
