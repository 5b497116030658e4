from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError
from apps.strikes import queries
from apps.strikes.access import DECIDES, READS, access_account, access_pause
from apps.strikes.operations import decide_pause
from apps.strikes.queries_ladder import ladder_in_force, waiting_ladder


@allow(*READS)
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """The ladder, and the suspensions that run."""
    context = {
        "ladder": ladder_in_force(),
        "waiting": waiting_ladder(),
        "running": queries.running_suspensions(),
    }
    return render(request, "strikes/overview.html", context)


@allow(*READS)
@require_safe
@never_cache
def account(request: HttpRequest, author_id: int) -> HttpResponse:
    """One account: what counts now, what so many provide for, and what is past. No content."""
    author = access_account(author_id)
    strikes, ended = queries.past_of(author)
    context = {"author": author, "standing": queries.standing_of(author), "past": strikes, "ended": ended}
    return render(request, "strikes/account.html", context)


@allow(*READS)
@require_safe
@never_cache
def reporters(request: PersonRequest) -> HttpResponse:
    """Reporters who went on after a warning: what a person has to decide, and what was decided. By number, never by name."""
    context = {
        "proposed": queries.proposed_pauses(),
        "decided": queries.decided_pauses(),
        "decides": request.user.has_role(*DECIDES),
    }
    return render(request, "strikes/reporters.html", context)


@allow(*DECIDES)
@require_POST
def decide(request: PersonRequest, pause_id: int) -> HttpResponse:
    pause = access_pause(pause_id)
    days = request.POST.get("days", "")
    try:
        decide_pause(
            actor=request.user,
            pause_id=pause.pk,
            pause=request.POST.get("decision") == "pause",
            why=request.POST.get("why", ""),
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
        )
    except DomainError as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("strikes:reporters")
