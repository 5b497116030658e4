"""What rises, for those who plan the work: alerts with veiled examples, and one step to a routing rule."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.trends import queries
from apps.trends.access import WATCHES, access_alert
from apps.trends.models import Kind, Stream
from apps.trends.operations import see
from apps.trends.operations.watching import WINDOWS

ANY, UNKNOWN = "any", "unknown"


@allow(*WATCHES)
@require_safe
@never_cache
def trends(request: PersonRequest) -> HttpResponse:
    asked = request.GET
    hours = next((one for one in WINDOWS if str(one) == asked.get("hours")), WINDOWS[-1])
    stream = asked["stream"] if asked.get("stream") in Stream.values else Stream.REPORT.value
    kind = asked["kind"] if asked.get("kind") in Kind.values and asked["kind"] != Kind.EVERYTHING else ""
    language = asked.get("language", ANY)[:8] or ANY
    wanted = None if language == ANY else "" if language == UNKNOWN else language
    context = {
        "alerts": queries.open_alerts(),
        "rising": queries.rising(hours=hours, stream=stream, language=wanted, kind=kind),
        "hours": hours, "stream": stream, "kind": kind, "language": language, "windows": WINDOWS,
        "streams": Stream.choices, "kinds": [choice for choice in Kind.choices if choice[0] != Kind.EVERYTHING],
        "languages": queries.languages_rising(),
    }  # fmt: skip
    return render(request, "trends/trends.html", context)


@allow(*WATCHES)
@require_safe
@never_cache
def alert(request: PersonRequest, alert_id: int) -> HttpResponse:
    """One alert: how sure it is, and the newest cases that bear the sign. Text only, covered."""
    found = access_alert(alert_id)
    [told] = queries.named([found])
    context = {"alert": found, "told": told, "examples": queries.examples(found)}
    return render(request, "trends/alert.html", context)


@allow(*WATCHES)
@require_POST
def seen(request: PersonRequest, alert_id: int) -> HttpResponse:
    see(actor=request.user, alert_id=access_alert(alert_id).pk)
    return redirect("trends:trends")
