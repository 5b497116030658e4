from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils.timezone import now

from apps.accounts.models import User
from apps.authority.access import visible
from apps.authority.errors import StepNotDue
from apps.authority.models import (
    Contest,
    Letter,
    LetterTemplate,
    NecessityTest,
    Request,
    RequestItem,
    Sender,
    Silence,
    Validity,
)
from apps.authority.queries_contests import with_words

A_PAGE = 25
ITEMS_AT_MOST = 10_000  # a sender's page sums no more than this


def letter_in_use(kind: str, language: str) -> LetterTemplate:
    """The newest published version of a letter in a language, else in English. Raises StepNotDue when there is none."""
    published = LetterTemplate.objects.filter(kind=kind, published_at__isnull=False)
    for spoken in (language, "en"):
        found = published.filter(language=spoken).order_by("-number").first()
        if found is not None:
            return found
    raise StepNotDue("No letter of this kind is in use yet. Publish one first.")


def letters_in_use() -> list[LetterTemplate]:
    """The newest published version of every letter, and the drafts beside them."""
    newest = (
        LetterTemplate.objects.filter(published_at__isnull=False)
        .order_by("kind", "language", "-number")
        .distinct("kind", "language")
    )
    return [*newest, *LetterTemplate.objects.filter(published_at=None)]


def page_of_requests(
    person: User, *, state: str = "", before: int | None = None
) -> tuple[list[Request], int | None]:
    """Requests the person may know of, newest first, with items, a page at a time; and where the next page begins."""
    found = visible(person).select_related("sender").prefetch_related("items", "silences")
    if state in RequestItem.State.values:
        found = found.filter(pk__in=RequestItem.objects.filter(state=state).values("request"))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[: A_PAGE + 1])
    return rows[:A_PAGE], rows[A_PAGE - 1].pk if len(rows) > A_PAGE else None


def due_first(person: User, *, limit: int = 10) -> list[RequestItem]:
    """Open items with a clock, the most urgent first."""
    open_items = RequestItem.objects.filter(closed_at=None, deadline_at__isnull=False)
    return list(
        open_items.filter(request__in=visible(person))
        .select_related("request__sender")
        .order_by("deadline_at")[:limit]
    )


def items_of(asked: Request) -> list[RequestItem]:
    """All items of a request with everything done about them, in a fixed number of queries."""
    people = ("proposed_by", "second_by", "lifted_by")
    return list(
        asked.items.select_related("item", "review", "telling").prefetch_related(
            Prefetch("validities", Validity.objects.select_related("by")),
            Prefetch("tests", NecessityTest.objects.select_related(*people)),
            with_words(),
            Prefetch("letters", Letter.objects.select_related("template", "sent_by")),
        )
    )


def quiet_until(asked: Request, kind: str) -> datetime | None:
    """Until when the request is kept quiet in this way; None when it is not, or no longer."""
    untils = [one.until for one in asked.silences.all() if one.kind == kind and one.until > now()]
    return max(untils, default=None)


@dataclass
class Tally:
    """What became of what one sender asked for, in items. `open` waits for us or for them.

    Of `by_law`, `lifted` no longer hold, `contested` of these because their author contested them.
    """

    sender: Sender
    asked: int = 0
    by_rules: int = 0
    by_law: int = 0
    lifted: int = 0
    contested: int = 0
    refused: int = 0
    open: int = 0
    requests: int = 0
    informal: int = 0
    cut: bool = False
    hours: list[float] = field(default_factory=list)

    @property
    def median_hours(self) -> float | None:
        """The median time from receipt to the end, in hours."""
        ordered = sorted(self.hours)
        if not ordered:
            return None
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2

    def add(self, state: str, contested: bool | None = None) -> None:
        """`contested`: its measure was lifted, because its author contested it or for another reason; None: it was not."""
        self.asked += 1
        self.lifted += contested is not None
        self.contested += contested is True
        name = state if state in ("by_rules", "by_law", "refused") else "open"
        setattr(self, name, getattr(self, name) + 1)


def _lifted(items: Iterable[int]) -> dict[int, bool]:
    """Of these items those whose measure was lifted, and whether because its author contested it."""
    lifted = NecessityTest.objects.filter(item__in=list(items), lifted_at__isnull=False)
    found = lifted.values_list("item_id", "contests__outcome")
    return {item: outcome == Contest.Outcome.LIFTED for item, outcome in found}


def tally(person: User | None, sender: Sender) -> Tally:
    """Asked, acted on under our rules, under local law only, refused; of the newest 10,000 items at most.

    Only what the person may know of now: None stands for the public.
    """
    found = Tally(sender)
    mine = visible(person).filter(sender=sender)
    asked = RequestItem.objects.filter(request__in=mine).order_by("-id")
    told = ("pk", "state", "request_id", "request__form", "request__received_at", "closed_at")
    rows = list(asked.values_list(*told)[: ITEMS_AT_MOST + 1])
    requests: dict[int, str] = {}
    lifted = _lifted(row[0] for row in rows[:ITEMS_AT_MOST] if row[1] == RequestItem.State.BY_LAW)
    for item, state, request_id, form, received_at, closed_at in rows[:ITEMS_AT_MOST]:
        found.add(state, lifted.get(item))
        requests[request_id] = form
        if closed_at is not None:
            found.hours.append((closed_at - received_at).total_seconds() / 3600)
    found.requests = len(requests)
    found.informal = sum(form == Request.Form.INFORMAL for form in requests.values())
    found.cut = len(rows) > ITEMS_AT_MOST
    return found


def tallies(person: User | None, *, limit: int = 200) -> list[Tally]:
    """The tally of every sender the person may know of, by country and name; three queries."""
    mine = visible(person)
    senders = Sender.objects.filter(pk__in=mine.values("sender"))[:limit]
    sums = {sender.pk: Tally(sender) for sender in senders}
    asked = RequestItem.objects.filter(request__in=mine, request__sender__in=sums).order_by("-id")
    rows = list(asked.values_list("pk", "state", "request__sender_id")[:ITEMS_AT_MOST])
    lifted = _lifted(item for item, state, _ in rows if state == RequestItem.State.BY_LAW)
    for item, state, sender_id in rows:
        sums[sender_id].add(state, lifted.get(item))
    return list(sums.values())


def public_requests(*, after: int = 0, limit: int = 500) -> list[Request]:
    """Requests the public may know of now, oldest first, with all that an archive is given."""
    return list(
        visible(None)
        .filter(pk__gt=after)
        .select_related("sender")
        .prefetch_related(
            Prefetch("items", RequestItem.objects.select_related("item")),
            Prefetch("items__tests", NecessityTest.objects.filter(state=NecessityTest.State.AGREED)),
        )
        .order_by("id")[:limit]
    )


def silences(asked: Request) -> QuerySet[Silence]:
    return asked.silences.select_related("recorded_by", "document")
