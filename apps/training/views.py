"""What a person learns, by herself: her modules, the way to a queue, and her own figures."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.briefing.operations import acknowledge
from apps.errors import DomainError, NotFound
from apps.guidelines.queries import edition, in_force
from apps.training import operations
from apps.training.access import (
    GIVERS,
    LEARNERS,
    MAKERS,
    READERS,
    access_assignment,
    access_figures,
    access_module,
)
from apps.training.queries import figures as own
from apps.training.queries import learning
from apps.training.queries.calibrations import open_for
from apps.wellbeing.queries import live_shift

ALL = tuple(dict.fromkeys((*LEARNERS, *READERS)))


@allow(*ALL)
@require_safe
@never_cache
def home(request: PersonRequest) -> HttpResponse:
    """Where learning starts; for those who do not moderate, where modules, people and calibrations are kept."""
    me = request.user
    learns = me.has_role(*LEARNERS)
    waiting, done = learning.open_and_done(me) if learns else ([], [])
    context = {
        "learns": learns,
        "waiting": waiting,
        "done": done,
        "paths": learning.paths_of(me) if learns else [],
        "time": learning.time_of(me) if learns else None,
        "figures": own.figures_of(me, days=90) if learns else None,
        "calibrations": open_for(me),
        "on_shift": live_shift(me) is not None if learns else False,
        "makes": me.has_role(*MAKERS),
        "gives": me.has_role(*GIVERS),
        "reads": me.has_role(*READERS),
    }
    return render(request, "training/home.html", context)


@allow(*LEARNERS)
@require_POST
def read(request: PersonRequest) -> HttpResponse:
    """She has read the guidelines in force: the first step of every path."""
    acknowledge(actor=request.user, number=in_force().number)
    return redirect("training:home")


@allow(*LEARNERS)
@require_safe
@never_cache
def figures(request: PersonRequest, person_id: int) -> HttpResponse:
    """One's own figures, or those of a person one accompanies; never anybody else's."""
    found = access_figures(request.user, person_id)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(one) for one in own.DAYS} else 90
    told = own.figures_of(found, days=days)
    done = [one for one in learning.open_and_done(found)[1] if one.module.kind == one.module.Kind.TARGETED]
    context = {
        "person": found,
        "mine": found.pk == request.user.pk,
        "figures": told,
        "choices": own.DAYS,
        "effects": [(one.module, own.effect_of(one.module, person=found)) for one in done[:10]],
    }
    return render(request, "training/figures.html", context)


@allow(*LEARNERS)
@require_POST
def take(request: PersonRequest, module_id: int) -> HttpResponse:
    """Choose a module by oneself."""
    module = access_module(request.user, module_id)
    try:
        made = operations.give(actor=request.user, person=request.user, module_id=module.pk)
    except DomainError as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("training:home")
    return redirect("training:doing", made.pk)


@allow(*LEARNERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def doing(request: PersonRequest, assignment_id: int) -> HttpResponse:
    """The case she is at; after the last, what came of it."""
    mine = access_assignment(request.user, assignment_id)
    if request.method == "POST":
        return _answer(request, mine.pk)
    return _case(request, assignment_id)


def _answer(request: PersonRequest, assignment_id: int) -> HttpResponse:
    position = _number(request.POST.get("position", ""))
    try:
        operations.answer(
            actor=request.user,
            assignment_id=assignment_id,
            position=position,
            outcome=request.POST.get("outcome", ""),
            rule_codes=request.POST.getlist("rules"),
        )
    except DomainError as refusal:
        return _case(request, assignment_id, refusal)
    return redirect("training:explained", assignment_id, position)


def _case(request: PersonRequest, assignment_id: int, refusal: DomainError | None = None) -> HttpResponse:
    case = None
    try:
        case = operations.look_at_next(actor=request.user, assignment_id=assignment_id)
    except DomainError as trouble:
        refusal = refusal or trouble
    mine = access_assignment(request.user, assignment_id)
    given = learning.answered(mine)
    size = mine.module.cases.filter(gone_at=None).count()
    context = {
        "mine": mine,
        "case": case,
        "done": len(given),
        "size": size,
        "answers": given if mine.finished_at else [],
        "rules": list(edition(mine.module.version_id).rules.values()) if case else [],
        "refusal": refusal,
        "typed": request.POST,
        "chosen": request.POST.getlist("rules"),
    }
    return render(request, "training/doing.html", context, status=refusal.status if refusal else 200)


@allow(*LEARNERS)
@require_safe
@never_cache
def explained(request: PersonRequest, assignment_id: int, position: int) -> HttpResponse:
    """What she answered, what it is, and why: in the words of the rule."""
    mine = access_assignment(request.user, assignment_id)
    answer = mine.answers.select_related("case__rule_version").filter(case__position=position).first()
    if answer is None:
        raise NotFound("You have not answered this one yet.")
    rule = edition(answer.case.rule_version.version_id).rules_by_id[answer.case.rule_version_id]
    left = mine.module.cases.filter(gone_at=None).count() - mine.answers.count()
    context = {"mine": mine, "answer": answer, "case": answer.case, "rule": rule, "left": max(0, left)}
    return render(request, "training/explained.html", context)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else -1
