"""Endpoints, and messages sent again."""

import base64
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.delivery.errors import InvalidEndpoint, NothingToReplay
from apps.delivery.models import Delivery, Endpoint, Kind
from apps.delivery.operations.announcing import GIVE_UP_AFTER
from apps.ledger.operations import record

PAYLOADS_KEPT = timedelta(days=30)


def new_secret() -> str:
    """A Standard Webhooks secret: 24 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


@transaction.atomic
def add_endpoint(*, actor: User | None, name: str, url: str, kinds: Sequence[str] = ()) -> Endpoint:
    """Tell an endpoint of everything from now on, or of some kinds only. Its secret is new. Raises InvalidEndpoint."""
    errors = [*_wrong_with_url(url)]
    if not name.strip() or len(name) > 80:
        errors.append({"field": "name", "reason": "Give it a name of at most 80 characters."})
    if set(kinds) - set(Kind.values):
        errors.append({"field": "kinds", "reason": "One of these is not something we send."})
    if errors:
        raise InvalidEndpoint(errors=errors)
    try:
        with transaction.atomic():
            endpoint = Endpoint.objects.create(
                name=name.strip(), url=url.strip(), kinds=sorted(set(kinds)), secret=new_secret()
            )
    except IntegrityError:
        raise InvalidEndpoint(
            errors=[{"field": "name", "reason": "Another endpoint has this name already."}]
        ) from None
    record("endpoint.added", actor=actor, endpoint=endpoint.pk, kinds=endpoint.kinds)
    return endpoint


def _wrong_with_url(url: str) -> list[dict[str, str]]:
    import httpx

    try:
        address = httpx.URL(url.strip())
        fine = address.scheme in ("http", "https") and bool(address.host) and not address.userinfo
    except (httpx.InvalidURL, TypeError):
        fine = False
    if fine and len(url) <= 2000 and not address.fragment:
        return []
    return [{"field": "url", "reason": "Give a full http or https address, without a user name in it."}]


@transaction.atomic
def set_active(endpoint: Endpoint, *, active: bool, actor: User) -> None:
    """Pause an endpoint, or go on: what is owed to it waits. Resuming also ends a rest."""
    Endpoint.objects.filter(pk=endpoint.pk).update(active=active, failures_in_a_row=0, rests_until=None)
    record("endpoint.resumed" if active else "endpoint.paused", actor=actor, endpoint=endpoint.pk)


@transaction.atomic
def rotate_secret(endpoint: Endpoint, *, actor: User) -> str:
    """A new secret, in force at once; it is returned to be shown once."""
    endpoint.secret = new_secret()
    endpoint.save(update_fields=["secret"])
    record("endpoint.secret_rotated", actor=actor, endpoint=endpoint.pk)
    return endpoint.secret


@transaction.atomic
def replay(delivery: Delivery, *, actor: User) -> None:
    """Send a message again, now, for another 72 hours, under the same Webhook-Id. Raises NothingToReplay."""
    locked = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if locked.payload is None:
        raise NothingToReplay
    at = now()
    Delivery.objects.filter(pk=locked.pk).update(
        state=Delivery.State.PENDING,
        attempts_made=0,
        next_attempt_at=at,
        give_up_at=at + GIVE_UP_AFTER,
        delivered_at=None,
    )
    record("delivery.replayed", actor=actor, delivery=locked.pk, message=locked.message_id)


def forget_old_payloads(*, limit: int = 5_000) -> int:
    """What messages said is forgotten after 30 days; that they were sent, and when, stays. How many were."""
    old = Delivery.objects.filter(payload__isnull=False, created_at__lt=now() - PAYLOADS_KEPT).exclude(
        state=Delivery.State.PENDING
    )
    return Delivery.objects.filter(pk__in=old.order_by("created_at").values("pk")[:limit]).update(
        payload=None
    )
