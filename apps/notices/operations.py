import re

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.notices.errors import TemplateIncomplete, TemplateMoved
from apps.notices.models import NEEDS, PLACEHOLDERS, NoticeTemplate
from apps.notices.queries import forget, wordings

IN_BRACES = re.compile(r"\{([^{}]*)\}")
TEXT_AT_MOST = 4_000


def publish(*, actor: User, kind: str, language: str, text: str, after: int) -> NoticeTemplate:
    """Put a wording in force for notices from now on; what was told before stays as it was told.

    `after` is the number she saw in force. Raises TemplateIncomplete for a placeholder that is missing or unknown,
    TemplateMoved when another wording came first.
    """
    text = text.replace("\r\n", "\n").strip()
    check(kind, text)
    try:
        with transaction.atomic():
            forget()
            if wordings()[kind, language].number != after:
                raise TemplateMoved
            made = NoticeTemplate.objects.create(
                kind=kind, language=language, number=after + 1, text=text, published_by=actor
            )
            record(
                "notice_template.published", actor=actor, template=kind, language=language, number=made.number
            )
    except IntegrityError:
        raise TemplateMoved from None
    finally:
        forget()
    return made


def check(kind: str, text: str) -> None:
    """Refuse a wording that leaves out what its readers must be told. Raises TemplateIncomplete, a reason for each."""
    said = set(IN_BRACES.findall(text))
    reasons = [f"{{{name}}} is missing." for name in NEEDS[kind] if name not in said]
    reasons += [f"{{{name}}} is nothing that can be filled in." for name in sorted(said - set(PLACEHOLDERS))]
    if "{" in IN_BRACES.sub("", text) or "}" in IN_BRACES.sub("", text):
        reasons.append("A brace stands alone. Braces are for what is filled in.")
    if len(text) > TEXT_AT_MOST:
        reasons.append(f"At most {TEXT_AT_MOST:,} characters; this has {len(text):,}.")
    if "\x00" in text:
        reasons.append("It contains a character that cannot be stored.")
    if reasons:
        raise TemplateIncomplete(errors=[{"field": "text", "reason": reason} for reason in reasons])
