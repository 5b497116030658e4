"""What is hers: check-ins, notes, consents, who asked for it, and all of it to take away. And its reading by others."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import EVERYONE, PersonRequest, allow
from apps.accounts.models import Role, User
from apps.errors import Invalid
from apps.wellbeing.care import operations
from apps.wellbeing.care.everything import everything
from apps.wellbeing.care.forms import CheckInForm, NoteForm
from apps.wellbeing.care.operations import monday
from apps.wellbeing.care.queries import (
    is_open_to_notes,
    own_check_ins,
    own_consents,
    own_notes,
    people_open_to_notes,
    reads_of,
    shared_check_ins,
    weeks_of_another,
)
from apps.wellbeing.care.questions import QUESTIONS
from apps.wellbeing.errors import NotHersToShow
from apps.wellbeing.screen import units

LEAD = Role.WELLBEING_LEAD.value
MODERATORS = (Role.MODERATOR.value, Role.SENIOR_MODERATOR.value)


@allow(*EVERYONE)
@require_safe
@never_cache
def page(request: PersonRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: PersonRequest,
    *,
    check_in_form: CheckInForm | None = None,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = request.user
    check_ins = own_check_ins(user)
    this_week = next((one for one in check_ins if one["week"] == monday(localdate())), None)
    people = people_open_to_notes(user)
    context: dict[str, Any] = {
        "check_ins": [
            {**one, "said": list(zip(QUESTIONS, one["answers"], strict=True))} for one in check_ins
        ],
        "check_in_form": check_in_form or CheckInForm(initial=_initial(this_week)),
        "answered": this_week is not None,
        "notes": own_notes(user),
        "note_form": note_form or NoteForm(people=people),
        "people": people,
        "open": is_open_to_notes(user),
        "consents": own_consents(user),
        "reads": reads_of(user),
        "leads": user.has_role(LEAD),
        "moderates": user.has_role(*MODERATORS),
    }
    return render(request, "wellbeing/you.html", context, status=status)


def _initial(check_in: dict[str, Any] | None) -> dict[str, str]:
    return dict(zip(("amount", "rest", "wish"), check_in["answers"], strict=True)) if check_in else {}


@allow(*EVERYONE)
@require_POST
@never_cache
def check_in(request: PersonRequest) -> HttpResponse:
    form = CheckInForm(request.POST)
    if form.is_valid():
        try:
            operations.check_in(**form.cleaned_data, actor=request.user, today=localdate())
        except Invalid as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            messages.success(
                request, "Kept, for you alone. It is deleted after 30 days, or when you delete it."
            )
            return redirect(f"{reverse('you')}#check-in")
    return _page(request, check_in_form=form, status=422)


@allow(*EVERYONE)
@require_POST
@never_cache
def delete_check_in(request: PersonRequest, which: int) -> HttpResponse:
    if not operations.delete_check_in(which, actor=request.user):
        raise Http404
    messages.success(request, "Deleted, for good.")
    return redirect(f"{reverse('you')}#check-in")


@allow(*EVERYONE)
@require_POST
@never_cache
def share_check_in(request: PersonRequest, which: int) -> HttpResponse:
    shared = request.POST.get("shared") == "yes"
    if not operations.share_check_in(which, shared=shared, actor=request.user):
        raise Http404
    messages.success(
        request, "The wellbeing leads can read it now." if shared else "It is yours alone again."
    )
    return redirect(f"{reverse('you')}#check-in")


@allow(*EVERYONE)
@require_POST
@never_cache
def write_note(request: PersonRequest) -> HttpResponse:
    form = NoteForm(request.POST, people=people_open_to_notes(request.user))
    if form.is_valid():
        try:
            operations.write_note(**form.cleaned_data, actor=request.user)
        except Invalid as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            messages.success(request, "Your note is delivered.")
            return redirect(f"{reverse('you')}#notes")
    return _page(request, note_form=form, status=422)


@allow(*EVERYONE)
@require_POST
@never_cache
def delete_note(request: PersonRequest, which: int) -> HttpResponse:
    if not operations.delete_note(which, actor=request.user):
        raise Http404
    messages.success(request, "Deleted, for both of you.")
    return redirect(f"{reverse('you')}#notes")


@allow(*EVERYONE)
@require_POST
@never_cache
def open_to_notes(request: PersonRequest) -> HttpResponse:
    operations.be_open_to_notes(actor=request.user, wanted=request.POST.get("open") == "yes")
    return redirect(f"{reverse('you')}#notes")


@allow(*EVERYONE)
@require_POST
@never_cache
def consent(request: PersonRequest) -> HttpResponse:
    """Allow or stop allowing; it counts at once."""
    given = request.POST.get("given") == "yes"
    operations.consent(request.POST.get("purpose", ""), given=given, actor=request.user)
    messages.success(
        request, "Allowed, until you take it back." if given else "Taken back. It counts from now on."
    )
    return redirect(f"{reverse('you')}#consents")


@allow(*EVERYONE)
@require_safe
@never_cache
def export(request: PersonRequest) -> JsonResponse:
    """Everything kept about oneself, as JSON."""
    answer = JsonResponse(everything(request.user), json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="everything-about-me.json"'
    return answer


@allow(LEAD)
@require_safe
@never_cache
def shared(request: PersonRequest) -> HttpResponse:
    """Check-ins their writers shared with the wellbeing leads."""
    rows = [
        {**row, "said": list(zip(QUESTIONS, row["answers"], strict=True))}
        for row in shared_check_ins(request.user)
    ]
    return render(request, "wellbeing/shared.html", {"rows": rows})


@allow(*EVERYONE)
@require_safe
@never_cache
def another(request: PersonRequest, person_id: int) -> HttpResponse:
    """One person's weeks: for a wellbeing lead she allowed it to. Anybody else is refused, and it is written down."""
    if person_id == request.user.pk:
        return redirect("wellbeing")
    weeks = weeks_of_another(person_id, reader=request.user)
    if weeks is None:
        raise NotHersToShow
    person = User.objects.get(pk=person_id)
    shown = [{**week, "units": units(week["units"])} for week in weeks]
    return render(request, "wellbeing/another.html", {"person": person, "weeks": shown})
