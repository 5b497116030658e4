"""Finding cases: filters, order, and one page at a time by key. No content is read, and nothing is counted."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from psycopg2.errors import QueryCanceled

from apps.accounts.models import User
from apps.intake.models import Item
from apps.queues.errors import SearchTooWide
from apps.queues.models import Case, Claim, Queue
from apps.queues.overview import may_work

PAGE = 50
PATIENCE = "4s"  # a rare filter over very many cases is given up rather than run for minutes
TWINS_AT_MOST = 50  # items that bear one external id under several sources

ORDERS: Mapping[str, tuple[str, ...]] = {
    "newest": ("-id",),
    "oldest": ("id",),
    "urgent": ("rank", "id"),
    "due": ("due_at", "id"),
}
OPEN = [Case.State.PREPARING, Case.State.WAITING, Case.State.CLAIMED]


def matching(asked: Mapping[str, Any]) -> QuerySet[Case]:
    """The cases that answer to all that was asked: queue, state, severity, purpose, language, due, rules, source, q.

    `rules` is a list of rule codes, one is enough. `q` is a case's number, an item's external id, or `source:id`.
    """
    found = Case.objects.all()
    plain = {"queue": "queue", "severity": "severity", "source": "detection_source"}
    found = found.filter(**{column: asked[name] for name, column in plain.items() if asked.get(name)})
    if purpose := asked.get("purpose"):
        found = found.filter(Q(purpose=purpose, shown_as="") | Q(shown_as=purpose))
    if language := asked.get("language"):
        found = found.filter(language="" if language == "unknown" else language)
    if state := asked.get("state"):
        found = found.filter(state__in=OPEN) if state == "open" else found.filter(state=state)
    if due := asked.get("due"):
        within = {"due_at__lt": now()} if due == "overdue" else _within_the_hour()
        found = found.filter(state__in=OPEN, **within)
    if rules := asked.get("rules"):
        found = found.filter(rule_codes__overlap=list(rules))
    if q := asked.get("q"):
        found = found.filter(_named(q))
    return found


def _within_the_hour() -> dict[str, datetime]:
    return {"due_at__gte": now(), "due_at__lt": now() + timedelta(hours=1)}


def _named(q: str) -> Q:
    """Two steps, so that each goes by its index."""
    source, colon, external = q.partition(":")
    items = Item.objects.filter(external_id=q)
    if colon:
        items |= Item.objects.filter(source=source, external_id=external)
    ids = list(items.values_list("id", flat=True)[:TWINS_AT_MOST])
    number = int(q) if q.isascii() and q.isdigit() and len(q) < 19 else 0
    return Q(pk=number) | Q(item_id__in=ids)


def page_of(
    cases: QuerySet[Case], *, order: str, after: str = "", limit: int = PAGE
) -> tuple[list[Case], str]:
    """One page in an order of ORDERS, and the key to ask for what comes after; '' when that is all.

    Raises SearchTooWide when PostgreSQL is not done in time.
    """
    keys = ORDERS[order]
    if order == "urgent":
        cases = cases.filter(state=Case.State.WAITING)
    elif order == "due":
        cases = cases.filter(state__in=OPEN)
    cases = _after(cases, keys, after).order_by(*keys)
    wanted = cases.select_related("queue", "item").defer("breakdown")[: limit + 1]
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            rows = list(wanted)
    except OperationalError as trouble:
        if isinstance(trouble.__cause__, QueryCanceled):
            raise SearchTooWide from None
        raise
    more = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], _key(more, keys) if more else ""


def _key(case: Case, keys: tuple[str, ...]) -> str:
    values = [getattr(case, key.lstrip("-")) for key in keys]
    return ".".join(
        str(int(value.timestamp() * 1_000_000) if isinstance(value, datetime) else value) for value in values
    )


def _after(cases: QuerySet[Case], keys: tuple[str, ...], after: str) -> QuerySet[Case]:
    """What comes after a key; a key that cannot be read is none."""
    try:
        values = [int(part) for part in after.split(".")]
    except ValueError:
        return cases
    if len(values) != len(keys) or any(abs(value) > 2**62 for value in values):
        return cases
    if len(keys) == 1:
        return cases.filter(**{"id__lt" if keys[0] == "-id" else "id__gt": values[0]})
    first: Any = values[0]
    if keys[0] == "due_at":
        try:
            first = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=values[0])
        except OverflowError:
            return cases
    later = Q(**{f"{keys[0]}__gt": first}) | Q(**{keys[0]: first, "id__gt": values[1]})
    # The first condition alone bounds the index; the second settles ties.
    return cases.filter(**{f"{keys[0]}__gte": first}).filter(later)


def holders_of(case_ids: list[int]) -> dict[int, User]:
    """Who holds each of these cases now; one query."""
    live = Claim.objects.filter(case_id__in=case_ids, ended_at=None).select_related("holder")
    return {claim.case_id: claim.holder for claim in live}


def people_for(case: Case) -> list[User]:
    """Who could be given this case by role, certification and language; never by how anyone is."""
    able = User.objects.filter(is_active=True, roles__overlap=case.queue.roles).order_by("pseudonym")
    return [
        person
        for person in able
        if may_work(person, case.queue) and (not case.language or case.language in person.languages)
    ]


def queues_for_moving(case: Case) -> list[Queue]:
    """Where this case could be moved."""
    return list(Queue.objects.filter(active=True).exclude(pk=case.queue_id))
