"""The queues as a supervisor sets them up: who may work each, in which languages, and what routes there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from apps.accounts.models import Role, User
from apps.queues.models import Case, Lane, Queue, RoutingRule
from apps.queues.queries import ESCALATIONS, queue_map
from apps.queues.routing_words import language


@dataclass(frozen=True)
class Reading:
    """A language of a queue: how many people who may work there read it, and whether cases in it wait."""

    code: str
    people: int
    waiting: bool

    @property
    def name(self) -> str:
        return language(self.code)


@dataclass(frozen=True)
class QueueAccess:
    """Who may work a queue. Roles, certification and languages are what people can do, not how they are."""

    queue: Queue
    roles: tuple[str, ...]
    people: int
    readings: tuple[Reading, ...]
    rules: tuple[RoutingRule, ...]
    escalates_to: Queue | None

    @property
    def unread(self) -> list[str]:
        """Languages in which cases wait that nobody who may work here reads."""
        return [reading.name for reading in self.readings if reading.waiting and not reading.people]

    @property
    def stranded(self) -> bool:
        """Switched off while cases wait in it: nobody can take them."""
        return not self.queue.active and any(reading.waiting for reading in self.readings)


def who_works_where(rules: Sequence[RoutingRule]) -> list[QueueAccess]:
    """Every queue with its access, and what of `rules` routes there; three queries, whatever there is."""
    queues = queue_map()
    people = list(User.objects.filter(is_active=True).only("roles", "skills", "languages"))
    waiting = Lane.objects.filter(Exists(Case.objects.filter(lane=OuterRef("pk"), state=Case.State.WAITING)))
    languages_of: dict[int, set[str]] = {}
    for queue_id, code in waiting.values_list("queue_id", "language"):
        languages_of.setdefault(queue_id, set()).add(code)
    escalations = next((queue for queue in queues if queue.slug == ESCALATIONS and queue.active), None)
    return [
        _access(queue, people, languages_of.get(queue.pk, set()), rules, queue.escalates_to or escalations)
        for queue in queues
    ]


def _access(
    queue: Queue,
    people: Sequence[User],
    waiting: set[str],
    rules: Sequence[RoutingRule],
    escalates_to: Queue | None,
) -> QueueAccess:
    able = [person for person in people if may_work(person, queue)]
    reads = Counter(code for person in able for code in set(person.languages))
    reads[""] = len(able)  # a case of unknown language may go to anyone
    shown = sorted({code for code in reads if code} | waiting, key=lambda code: (-reads[code], code))
    return QueueAccess(
        queue=queue,
        roles=tuple(Role(role).label for role in queue.roles),
        people=len(able),
        readings=tuple(Reading(code, reads[code], code in waiting) for code in shown),
        rules=tuple(rule for rule in rules if rule.queue_id == queue.pk and rule.active),
        escalates_to=escalates_to if escalates_to and escalates_to.pk != queue.pk else None,
    )


def may_work(person: User, queue: Queue) -> bool:
    """Whether her role and certification open the queue."""
    return bool(set(person.roles) & set(queue.roles)) and (not queue.skill or queue.skill in person.skills)
