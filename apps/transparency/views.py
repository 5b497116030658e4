from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError
from apps.transparency import access, operations, queries
from apps.transparency.access import KEEPERS, READERS
from apps.transparency.models import Statement


@allow(*READERS)
@require_safe
def statements(request: PersonRequest) -> HttpResponse:
    """Statements of reasons by what became of them: those refused first, which somebody has to see to."""
    counted = queries.counted()
    state = request.GET.get("state", "")
    if state not in Statement.State.values:
        state = next((one for one in ("refused", *Statement.State.values) if counted[one]), "refused")
    before = request.GET.get("before", "")
    rows = queries.listed(
        state, int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    )
    context = {
        "state": state,
        "states": [(code, word, counted[code]) for code, word in Statement.State.choices],
        "rows": rows,
        "more": rows[-1].pk if len(rows) == queries.SHOWN else None,
    }
    return render(request, "transparency/statements.html", context)


@allow(*READERS)
@require_safe
def statement(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.statement(pk)
    context = {
        "one": found,
        "fields": [
            (name, ", ".join(value) if isinstance(value, list) else value)
            for name, value in found.body.items()
        ],
        "keeps": request.user.has_role(*KEEPERS),
        "brings": request.user.has_role(*READERS),
    }
    return render(request, "transparency/statement.html", context)


@allow(*KEEPERS)
@require_POST
def again(request: PersonRequest, pk: int) -> HttpResponse:
    try:
        operations.send_again(access.statement(pk), actor=request.user)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, "It goes out with the next batch.")
    return redirect("transparency:statement", pk)
