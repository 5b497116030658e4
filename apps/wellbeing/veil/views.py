"""The page of veils: one's own, and the organisation's floor. Thin doors."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.accounts.models import Role
from apps.errors import Invalid, NotFound
from apps.guidelines.levels import EXPOSURE
from apps.wellbeing.veil.forms import FloorForm, OwnVeilForm
from apps.wellbeing.veil.ladder import KIND_NAMES, KINDS, LEVELS, NAMES, STEPS, Veil
from apps.wellbeing.veil.operations import forget_own_veils, set_floor, set_own_veil
from apps.wellbeing.veil.queries import floors, veils_in_force

MODERATORS = (Role.MODERATOR.value, Role.SENIOR_MODERATOR.value)
LEAD = Role.WELLBEING_LEAD.value


@allow(*MODERATORS, LEAD)
@require_safe
@never_cache
def page(request: PersonRequest) -> HttpResponse:
    return _page(request)


@allow(*MODERATORS)
@require_POST
@never_cache
def set_own(request: PersonRequest, kind: str) -> HttpResponse:
    """Choose how one kind of content is covered for oneself."""
    if kind not in KINDS:
        raise NotFound
    form = OwnVeilForm(kind, request.POST)
    if form.is_valid():
        try:
            set_own_veil(kind, form.wanted(), actor=request.user, level=form.level())
        except Invalid as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            messages.success(request, "Saved. It counts from the next case you open, and nobody is told.")
            return redirect("veil")
    return _page(request, own={kind: form}, status=422)


@allow(*MODERATORS)
@require_POST
@never_cache
def forget_own(request: PersonRequest) -> HttpResponse:
    forget_own_veils(actor=request.user)
    messages.success(request, "Your veils are as everybody starts with them.")
    return redirect("veil")


@allow(LEAD)
@require_POST
@never_cache
def floor(request: PersonRequest, exposure: int) -> HttpResponse:
    """Set the least that is covered at an exposure level."""
    if exposure not in LEVELS:
        raise NotFound
    form = FloorForm(exposure, request.POST)
    if form.is_valid():
        try:
            set_floor(exposure, form.wanted(), reason=form.cleaned_data["reason"], actor=request.user)
        except Invalid as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            messages.success(request, f"The floor of exposure {exposure} is in force for everybody.")
            return redirect("veil")
    return _page(request, changed={exposure: form}, status=422)


def _page(
    request: PersonRequest,
    *,
    own: dict[str, OwnVeilForm] | None = None,
    changed: dict[int, FloorForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = request.user
    context: dict[str, Any] = {"moderates": user.has_role(*MODERATORS), "leads": user.has_role(LEAD)}
    standing = floors()
    if context["moderates"]:
        in_force = {level: veils_in_force(user.pk, level) for level in LEVELS}
        context["kinds"] = [
            {
                "kind": kind,
                "name": name,
                "form": (own or {}).get(kind)
                or OwnVeilForm(kind, initial=OwnVeilForm.initial_of(kind, in_force[0][kind])),
                "levels": [
                    {"level": n, "word": EXPOSURE[n], "says": _says(in_force[n][kind], KINDS[kind])}
                    for n in LEVELS
                ],
            }
            for kind, name in KIND_NAMES.items()
        ]
    context["floors"] = [
        {
            "level": n,
            "word": EXPOSURE[n],
            "says": _says(standing[n].veil, NAMES),
            "set_at": standing[n].set_at,
            "by": setter.pseudonym if (setter := standing[n].set_by) else "shipped with the product",
            "reason": standing[n].reason,
            "form": (changed or {}).get(n)
            or FloorForm(n, initial={name: str(step) for name, step in standing[n].veil.values().items()}),
            "open": n in (changed or {}),
        }
        for n in LEVELS
    ]
    return render(request, "wellbeing/veil.html", context, status=status)


def _says(veil: Veil, names: tuple[str, ...]) -> list[str]:
    """The veil in words, without what covers nothing."""
    said = [STEPS[name][1][getattr(veil, name)] for name in names if getattr(veil, name)]
    return said or ["Nothing more than the usual cover"]
