"""Modules: put together, published, given, retired, and what they changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.accounts.models import User
from apps.errors import DomainError
from apps.guidelines.queries import in_force
from apps.queues.models import Queue
from apps.training import operations
from apps.training.access import GIVERS, LEARNERS, MAKERS, READERS, access_learner, access_module, may_make
from apps.training.choices import NONE
from apps.training.models import Module
from apps.training.queries.candidates import candidates_for
from apps.training.queries.figures import effect_of
from apps.training.queries.learning import languages_read

AT_MOST = 200


@allow(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def modules(request: PersonRequest) -> HttpResponse:
    """All modules, and the form for a new one."""
    refusal = None
    typed: Any = request.POST if request.method == "POST" else request.GET
    if request.method == "POST":
        may_make(request.user)
        try:
            made = operations.open_module(
                actor=request.user,
                kind=typed.get("kind", ""),
                title=typed.get("title", ""),
                chosen=typed.get("chosen", ""),
                instead_of=typed.get("instead_of", ""),
                language=typed.get("language", "").strip()[:8],
                queue=Queue.objects.filter(slug=typed.get("queue", "")).first(),
                pass_percent=_number(typed.get("pass_percent", "80")),
            )
            return redirect("training:module", made.pk)
        except DomainError as found:
            refusal = found
    shown = Module.objects.select_related("queue")
    if not request.user.has_role(*MAKERS):
        shown = shown.exclude(state=Module.State.DRAFT)
    context = {
        "modules": shown[:AT_MOST],
        "makes": request.user.has_role(*MAKERS),
        "kinds": Module.Kind.choices,
        "queues": Queue.objects.filter(active=True),
        "rules": list(in_force().rules.values()),
        "none": NONE,
        "languages": languages_read(),
        "typed": typed,
        "refusal": refusal,
        "errors": _by_field(refusal),
    }
    return render(request, "training/modules.html", context, status=refusal.status if refusal else 200)


@allow(*READERS)
@require_safe
@never_cache
def module(request: PersonRequest, module_id: int) -> HttpResponse:
    return _page(request, access_module(request.user, module_id))


def _page(request: PersonRequest, found: Module, refusal: DomainError | None = None) -> HttpResponse:
    makes = request.user.has_role(*MAKERS)
    draft = found.state == Module.State.DRAFT
    context: dict[str, Any] = {
        "module": found,
        "cases": list(found.cases.select_related("rule_version")),
        "makes": makes,
        "gives": request.user.has_role(*GIVERS) and found.state == Module.State.PUBLISHED,
        "refusal": refusal,
        "errors": _by_field(refusal),
        "typed": request.POST,
        "rules": list(in_force().rules.values()) if draft else [],
        "candidates": candidates_for(found) if draft and makes else [],
        "effect": effect_of(found) if not draft else None,
        "finished": found.assignments.exclude(finished_at=None).count(),
        "open": found.assignments.filter(finished_at=None).count(),
    }
    if context["gives"]:
        people = User.objects.filter(is_active=True, roles__overlap=[*LEARNERS]).exclude(pk=request.user.pk)
        context["people"] = people.order_by("pseudonym")[:500]
    return render(request, "training/module.html", context, status=refusal.status if refusal else 200)


@allow(*MAKERS)
@require_POST
def add(request: PersonRequest, module_id: int) -> HttpResponse:
    found = access_module(request.user, module_id)
    sent = request.POST
    decision = sent.get("decision", "")
    try:
        operations.add_case(
            actor=request.user,
            module_id=found.pk,
            text=sent.get("text", ""),
            exposure=_number(sent.get("exposure", "")),
            outcome=sent.get("outcome", ""),
            rule_codes=[code for code in sent.getlist("rules") if code],
            about_rule=sent.get("about_rule", ""),
            explanation=sent.get("explanation", ""),
            names_nobody=bool(sent.get("names_nobody")),
            decision_id=int(decision)
            if decision.isascii() and decision.isdigit() and len(decision) < 19
            else None,
            language=sent.get("language", "")[:8],
        )
    except DomainError as refusal:
        return _page(request, found, refusal)
    return redirect("training:module", module_id)


@allow(*MAKERS)
@require_POST
def take_out(request: PersonRequest, module_id: int, position: int) -> HttpResponse:
    return _do(request, module_id, lambda found: operations.take_out(
        actor=request.user, module_id=found.pk, position=position
    ), "")  # fmt: skip


@allow(*MAKERS)
@require_POST
def publish(request: PersonRequest, module_id: int) -> HttpResponse:
    return _do(
        request,
        module_id,
        lambda found: operations.publish_module(actor=request.user, module_id=found.pk),
        "The module is in use now. It does not change any more.",
    )


@allow(*MAKERS)
@require_POST
def retire(request: PersonRequest, module_id: int) -> HttpResponse:
    because = request.POST.get("because", "")
    return _do(
        request,
        module_id,
        lambda found: operations.retire_module(actor=request.user, module_id=found.pk, because=because),
        "The module is out of use. What was learned from it stays.",
    )


@allow(*GIVERS)
@require_POST
def give(request: PersonRequest, module_id: int) -> HttpResponse:
    """Give it to one person, or to everybody who reads its language."""
    found = access_module(request.user, module_id)
    to = request.POST.get("person", "")
    try:
        if to == "everybody":
            n = operations.give_to_language(actor=request.user, module_id=found.pk)
            messages.success(request, f"{n} people have it now." if n != 1 else "One person has it now.")
        else:
            person = access_learner(request.user, _number(to))
            operations.give(actor=request.user, person=person, module_id=found.pk)
            messages.success(request, f"{person.pseudonym} has it now.")
    except DomainError as refusal:
        return _page(request, found, refusal)
    return redirect("training:module", module_id)


def _do(request: PersonRequest, module_id: int, verb: Any, words: str) -> HttpResponse:
    found = access_module(request.user, module_id)
    try:
        verb(found)
    except DomainError as refusal:
        return _page(request, found, refusal)
    if words:
        messages.success(request, words)
    return redirect("training:module", module_id)


def _by_field(refusal: DomainError | None) -> dict[str, str]:
    return {error["field"]: error["reason"] for error in refusal.errors} if refusal else {}


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
