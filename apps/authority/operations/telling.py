"""Step five: the author is told by itself, as soon as no order forbids it."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import now

from apps.appeals.queries import window
from apps.authority import links
from apps.authority.models import RequestItem, Telling
from apps.authority.operations.answering import may_be_told_at
from apps.authority.phrases import basis_in_words
from apps.authority.placeholders import fill
from apps.authority.queries import letter_in_use
from apps.days import day_in_words
from apps.decisions.operations import tell_author_of_law
from apps.intake.codes import country_in_words
from apps.ledger.operations import record

APPEAL = {
    "en": "You can contest this until {until}; somebody who took no part will look at it: {link}",
    "km": "អ្នកអាចប្តឹងជំទាស់រហូតដល់ថ្ងៃទី {until} ហើយអ្នកដែលមិនបានចូលរួមនឹងពិនិត្យវា៖ {link}",
    "vi": "Bạn có thể khiếu nại đến ngày {until}; một người không tham gia việc này sẽ xem xét lại: {link}",
}


def tell_authors_due(*, limit: int = 100) -> int:
    """Tell the authors who may be told now; how many were. Several processes may do this at once."""
    due = Telling.objects.filter(told_at=None, due_at__lte=now()).order_by("due_at")
    return sum(_tell(pk) for pk in due.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _tell(telling_id: int) -> bool:
    telling = (
        Telling.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("item__request__sender", "item__item", "decision")
        .filter(pk=telling_id, told_at=None)
        .first()
    )
    if telling is None:
        return False
    row: RequestItem = telling.item
    allowed = may_be_told_at(row.request_id)
    at = now()
    if allowed > at:  # an order came meanwhile
        telling.due_at = allowed
        telling.save(update_fields=["due_at"])
        return False
    template = letter_in_use("author", row.item.language if row.item else "en")
    words = {
        "country": country_in_words(row.request.sender.country, template.language),
        "basis": basis_in_words(row.request.legal_basis, template.language),
        "appeal": _appeal(telling, template.language, at),
        "sender": row.request.sender.name,
        "reference": row.request.reference,
        "item": row.address,
    }
    tell_author_of_law(decision=telling.decision, language=template.language, text=fill(template.body, words))
    telling.told_at = at
    telling.save(update_fields=["told_at"])
    record("authority.author_told", actor=None, private=True, request=row.request_id, position=row.position)
    return True


def _appeal(telling: Telling, language: str, at: datetime) -> str:
    """How it can be contested: the link, and until when. The time begins with the telling, however long a silence lasted."""
    spoken = language if language in APPEAL else "en"
    until = day_in_words(at + window(), spoken)
    return APPEAL[spoken].format(until=until, link=links.address(telling.pk, spoken))
