"""Step two: is it a valid order of a competent authority, and is the item unlawful there?"""

from django.db import transaction

from apps.accounts.models import Role, User
from apps.authority.errors import InvalidAsking
from apps.authority.models import RequestItem, Validity
from apps.authority.operations.steps import locked
from apps.errors import NotAllowed
from apps.ledger.operations import record

WORDS_AT_LEAST = 20
WORDS_AT_MOST = 10_000


@transaction.atomic
def find_validity(*, actor: User, item: RequestItem, valid: bool, reasons: str) -> Validity:
    """Write down whether the order is valid and why. Valid: the test is next. Not: it stays to be answered by a letter.

    Raises NotAllowed (only a legal reviewer finds this), StepNotDue, InvalidAsking.
    """
    if not actor.has_role(Role.LEGAL_REVIEWER):
        raise NotAllowed("Whether an order is valid belongs to other roles: a legal reviewer finds it.")
    row = locked(item, RequestItem.State.LAW)
    found = Validity.objects.create(
        item=row, valid=valid, reasons=written("reasons", reasons, "why it is valid, or why not"), by=actor
    )
    if valid:
        row.state = RequestItem.State.TEST
        row.save(update_fields=["state"])
    facts = {"request": row.request_id, "position": row.position, "valid": valid}
    record("authority.validity", actor=actor, private=True, **facts)
    return found


def written(name: str, text: str, what: str) -> str:
    """The text, when it says something. Raises InvalidAsking."""
    text = text.strip()
    if len(text) < WORDS_AT_LEAST:
        raise InvalidAsking(errors=[{"field": name, "reason": f"Write {what}, in a sentence at least."}])
    if len(text) > WORDS_AT_MOST or "\x00" in text:
        reason = f"At most {WORDS_AT_MOST:,} characters, and none that cannot be stored."
        raise InvalidAsking(errors=[{"field": name, "reason": reason}])
    return text
