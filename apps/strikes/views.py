from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.access import allow
from apps.strikes import queries
from apps.strikes.access import READS, access_account
from apps.strikes.ladder import COUNTS_FOR, STEPS


@allow(*READS)
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """The ladder, and the suspensions that run."""
    context = {
        "steps": STEPS,
        "counts": [(severity, span.days) for severity, span in COUNTS_FOR.items()],
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
