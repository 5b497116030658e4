"""Rules before people: agreement by rule, and what precedents change."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.access import PersonRequest, allow
from apps.agreement import SHOWN_FROM, band
from apps.errors import NotFound
from apps.guidelines.access import AUTHORS
from apps.guidelines.queries import in_force, versions_of_rule
from apps.training.access import MAKERS, READERS
from apps.training.choices import WORDS
from apps.training.models import Module, Ruling
from apps.training.queries import rules as asked
from apps.training.queries.precedents import showing_effect

ORIGINS = {
    "human": "Decided by a person",
    "auto": "Decided automatically",
    "hash_propagated": "Propagated from a near-duplicate",
}


def _days(request: PersonRequest) -> int:
    given = request.GET.get("days", "")
    return int(given) if given in {str(one) for one in asked.DAYS} else 90


def _origin(request: PersonRequest) -> str:
    given = request.GET.get("origin", "")
    return given if given in ORIGINS else "human"


@allow(*READERS)
@require_safe
@never_cache
def rules(request: PersonRequest) -> HttpResponse:
    """Rules by disagreement × volume: where a clearer wording would change most."""
    days, origin = _days(request), _origin(request)
    found = asked.overview(days=days, origins=[origin])
    titles = {rule.code: rule.title for rule in in_force().rules.values()}
    context = {
        "found": found,
        "band": band(found.alpha.value) if found.alpha.value is not None else "",
        "titles": titles,
        "words": WORDS,
        "days": days,
        "choices": asked.DAYS,
        "origin": origin,
        "origins": ORIGINS,
        "of_origin": [(ORIGINS[name], share) for name, share in asked.by_origin(days=days)],
        "shown_from": SHOWN_FROM,
    }
    return render(request, "training/rules.html", context)


@allow(*READERS)
@require_safe
@never_cache
def rule(request: PersonRequest, code: str) -> HttpResponse:
    """One rule: what is chosen instead of what, by language, before and after each version; and what to do about it."""
    past = versions_of_rule(code)
    if not past:
        raise NotFound(f"There is no rule {code}.")
    days, origin = _days(request), _origin(request)
    found = asked.rule_page(code, days=days, origins=[origin])
    modules = Module.objects.filter(state=Module.State.PUBLISHED, kind=Module.Kind.TARGETED)
    by_pair: dict[frozenset[str], list[Module]] = {}
    for one in modules.filter(chosen=code) | modules.filter(instead_of=code):
        by_pair.setdefault(frozenset((one.chosen, one.instead_of)), []).append(one)
    context = {
        "code": code,
        "title": past[0].title,
        "in_force": code in in_force().rules,
        "found": found,
        "confusions": [
            (one, by_pair.get(frozenset((one.chosen, one.instead_of)), [])) for one in found.confusions
        ],
        "words": WORDS,
        "rulings": Ruling.objects.select_related("written_by", "rule_version__version").filter(
            rule_code=code
        )[:20],
        "days": days,
        "choices": asked.DAYS,
        "origin": origin,
        "origins": ORIGINS,
        "writes": request.user.has_role(*AUTHORS),
        "makes": request.user.has_role(*MAKERS),
        "shown_from": SHOWN_FROM,
        "target": asked.TARGET,
    }
    return render(request, "training/rule.html", context)


@allow(*READERS)
@require_safe
@never_cache
def precedents(request: PersonRequest) -> HttpResponse:
    """What showing precedents changes, against not showing them. Sums only."""
    days = _days(request)
    context = {
        "effect": showing_effect(days=days),
        "days": days,
        "choices": asked.DAYS,
        "shown_from": SHOWN_FROM,
    }
    return render(request, "training/precedents.html", context)
