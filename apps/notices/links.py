"""The signed link in a notice: it names a decision and who was told, and nobody can make one but this house."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

SIDES = {"a": "author", "r": "reporter"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """To whom a link was given: the case, the moment of its decision, and the side."""

    case_id: int
    decided_at: datetime
    side: str


def _signer() -> Signer:
    return Signer(salt="reviewqueue.appeal", sep="~")


def token(*, case_id: int, decided_at: datetime, side: str) -> str:
    """A decision is named by its case and moment: both are known before it has a number."""
    moment = (decided_at - EPOCH) // timedelta(microseconds=1)
    return _signer().sign(f"{case_id}-{moment}-{side[0]}")


def read(given: str) -> Told | None:
    """What a link says; None when it was not made here."""
    try:
        case_id, moment, side = _signer().unsign(given).split("-")
        return Told(int(case_id), EPOCH + timedelta(microseconds=int(moment)), SIDES[side])
    except (BadSignature, ValueError, KeyError, OverflowError):
        return None


def address(given: str, language: str) -> str:
    """The public page behind a link, in one language."""
    return f"{settings.PUBLIC_URL}/appeal/{language}/{given}/"
