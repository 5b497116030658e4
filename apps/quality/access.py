from apps.accounts.models import User
from apps.errors import NotFound
from apps.quality.models import Adjudication, Golden
from apps.queues.models import Queue

PLANS = ("supervisor", "admin")
SETTLES = ("senior_moderator",)
HERS = ("moderator", "senior_moderator")


def access_plan_queue(slug: str) -> Queue | None:
    """The queue a plan is for; None for every queue without one. Raises NotFound."""
    if slug == "every":
        return None
    queue = Queue.objects.filter(slug=slug).first()
    if queue is None:
        raise NotFound("There is no queue with this name.")
    return queue


def access_adjudication(viewer: User, adjudication_id: int) -> Adjudication:
    found = Adjudication.objects.select_related("comparison", "case").filter(pk=adjudication_id).first()
    if found is None:
        raise NotFound("There is nothing to settle with this number.")
    return found


def access_golden(golden_id: int) -> Golden:
    golden = Golden.objects.filter(pk=golden_id).first()
    if golden is None:
        raise NotFound("There is no such case.")
    return golden
