"""Letters: their templates, and sending them."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import now

from apps.accounts.models import User
from apps.authority.errors import LetterIncomplete, StepNotDue
from apps.authority.models import Letter, LetterTemplate, RequestItem
from apps.authority.operations.judging import written
from apps.authority.operations.steps import locked
from apps.authority.phrases import basis_in_words
from apps.authority.placeholders import MEANING, fill, missing, unknown
from apps.authority.queries import letter_in_use
from apps.intake.codes import country_in_words
from apps.ledger.operations import record

BODY_AT_MOST = 20_000
OPEN_TO_LETTERS = {
    "received": tuple(RequestItem.State.values),
    "clarify": (RequestItem.State.LAW, RequestItem.State.TEST, RequestItem.State.UNKNOWN),
    "push_back": (RequestItem.State.LAW, RequestItem.State.TEST),
    "refuse": (
        RequestItem.State.LAW,
        RequestItem.State.TEST,
        RequestItem.State.ASKED_BACK,
        RequestItem.State.UNKNOWN,
    ),
    "acted": (RequestItem.State.BY_RULES, RequestItem.State.BY_LAW),
}


@transaction.atomic
def write_letter(*, actor: User, kind: str, language: str, body: str) -> LetterTemplate:
    """Keep a draft of the next version of a letter; drafts may lack placeholders. Raises LetterIncomplete when empty."""
    if (
        kind not in LetterTemplate.Kind.values
        or not body.strip()
        or len(body) > BODY_AT_MOST
        or "\x00" in body
    ):
        raise LetterIncomplete("Write the letter: at most 20,000 characters.")
    versions = LetterTemplate.objects.filter(kind=kind, language=language)
    draft = versions.filter(published_at=None).select_for_update().first()
    if draft is None:
        number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
        draft = LetterTemplate(kind=kind, language=language, number=number)
    draft.body, draft.written_by, draft.written_at = body.strip(), actor, now()
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        raise StepNotDue("Somebody else has just begun this version. Open it again.") from None
    record("letter.drafted", actor=actor, private=True, letter=kind, language=language, number=draft.number)
    return draft


@transaction.atomic
def publish_letter(*, actor: User, template: LetterTemplate) -> LetterTemplate:
    """Put a version into use. It can never be changed again, and what was sent with an older one keeps it.

    Raises LetterIncomplete when a placeholder is missing or means nothing, StepNotDue when it is in use already.
    """
    draft = LetterTemplate.objects.select_for_update().get(pk=template.pk)
    if draft.published_at is not None:
        raise StepNotDue("This version is in use already.")
    lacks, strange = missing(draft.kind, draft.body), unknown(draft.body)
    reasons = [f"{{{name}}} is missing: {MEANING[name]}." for name in lacks]
    reasons += [f"{{{name}}} means nothing here." for name in strange]
    if reasons:
        errors = [{"field": "body", "reason": reason} for reason in reasons]
        raise LetterIncomplete("This letter cannot be published yet. " + " ".join(reasons), errors=errors)
    draft.published_at = now()
    draft.save(update_fields=["published_at"])
    record(
        "letter.published",
        actor=actor,
        private=True,
        letter=draft.kind,
        language=draft.language,
        number=draft.number,
    )
    return draft


@transaction.atomic
def send_letter(
    *, actor: User, item: RequestItem, kind: str, reasons: str = "", language: str = "en"
) -> Letter:
    """Write a letter to the sender about an item, from the version in use, and keep it as it goes out.

    Asking for clarification stops the item's clock until the sender answers. Raises StepNotDue, InvalidAsking.
    """
    if kind not in OPEN_TO_LETTERS:
        raise StepNotDue
    row = locked(item, *OPEN_TO_LETTERS[kind])
    asked = row.request
    template = letter_in_use(kind, language)
    if "{reasons}" in template.body:
        reasons = written("reasons", reasons, "what the letter is to say")
    body = fill(
        template.body,
        {
            "reference": asked.reference or f"our number {asked.pk}",
            "sender": asked.sender.name,
            "item": row.address,
            "reasons": reasons.strip(),
            "country": country_in_words(asked.sender.country, language),
            "basis": basis_in_words(asked.legal_basis, language),
        },
    )
    letter = Letter.objects.create(request=asked, item=row, template=template, body=body, sent_by=actor)
    if kind == "clarify":
        row.state, row.deadline_at = RequestItem.State.ASKED_BACK, None
        row.save(update_fields=["state", "deadline_at"])
    facts = {"request": asked.pk, "position": row.position, "letter": kind}
    record("letter.sent", actor=actor, private=True, **facts)
    return letter
