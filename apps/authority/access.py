from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import now

from apps.accounts.models import Role, User
from apps.authority.models import Document, Request, RequestItem, Sender, Silence
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
