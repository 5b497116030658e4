import csv
import io
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import make_aware
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import EVERYONE, PersonRequest, allow
from apps.accounts.models import Role, User
from apps.wellbeing import operations, screen
from apps.wellbeing.care.queries import weeks_of_another
from apps.wellbeing.care.wall import wall
from apps.wellbeing.errors import (
    AboveTheCeiling,
    InvalidLimits,
    InvalidPractice,
    LimitsMoved,
    NobodyElses,
)
from apps.wellbeing.forms import HarmsForm, LimitSetForm, OwnLimitsForm, PracticeForm
from apps.wellbeing.queries import (
    ceiling_of,
    ceilings_in_force,
    limit_history,
    limits_in_force,
    own_limit,
    words_wanted,
)

MODERATORS = (Role.MODERATOR.value, Role.SENIOR_MODERATOR.value)
LEAD = Role.WELLBEING_LEAD.value
HELP = "/wellbeing/help/"


@allow(*MODERATORS, LEAD)
@require_safe
@never_cache
def page(request: PersonRequest) -> HttpResponse:
    """One's own exposure and limits; for the wellbeing lead the organisation's limits too."""
    return _page(request)


@allow(*MODERATORS, LEAD)
@require_POST
@never_cache
def set_own(request: PersonRequest) -> HttpResponse:
    """Tighten or loosen one's own limits, within the organisation's."""
    form = OwnLimitsForm(request.POST, ceiling=ceiling_of(request.user, limits_in_force()))
    if form.is_valid():
        try:
            operations.tighten(actor=request.user, **form.wanted())
        except AboveTheCeiling as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            messages.success(
                request,
                "Your limits are saved. What is tighter counts now, what is looser from your next shift.",
            )
            return _said()
    return _page(request, own_form=form, status=422)


@allow(*MODERATORS, LEAD)
@require_POST
@never_cache
def set_harms(request: PersonRequest) -> HttpResponse:
    """Choose which kinds of harm not to meet; counts at once, and nobody is told."""
    form = HarmsForm(request.POST)
    if not form.is_valid():
        return _page(request, harms_form=form, status=422)
    operations.choose_harms(actor=request.user, avoids=form.wanted())
    messages.success(
        request, "Saved. It counts from this moment; nobody is told, and nothing is judged by it."
    )
    return _said()


@allow(LEAD)
@require_POST
@never_cache
def set_limits(request: PersonRequest) -> HttpResponse:
    """Put new limits in force for the organisation."""
    form, status = LimitSetForm(request.POST, ceilings=ceilings_in_force()), 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.set_limits(
                form.wanted(),
                reason=data["reason"],
                days=data["days"],
                based_on=data["based_on"],
                actor=request.user,
            )
        except (InvalidLimits, LimitsMoved) as refusal:
            form.refuse(refusal.errors, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, "The new limits are in force for every shift that starts from now on.")
            return _said()
    return _page(request, limits_form=form, status=status)


@allow(LEAD)
@require_POST
@never_cache
def vouch(request: PersonRequest) -> HttpResponse:
    """Write that somebody has done this work before."""
    form = PracticeForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        since = make_aware(datetime.combine(data["since"], time.min))
        try:
            operations.vouch(actor=request.user, person=data["person"], since=since, reason=data["why"])
        except InvalidPractice as refusal:
            form.refuse(refusal.errors)
        else:
            messages.success(request, "Saved. It counts from her next shift.")
            return _said()
    return _page(request, practice_form=form, status=422)


@allow(*EVERYONE)
@require_POST
@never_cache
def ask(request: PersonRequest) -> HttpResponse:
    """Tell the wellbeing leads that she would like a word, because she pressed this."""
    operations.ask_for_a_word(actor=request.user)
    messages.success(request, "The wellbeing lead knows that you would like a word. Nothing else was said.")
    return redirect(HELP)


@allow(LEAD)
@require_POST
@never_cache
def answered(request: PersonRequest, word_id: int) -> HttpResponse:
    """The lead has spoken with somebody who asked for it."""
    operations.answer_word(actor=request.user, word_id=word_id)
    return _said()


@allow(*EVERYONE)
@require_safe
@never_cache
def person(request: PersonRequest, name: str) -> HttpResponse:
    """Somebody's account of exposure is for nobody but herself: refused, and written down that it was asked for."""
    if name in (request.user.username, request.user.pseudonym):
        return redirect("wellbeing")
    found = User.objects.filter(pseudonym=name).only("pk").first()
    if found is not None and request.user.has_role(LEAD):
        return redirect("wellbeing-of-another", found.pk)  # given where she allowed it by name
    operations.note_refused_look(actor=request.user)
    weeks_of_another(found.pk if found else None, reader=request.user)  # refused, and she sees who asked
    raise NobodyElses


@allow(*MODERATORS, LEAD)
@require_safe
@never_cache
def mine_csv(request: PersonRequest) -> HttpResponse:
    """Everything kept about oneself, for oneself."""
    out = io.StringIO()
    csv.writer(out).writerows(screen.own_rows(request.user))
    return HttpResponse(
        out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="my-exposure.csv"'},
    )


def _page(
    request: PersonRequest,
    *,
    own_form: OwnLimitsForm | None = None,
    harms_form: HarmsForm | None = None,
    limits_form: LimitSetForm | None = None,
    practice_form: PracticeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = request.user
    in_force = limits_in_force()
    ceiling, limit = ceiling_of(user, in_force), own_limit(user)
    context: dict[str, Any] = {"contact": settings.WELLBEING_CONTACT, "leads": user.has_role(LEAD)}
    mine = screen.own_page(user, in_force, ceiling, limit)
    # A lead who never moderated has nothing here; one who did keeps the right to see it.
    shows_mine = user.has_role(*MODERATORS) or mine["entries"] or own_form or harms_form
    context["mine"] = mine if shows_mine else None
    context["own_form"] = own_form or OwnLimitsForm(
        ceiling=ceiling, initial=OwnLimitsForm.initial_of(limit, ceiling)
    )
    context["harms_form"] = harms_form or HarmsForm(initial=HarmsForm.initial_of(limit))
    if context["leads"]:
        context["wall"] = wall()
        sets = limit_history(before=_before(request), limit=screen.SETS_SHOWN)
        context["limits"] = screen.organisation_page(sets, in_force)
        context["limits_form"] = limits_form or LimitSetForm(
            initial=LimitSetForm.initial_of(in_force), ceilings=ceilings_in_force()
        )
        context["practice_form"] = practice_form or PracticeForm()
        context["words_wanted"] = words_wanted()
        # After somebody else's change the next try starts from theirs; any other refusal keeps its start.
        typed = limits_form.data.get("based_on") if limits_form and status == 422 else None
        context["based_on"] = typed or in_force.pk
    return render(request, "wellbeing/page.html", context, status=status)


def _said() -> HttpResponse:
    """Back to the top of the page, where the message is: else a browser goes on to the form it came from."""
    return redirect(f"{reverse('wellbeing')}#notices")


def _before(request: HttpRequest) -> int | None:
    typed = request.GET.get("before", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
