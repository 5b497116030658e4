"""People: paths, certificates, and who accompanies whom. No figures stand here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.accounts.models import Role, User
from apps.errors import DomainError, NotFound
from apps.queues.models import Queue
from apps.training import operations
from apps.training.access import GIVERS, access_learner
from apps.training.models import Certificate, Mentor, Module
from apps.training.queries import learning


@allow(*GIVERS)
@require_safe
@never_cache
def people(request: PersonRequest) -> HttpResponse:
    return render(request, "training/people.html", {"rows": learning.people_with_certificates()})


@allow(*GIVERS)
@require_safe
@never_cache
def person(request: PersonRequest, person_id: int) -> HttpResponse:
    return _page(request, access_learner(request.user, person_id))


def _page(request: PersonRequest, found: User, refusal: DomainError | None = None) -> HttpResponse:
    mentor = Mentor.objects.select_related("senior").filter(person=found).first()
    seniors = User.objects.filter(is_active=True, roles__contains=[Role.SENIOR_MODERATOR]).exclude(
        pk=found.pk
    )
    context = {
        "person": found,
        "own": found.pk == request.user.pk,
        "paths": learning.paths_of(found),
        "mentor": mentor,
        "seniors": seniors.order_by("pseudonym")[:200],
        "accompanies": mentor is not None and mentor.senior_id == request.user.pk,
        "modules": Module.objects.filter(state=Module.State.PUBLISHED)[:200],
        "refusal": refusal,
    }
    return render(request, "training/person.html", context, status=refusal.status if refusal else 200)


@allow(*GIVERS)
@require_POST
def certify(request: PersonRequest, person_id: int) -> HttpResponse:
    found = access_learner(request.user, person_id)
    queue = Queue.objects.filter(slug=request.POST.get("queue", "")).first()
    try:
        if queue is None:
            raise NotFound("There is no such queue.")
        operations.certify(actor=request.user, person=found, queue=queue)
    except DomainError as refusal:
        return _page(request, found, refusal)
    messages.success(
        request, f"{found.pseudonym} is certified for “{queue.name}”. Its cases may come to her now."
    )
    return redirect("training:person", person_id)


@allow(*GIVERS)
@require_POST
def end(request: PersonRequest, certificate_id: int) -> HttpResponse:
    found = get_object_or_404(Certificate.objects.select_related("person"), pk=certificate_id)
    try:
        operations.end_certificate(
            actor=request.user, certificate_id=certificate_id, because=request.POST.get("because", "")
        )
    except DomainError as refusal:
        return _page(request, found.person, refusal)
    messages.success(
        request, "The certificate has ended. A case she holds is hers to finish; no further one comes."
    )
    return redirect("training:person", found.person_id)


@allow(*GIVERS)
@require_POST
def accompany(request: PersonRequest, person_id: int) -> HttpResponse:
    found = access_learner(request.user, person_id)
    chosen = request.POST.get("senior", "")
    senior = User.objects.filter(pk=int(chosen)).first() if chosen.isdigit() and len(chosen) < 10 else None
    try:
        operations.accompany(actor=request.user, person=found, senior=senior)
    except DomainError as refusal:
        return _page(request, found, refusal)
    return redirect("training:person", person_id)
