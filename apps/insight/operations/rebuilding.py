"""The rollups made anew from cases, decisions and events: after history was brought in, or to be sure."""

from collections.abc import Callable, Iterator

from django.db import connection, models, transaction
from django.db.models import Max
from django.utils.timezone import now

from apps.decisions.models import Decision, Enforcement
from apps.decisions.queries import standing
from apps.insight.models import (
    ActionDay,
    AgreementDay,
    DecisionDay,
    FirstRemoval,
    Flow,
    Horizon,
    LatencyDay,
    OpenMinute,
    QueueNow,
    RemovalCell,
    RemovalDay,
    RemovalReachDay,
    RuleDay,
    RuleTimeDay,
)
from apps.insight.operations.cases import THE_ONE, CaseSums
from apps.insight.operations.keeping import raise_pulse
from apps.insight.operations.removals import count_actions, count_removals
from apps.insight.operations.rules import KINDS as RULE_EVENTS
from apps.insight.operations.rules import count_rules
from apps.insight.operations.verdicts import count_verdicts
from apps.insight.queries.verdicts import verdicts
from apps.ledger.models import Event, Handoff
from apps.queues.models import Case

SUBSCRIBER = "insight.rollups"
BATCH = 5_000
ROLLUPS = (
    QueueNow, OpenMinute, Flow, DecisionDay, LatencyDay, AgreementDay, FirstRemoval, RemovalDay,
    RemovalReachDay, RemovalCell, ActionDay, RuleDay, RuleTimeDay,
)  # fmt: skip
FLOWING = ("case.opened", "case.closed", "case.reopened", "case.escalated", "case.moved")


def rebuild(*, say: Callable[[str], None] = lambda sentence: None) -> None:
    """Make every rollup anew. Exact while everything else goes on; live numbers stand still meanwhile.

    1. Keep the relay away from our handler, by the lock it takes itself.
    2. One snapshot of the database: what it shows is counted, and no longer owed to us; what is committed
       later is still owed and is added afterwards.
    3. Read in key ranges of 5,000, so that memory and each statement stay small.

    It holds that snapshot to its end, which slows claims down: for quiet hours. A million open cases take
    about 20 seconds.
    """
    if connection.in_atomic_block:
        raise RuntimeError("rebuild() needs a transaction of its own")
    horizon = int(now().timestamp()) // 60
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('relay'), hashtext(%s))", [SUBSCRIBER])
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                # Before the snapshot is taken: no fold may move the horizon beside it.
                cursor.execute("LOCK TABLE insight_horizon IN EXCLUSIVE MODE")
            Horizon.objects.update_or_create(pk=THE_ONE, defaults={"minute": horizon})
            _forget_what_is_owed()
            for model in ROLLUPS:
                model.objects.all().delete()
            say("cases")
            _count_open_cases(horizon)
            say("flows")
            _count_flows()
            say("decisions")
            _count_decisions()
            say("removals")
            _count_removals()
            say("rules")
            _count_rules()
        raise_pulse()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('relay'), hashtext(%s))", [SUBSCRIBER])


def _forget_what_is_owed() -> None:
    """Handoffs this snapshot sees are counted by it. A reversal stays owed, for it may still be taken back;
    counting an item as reinstated twice changes nothing."""
    Handoff.objects.filter(subscriber=SUBSCRIBER).exclude(event__kind="enforcement.reversed").delete()


def _ranges(model: type[models.Model]) -> Iterator[tuple[int, int]]:
    last = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last, BATCH):
        yield start + 1, start + BATCH


def _count_open_cases(horizon: int) -> None:
    sums = CaseSums()
    for first, last in _ranges(Case):
        open_cases = Case.objects.filter(pk__range=(first, last)).exclude(state=Case.State.DONE)
        for queue, state, opened, due in open_cases.values_list("queue_id", "state", "opened_at", "due_at"):
            claimed = state == Case.State.CLAIMED
            sums.now.add(queue, **{"claimed" if claimed else "waiting": 1})
            for measure, at in (("opened", opened), ("due", due)):
                sums.minutes.add(queue, measure, int(at.timestamp()) // 60, n=1)
    sums.write(horizon)


def _count_flows() -> None:
    for first, last in _ranges(Event):
        sums = CaseSums()
        for event in Event.objects.filter(pk__range=(first, last), kind__in=FLOWING):
            sums.take_in(event)
        sums.flows.write()


def _count_decisions() -> None:
    for first, last in _ranges(Decision):
        ids = set(standing().filter(pk__range=(first, last)).values_list("pk", flat=True))
        count_verdicts((1, verdict, verdict.queue_id) for verdict in verdicts(ids))


def _count_removals() -> None:
    for first, last in _ranges(Enforcement):
        effective = Enforcement.objects.filter(pk__range=(first, last), effective_at__isnull=False)
        ids = set(effective.values_list("pk", flat=True))
        count_removals(ids)
        count_actions(ids)


def _count_rules() -> None:
    for first, last in _ranges(Event):
        count_rules(Event.objects.filter(pk__range=(first, last), kind__in=RULE_EVENTS))
