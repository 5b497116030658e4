"""The signed link each side is given: it names a notice of law and the side, and nobody but this house can make one."""

from django.conf import settings
from django.core.signing import BadSignature, Signer

SIDES = {"n": "notifier", "a": "author"}


def _signer() -> Signer:
    return Signer(salt="reviewqueue.lawful", sep="~")


def token(notice_id: int, side: str) -> str:
    return _signer().sign(f"{notice_id}-{side[0]}")


def read(given: str) -> tuple[int, str] | None:
    """The notice's number and the side; None when the link was not made here."""
    try:
        number, side = _signer().unsign(given).split("-")
        return int(number), SIDES[side]
    except (BadSignature, ValueError, KeyError):
        return None


def address(notice_id: int, side: str, language: str) -> str:
    """The public page behind a link."""
    return f"{settings.PUBLIC_URL}/law-notice/{language}/told/{token(notice_id, side)}/"
