"""The page of help, and what the wellbeing lead does with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import get_language_info
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import EVERYONE, PersonRequest, allow
from apps.accounts.models import Role
from apps.errors import Invalid, NotFound
from apps.wellbeing.care import operations
from apps.wellbeing.care.calendar import calendar_file
from apps.wellbeing.care.forms import PlaceForm, SlotForm
from apps.wellbeing.care.models import HelpPlace
from apps.wellbeing.care.queries import free_slots, help_places, offered_slots, own_bookings
from apps.wellbeing.errors import SlotTaken

LEAD = Role.WELLBEING_LEAD.value
# Others are shown by their code: the list of the world's names is no part of this product.
COUNTRY_NAMES = {
    "": "Worldwide",
    "KH": "Cambodia",
    "VN": "Vietnam",
    "LA": "Laos",
    "TH": "Thailand",
    "PH": "Philippines",
}


@allow(*EVERYONE)
@require_safe
@never_cache
def page(request: PersonRequest) -> HttpResponse:
    """Who to turn to, by country and language; free times with a counsellor; one's own bookings."""
    return _page(request)


def _page(request: PersonRequest, *, slot_form: SlotForm | None = None, status: int = 200) -> HttpResponse:
    user = request.user
    groups = help_places(user)
    country, language = request.GET.get("country", ""), request.GET.get("language", "")
    chosen = [
        group
        for group in groups
        if (not country or group["country"] in ("", country))
        and (not language or group["language"] == language)
    ]
    for group in groups:
        group["country_name"] = COUNTRY_NAMES.get(group["country"], group["country"])
        group["language_name"] = _language(group["language"])
    context: dict[str, Any] = {
        "groups": chosen or groups,
        "countries": sorted({(g["country"], g["country_name"]) for g in groups if g["country"]}),
        "languages": sorted({(g["language"], g["language_name"]) for g in groups}),
        "country": country,
        "language": language,
        "bookings": own_bookings(user, after=now()),
        "slots": free_slots(),
        "leads": user.has_role(LEAD),
    }
    if context["leads"]:
        context["offered"] = offered_slots()
        context["slot_form"] = slot_form or SlotForm()
    return render(request, "wellbeing/help.html", context, status=status)


@allow(*EVERYONE)
@require_POST
@never_cache
def book(request: PersonRequest) -> HttpResponse:
    """Book a time: one press, no reason."""
    try:
        slot = operations.book(_number(request.POST.get("slot")), actor=request.user)
    except SlotTaken as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("help")
    messages.success(
        request,
        f"It is booked: {date_format(localtime(slot.starts_at), 'l j F, H:i')}. Nobody is told who booked it.",
    )
    return redirect(f"{reverse('help')}#yours")


@allow(*EVERYONE)
@require_POST
@never_cache
def unbook(request: PersonRequest) -> HttpResponse:
    if operations.unbook(_number(request.POST.get("slot")), actor=request.user):
        messages.success(request, "It is given back. Nobody is told.")
    return redirect("help")


@allow(*EVERYONE)
@require_safe
@never_cache
def calendar(request: PersonRequest, slot_id: int) -> HttpResponse:
    """A booked time for one's calendar."""
    slot = next((slot for slot in own_bookings(request.user) if slot.pk == slot_id), None)
    if slot is None:
        raise NotFound
    return HttpResponse(
        calendar_file(slot, at=now(), host=request.get_host().split(":")[0]),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"'},
    )


@allow(LEAD)
@require_POST
@never_cache
def offer(request: PersonRequest) -> HttpResponse:
    form = SlotForm(request.POST)
    if form.is_valid():
        try:
            operations.offer_slot(**form.cleaned_data, actor=request.user)
        except Invalid as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            messages.success(request, "The time is offered.")
            return redirect(f"{reverse('help')}#offered")
    return _page(request, slot_form=form, status=422)


@allow(LEAD)
@require_POST
@never_cache
def withdraw(request: PersonRequest, slot_id: int) -> HttpResponse:
    operations.withdraw_slot(slot_id, actor=request.user)
    messages.success(request, "The time is withdrawn. Whoever booked it sees that on this page.")
    return redirect(f"{reverse('help')}#offered")


@allow(LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def place(request: PersonRequest, place_id: int | None = None) -> HttpResponse:
    """Write a place of help, or a new one."""
    found = get_object_or_404(HelpPlace, pk=place_id) if place_id is not None else HelpPlace()
    form = PlaceForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        operations.save_place(
            form.save(commit=False), verified=form.cleaned_data["verified"], actor=request.user
        )
        messages.success(request, "Saved.")
        return redirect("help")
    status = 422 if request.method == "POST" else 200
    return render(request, "wellbeing/help_place.html", {"form": form, "place": found}, status=status)


@allow(LEAD)
@require_POST
@never_cache
def remove_place(request: PersonRequest, place_id: int) -> HttpResponse:
    operations.remove_place(get_object_or_404(HelpPlace, pk=place_id), actor=request.user)
    messages.success(request, "Removed.")
    return redirect("help")


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code


def _number(typed: Any) -> int:
    return (
        int(typed)
        if isinstance(typed, str) and typed.isascii() and typed.isdigit() and len(typed) < 10
        else 0
    )
