from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import now

from apps.accounts.models import Role, User
from apps.authority import links
from apps.authority.errors import ContestLinkNotOurs
from apps.authority.models import (
    Contest,
    ContestFile,
    Document,
    NecessityTest,
    Request,
    RequestItem,
    Sender,
    Silence,
    Telling,
)
from apps.errors import NotAllowed, NotFound

HANDLE = (Role.LEGAL_REVIEWER, Role.ADMIN)
READ = (*HANDLE, Role.SUPERVISOR)


def visible(person: User | None) -> QuerySet[Request]:
    """The requests a person may know of now: who handles them all of them, anybody else what is not confidential.

    None stands for the public.
    """
    if person is not None and person.has_role(*HANDLE):
        return Request.objects.all()
    quiet = Silence.objects.filter(request=OuterRef("pk"), kind=Silence.Kind.CONFIDENTIAL, until__gt=now())
    return Request.objects.exclude(Exists(quiet))


def request_for(person: User, request_id: int) -> Request:
    """Raises NotFound, also for what is confidential: refusal looks like absence."""
    found = visible(person).select_related("sender", "recorded_by").filter(pk=request_id).first()
    if found is None:
        raise NotFound("There is no such request, or it is not yours to see.")
    return found


def item_for(person: User, request_id: int, position: int) -> RequestItem:
    asked = request_for(person, request_id)
    found = asked.items.select_related("item", "review", "case").filter(position=position).first()
    if found is None:
        raise NotFound("This request has no such item.")
    return found


def document_for(person: User, request_id: int, document_id: int) -> Document:
    """Documents hold names: only those who handle requests open them."""
    if not person.has_role(*HANDLE):
        raise NotAllowed("This belongs to other roles: documents are opened by those who handle the request.")
    found = Document.objects.filter(pk=document_id, request=request_for(person, request_id)).first()
    if found is None:
        raise NotFound("There is no such document.")
    return found


def sender_for(person: User, sender_id: int) -> Sender:
    """A sender of whom the person may know at least one request."""
    found = Sender.objects.filter(pk=sender_id).first()
    if found is None or not visible(person).filter(sender=found).exists():
        raise NotFound("There is no such sender, or nothing of theirs is yours to see.")
    return found


def contest_of(item: RequestItem) -> Contest:
    """The contest of an item's measure. Raises NotFound."""
    found = Contest.objects.filter(test__item=item).first()
    if found is None:
        raise NotFound("Nobody contested anything about this item.")
    return found


def contest_file_for(person: User, request_id: int, position: int, file_id: int) -> ContestFile:
    """A file an author sent: only those who handle requests open it. Raises NotFound."""
    item = item_for(person, request_id, position)
    found = ContestFile.objects.filter(pk=file_id, contest__test__item=item).first()
    if found is None:
        raise NotFound("There is no such file, or it was forgotten.")
    return found


def telling_of(decision_id: int) -> Telling:
    """What an author was told of a decision of local law. Raises NotFound, in the same words, while she may not be told."""
    found = Telling.objects.filter(decision=decision_id, told_at__isnull=False).first()
    if found is None:
        raise NotFound("No author was told of such a decision under local law.")
    return found


@dataclass(frozen=True)
class Told:
    """What a signed link opens: what its author was told of, the measure, and its contest when there is one."""

    telling: Telling
    test: NecessityTest
    contest: Contest | None


def open_link(token: str) -> Told:
    """What is behind the link in an author's notice. Raises ContestLinkNotOurs: also, in the same words, for whoever may
    not be told yet, so that no link tells whether there is something to tell.
    """
    number = links.read(token)
    told = Telling.objects.filter(pk=number, told_at__isnull=False) if number is not None else None
    telling = told.select_related("item__request").first() if told is not None else None
    if telling is None:
        raise ContestLinkNotOurs
    test = NecessityTest.objects.get(decision=telling.decision_id)
    return Told(telling, test, Contest.objects.filter(test=test).first())
