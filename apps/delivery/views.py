from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.delivery import access, operations, queries
from apps.delivery.access import KEEPERS
from apps.delivery.errors import InvalidEndpoint
from apps.delivery.forms import EndpointForm
from apps.delivery.models import Delivery, Endpoint
from apps.ledger.operations import replay as replay_handoff
from apps.ledger.queries import given_up

SHOWN = 25


@allow(*KEEPERS)
@require_safe
def webhooks(request: PersonRequest) -> HttpResponse:
    """Who is told, what was sent and what became of it, and what inside waits for a person."""
    return _page(request, EndpointForm())


@allow(*KEEPERS)
@require_POST
@never_cache
def add_endpoint(request: PersonRequest) -> HttpResponse:
    """Add an endpoint. The answer is the page with its secret, which is never shown again."""
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            endpoint = operations.add_endpoint(actor=request.user, **form.cleaned_data)
        except InvalidEndpoint as refusal:
            for error in refusal.errors:
                form.add_error(error["field"], error["reason"])
        else:
            return _page(request, EndpointForm(), shown=endpoint, secret=endpoint.secret)
    return _page(request, form, status=422)


@allow(*KEEPERS)
@require_POST
@never_cache
def rotate_secret(request: PersonRequest, pk: int) -> HttpResponse:
    """A new secret, shown this once."""
    endpoint = access.endpoint(pk)
    secret = operations.rotate_secret(endpoint, actor=request.user)
    return _page(request, EndpointForm(), shown=endpoint, secret=secret)


@allow(*KEEPERS)
@require_POST
def pause(request: PersonRequest, pk: int) -> HttpResponse:
    operations.set_active(access.endpoint(pk), active=False, actor=request.user)
    return redirect("delivery:webhooks")


@allow(*KEEPERS)
@require_POST
def resume(request: PersonRequest, pk: int) -> HttpResponse:
    operations.set_active(access.endpoint(pk), active=True, actor=request.user)
    return redirect("delivery:webhooks")


@allow(*KEEPERS)
@require_POST
def replay(request: PersonRequest, pk: int) -> HttpResponse:
    """Send a message again."""
    operations.replay(access.delivery(pk), actor=request.user)
    messages.success(request, "It is sent again in a moment.")
    return redirect("delivery:webhooks")


@allow(*KEEPERS)
@require_POST
def replay_inside(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand an event on again that was given up inside."""
    replay_handoff(access.given_up_handoff(pk), actor=request.user)
    messages.success(request, "It is handed on again in a moment.")
    return redirect("delivery:webhooks")


def _page(
    request: PersonRequest,
    form: EndpointForm,
    *,
    shown: Endpoint | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in Delivery.State.values else ""
    before = request.GET.get("before", "")
    listed = list(
        queries.deliveries(state=state, before=int(before) if before.isdecimal() else None)[: SHOWN + 1]
    )
    context = {
        "endpoints": queries.endpoints(),
        "health": queries.health(),
        "form": form,
        "shown": shown,
        "secret": secret,
        "deliveries": listed[:SHOWN],
        "older": listed[SHOWN - 1].pk if len(listed) > SHOWN else None,
        "newest": not before,
        "state": state,
        "states": Delivery.State.choices,
        "given_up": list(given_up()[:SHOWN]),
    }
    return render(request, "delivery/webhooks.html", context, status=status)
