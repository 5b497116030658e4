"""What each side is told, once, in its language: never who the other side is, never what a moderator wrote."""

from datetime import datetime

from django.conf import settings

from apps.days import day_in_words
from apps.intake.codes import country_in_words
from apps.lawful import links
from apps.lawful.letters import KINDS, LETTERS
from apps.lawful.models import LawLetter, LawNotice
from apps.ledger.operations import record

SPOKEN = ("en", "km", "vi")


def tell(notice: LawNotice, side: str, about: str, **words: str | datetime) -> LawLetter:
    """Write a letter to one side and have it delivered (`law_letter_once_per_side`). Nothing in it is of the other side."""
    spoken = notice.language if side == "notifier" else (notice.item.language if notice.item else "")
    language = spoken if spoken in SPOKEN else "en"
    filled = {
        "kind": KINDS[language][notice.kind],
        "country": country_in_words(notice.country, language),
        "due": day_in_words(notice.due_at, language),
        "reasons": notice.reasons,
        "days": str(settings.LAW_COURT_DAYS),
        "link": links.address(notice.pk, side, language),
        **{
            name: day_in_words(said, language) if isinstance(said, datetime) else said
            for name, said in words.items()
        },
    }
    text = LETTERS[side, about][language].format(**filled)
    letter = LawLetter.objects.create(notice=notice, side=side, about=about, language=language, text=text)
    record("law_notice.letter", actor=None, private=True, notice=notice.pk, letter=letter.pk)
    return letter
