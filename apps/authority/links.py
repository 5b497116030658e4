"""The signed link in an author's notice: it names what local law took away, and nobody but this house can make one."""

from django.conf import settings
from django.core.signing import BadSignature, Signer


def _signer() -> Signer:
    return Signer(salt="reviewqueue.authority.contest", sep="~")


def token(telling_id: int) -> str:
    return _signer().sign(str(telling_id))


def read(given: str) -> int | None:
    """The number of the telling; None when the link was not made here."""
    try:
        return int(_signer().unsign(given))
    except (BadSignature, ValueError):
        return None


def address(telling_id: int, language: str) -> str:
    """The public page behind a link."""
    return f"{settings.PUBLIC_URL}/law-contest/{language}/{token(telling_id)}/"
