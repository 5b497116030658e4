"""What each side is told, once, in its language: never who the other side is, never what a moderator wrote."""

from django.conf import settings
from django.utils.timezone import localdate

from apps.intake.codes import country_name
from apps.lawful import links
from apps.lawful.letters import KINDS, LETTERS
from apps.lawful.models import LawLetter, LawNotice
from apps.ledger.operations import record

SPOKEN = ("en", "km", "vi")


def tell(notice: LawNotice, side: str, about: str, **words: str) -> LawLetter:
    """Write a letter to one side and have it delivered (`law_letter_once_per_side`). Nothing in it is of the other side."""
    spoken = notice.language if side == "notifier" else (notice.item.language if notice.item else "")
    language = spoken if spoken in SPOKEN else "en"
    filled = {
        "kind": KINDS[language][notice.kind],
        "country": country_name(notice.country, language),
        "due": localdate(notice.due_at).isoformat(),
        "reasons": notice.reasons,
        "days": str(settings.LAW_COURT_DAYS),
        "link": links.address(notice.pk, side, language),
        **words,
    }
    text = LETTERS[side, about][language].format(**filled)
    letter = LawLetter.objects.create(notice=notice, side=side, about=about, language=language, text=text)
    record("law_notice.letter", actor=None, private=True, notice=notice.pk, letter=letter.pk)
    return letter
