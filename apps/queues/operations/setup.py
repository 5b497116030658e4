"""Setting up queues and routing."""

from django.db import transaction

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.queues import starter
from apps.queues.models import Queue, RoutingRule


@transaction.atomic
def install_starter(*, actor: User | None) -> bool:
    """Make the starter queues and routing rules where there are none yet. True when they were made."""
    if Queue.objects.exists():
        return False
    queues: dict[str, Queue] = {}
    for position, (slug, name, description, roles, skill, minutes) in enumerate(starter.QUEUES):
        queues[slug] = Queue.objects.create(
            slug=slug,
            name=name,
            description=description,
            roles=roles,
            skill=skill,
            claim_minutes=minutes,
            is_default=slug == starter.DEFAULT,
            position=position,
        )
    Queue.objects.exclude(slug="escalations").update(escalates_to=queues["escalations"])
    RoutingRule.objects.bulk_create(
        RoutingRule(name=name, position=position, conditions=conditions, queue=queues[slug])
        for position, (name, conditions, slug) in enumerate(starter.ROUTES, start=1)
    )
    record("queues.installed", actor=actor, queues=len(queues), rules=len(starter.ROUTES))
    return True
