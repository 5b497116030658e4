import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.defaults import server_error

from apps.accounts.access import EVERYONE, PersonRequest, allow, public
from apps.errors import NotAllowed
from apps.insight.queries.health import relay_health
from apps.queues.queries import exposure_is_owed
from reviewqueue.errors import render_refusal, render_trouble

# Work goes on, so this alone does not make us unready.
LIGHT_ONLY = "Wellbeing could not be read for somebody: she is given light cases only until it can."
LATE_AFTER = 60  # seconds: a handoff this late means nobody relays


@allow(*EVERYONE)
def home(request: PersonRequest) -> HttpResponse:
    """The first page of one's first role."""
    for roles, url in (
        (("moderator", "senior_moderator"), "/desk/"),
        (("supervisor",), "/live/"),
        (("wellbeing_lead",), "/wellbeing/"),
        (("legal_reviewer",), "/authority-requests/"),
        (("admin",), "/live/"),
    ):
        if request.user.has_role(*roles):
            return redirect(url)
    return redirect("/guidelines/")


@public
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@public
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether work can be done here: 503 with every reason, when it cannot."""
    reasons: list[str] = []
    notes: list[str] = []
    lag = 0.0
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        lag = relay_health(now())["oldest_waits_seconds"] or 0.0
        if lag > LATE_AFTER:
            reasons.append(f"The oldest handoff has waited {lag:.0f} s; is the tick process running?")
        if exposure_is_owed():
            notes.append(LIGHT_ONLY)
    except Exception as trouble:
        reasons.append(f"The database does not answer: {type(trouble).__name__}.")
    redis_up = _redis_answers()
    if not redis_up:
        reasons.append("Redis does not answer. Work goes on; live updates pause.")
    return JsonResponse(
        {
            "ready": not reasons,
            "reasons": reasons,
            "notes": notes,
            "relay_lag_seconds": round(lag, 1),
            "redis": redis_up,
        },
        status=503 if reasons else 200,
    )


def _redis_answers() -> bool:
    import redis

    try:
        return bool(
            redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5).ping()
        )
    except redis.RedisError:
        return False


@public
def metrics(request: HttpRequest) -> HttpResponse:
    from prometheus_client import CONTENT_TYPE_LATEST

    from reviewqueue.metrics import exposition

    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


@public
def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    context = {
        "title": "This page was open for too long",
        "error": {"sentence": "Please go back, reload and try again."},
    }
    return render(request, "errors/refusal.html", context, status=403)


@public
def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_refusal(request, NotAllowed(str(exception) or None))


@public
def failed(request: HttpRequest) -> HttpResponse:
    """An error nobody caught. Inside a middleware (session, sign-in) a database that is away ends here, not in 500."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return render_trouble(request)
    return server_error(request)
