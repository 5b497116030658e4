from apps.accounts.models import Role
from apps.delivery.models import Delivery, Endpoint
from apps.errors import NotFound
from apps.ledger.models import Handoff

KEEPERS = (Role.ADMIN,)


def endpoint(pk: int) -> Endpoint:
    found = Endpoint.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such endpoint.")
    return found


def delivery(pk: int) -> Delivery:
    found = Delivery.objects.select_related("endpoint").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such message.")
    return found


def given_up_handoff(pk: int) -> Handoff:
    found = Handoff.objects.filter(pk=pk, given_up_at__isnull=False).first()
    if found is None:
        raise NotFound("This is no longer waiting for anybody; it may have been replayed.")
    return found
