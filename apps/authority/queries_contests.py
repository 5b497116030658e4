"""Questions about contests: which wait, who may not decide them, what they came to."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from apps.accounts.models import User
from apps.authority.models import (
    Contest,
    ContestReminder,
    Document,
    Letter,
    NecessityTest,
    Request,
    RequestItem,
    Silence,
    Validity,
)

LISTED = 50


def part_in(person: User, request: Any) -> Q:
    """Whether a person took part in a request (its number, or a reference to it): wrote it down, gave it a document or a
    silence, reviewed one of its items, found an order valid, wrote or answered a test, wrote to the sender.
    """
    of_items = Q(item__request=request)
    asked: Iterable[QuerySet[Any]] = (
        Request.objects.filter(pk=request, recorded_by=person),
        Document.objects.filter(request=request, added_by=person),
        Silence.objects.filter(request=request, recorded_by=person),
        Letter.objects.filter(request=request, sent_by=person),
        RequestItem.objects.filter(request=request, review__decider=person),
        Validity.objects.filter(of_items, by=person),
        NecessityTest.objects.filter(of_items).filter(Q(proposed_by=person) | Q(second_by=person)),
    )
    return reduce(or_, (Q(Exists(one)) for one in asked))


def took_part(person: User, request_id: int) -> bool:
    """One query; see `part_in`."""
    return Request.objects.filter(part_in(person, request_id), pk=request_id).exists()


def waiting_contests(person: User) -> list[Contest]:
    """Open contests, the one due first at the head, each with `mine`: whether this person took part and may not
    decide; and `near`: whether it was said that it is soon due."""
    found = Contest.objects.filter(state=Contest.State.OPEN).select_related("test__item__request__sender")
    mine = part_in(person, OuterRef("test__item__request_id"))
    near = ContestReminder.objects.filter(contest=OuterRef("pk"))
    return list(found.annotate(mine=mine, near=Exists(near)).order_by("due_at", "id")[:LISTED])


def with_words() -> "Prefetch[str, QuerySet[Contest], str]":
    """The contests of the tests of items, with what their authors said."""
    rows = Contest.objects.select_related("words", "decided_by").prefetch_related("files")
    return Prefetch("tests__contests", rows)


def names_in(text: str, asked: Request) -> bool:
    """Whether a text names the person who wrote or called, or anybody of the house."""
    names = [asked.contact.strip(), *User.objects.values_list("pseudonym", flat=True)]
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text, re.IGNORECASE) for one in names if one)
