"""At how many views an item is looked at again: the milestones in force, their versions, and changing them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError
from apps.guidelines.queries import in_force
from apps.queues.forms_reach import MilestonesForm
from apps.queues.models import Milestones
from apps.queues.operations import set_milestones
from apps.queues.queries import asked_lately, milestones_in_force
from apps.queues.reach_words import in_words
from apps.queues.views.setup import SETS_UP

VERSIONS_SHOWN = 20


@allow(*SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def milestones(request: PersonRequest) -> HttpResponse:
    plan, edition = milestones_in_force(), in_force()
    form = MilestonesForm(request.POST or None, plan=plan, edition=edition)
    refusal: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = set_milestones(actor=request.user, **form.wanted())
        except DomainError as trouble:
            refusal = trouble
        else:
            messages.success(request, f"Milestones {made.number} are in force from now on.")
            return redirect("queues:milestones")
    titles = {section.code: section.title for section in edition.policies}
    context = {
        "plan": plan,
        "rows": [(row, titles.get(row.policy, row.policy), row.series(5)) for row in plan.rows],
        "form": form,
        "refusal": refusal,
        "versions": Milestones.objects.select_related("by")[:VERSIONS_SHOWN],
        "asked": [(ask, in_words(ask)) for ask in asked_lately()],
    }
    return render(
        request,
        "queues/milestones.html",
        context,
        status=refusal.status if refusal else 422 if form.errors else 200,
    )
