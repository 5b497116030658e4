"""Doors of the desk for what is to be read: what changed, the short checks, and a rule that is unclear."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.briefing import operations
from apps.briefing.checks import asked, can_be_asked, chosen, wording_of
from apps.briefing.errors import AnswerEach, CheckMoved, NothingToCheck
from apps.briefing.models import CheckAttempt
from apps.briefing.queries import checks_owed, own_checks
from apps.desk.guidance import language_of
from apps.desk.views import WORKERS, answer, desk_door
from apps.guidelines import reading
from apps.guidelines.queries import in_force


@desk_door
def read_briefing(request: PersonRequest, number: str) -> HttpResponse:
    """She has read what changed; the desk goes on."""
    operations.acknowledge(actor=request.user, number=number)
    return answer(request)


@require_safe
@allow(*WORKERS)
def checks(request: PersonRequest) -> HttpResponse:
    """The checks she owes and those she has answered: hers alone to see."""
    context = {"owed": checks_owed(request.user), "attempts": own_checks(request.user)}
    return render(request, "desk/checks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*WORKERS)
def check(request: PersonRequest, code: str) -> HttpResponse:
    """Two to five examples of a rule, and whether each breaks it."""
    current = in_force()
    rule = current.rules.get(code)
    if rule is None or not can_be_asked(rule):
        raise NothingToCheck
    seed = request.POST.get("seed", "")[:32] or uuid4().hex
    answers = {name: str(value) for name, value in request.POST.items() if name[:1] in "va"}
    attempt: CheckAttempt | None = None
    notice, status = "", 200
    if request.method == "POST":
        try:
            attempt = operations.answer_check(
                actor=request.user,
                code=code,
                seed=seed,
                answers=answers,
                wording=request.POST.get("wording", ""),
            )
        except (AnswerEach, CheckMoved) as refusal:
            notice, status = refusal.sentence, refusal.status
            answers = answers if isinstance(refusal, AnswerEach) else {}
    language = language_of(request.user, current)
    words = reading.reading(current, language).rules[code]
    examples = asked(rule, words, attempt.asked if attempt else chosen(rule, seed))
    context: dict[str, Any] = {
        "rule": rule,
        "words": words,
        "edition": current,
        "seed": seed,
        "wording": wording_of(rule),
        "examples": [
            {
                "place": one.place,
                "text": one.text,
                "breaks": one.breaks,
                "answered": answers.get(one.place, ""),
                "missed": attempt is not None and one.place in attempt.missed,
            }
            for one in examples
        ],
        "attempt": attempt,
        "notice": notice,
        "left": [owed for owed in checks_owed(request.user) if owed.code != code],
        "passed": (attempt is not None and attempt.passed)
        or rule.code not in {owed.code for owed in checks_owed(request.user)},
    }
    return render(request, "desk/check.html", context, status=status)


@require_POST
@allow(*WORKERS)
def unclear(request: PersonRequest, code: str) -> HttpResponse:
    """One key: the rule as it is worded is unclear to her. Without script, from the page of the rule."""
    operations.mark_unclear(actor=request.user, code=code)
    if not request.htmx:
        return redirect(f"/guidelines/rules/{code}/")
    return render(request, "desk/parts/unclear.html", {"code": code})
