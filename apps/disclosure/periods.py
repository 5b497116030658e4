"""From the name of a period to its days."""

from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_default_timezone

from apps.disclosure.models import Period

SETTLED_AFTER = timedelta(hours=1)  # ids are committed out of order, but none an hour late
MONTHS = {Period.Kind.QUARTER: 3, Period.Kind.HALF: 6, Period.Kind.YEAR: 12}


def days_of(kind: str, year: int, part: int) -> tuple[date, date]:
    """The first day, and the day after the last: ("quarter", 2026, 3) begins 1 July. Raises ValueError."""
    months = MONTHS[Period.Kind(kind)]
    if not 1 <= part <= 12 // months or not 2000 <= year <= 2999:
        raise ValueError(f"{kind} {part} of {year}")
    begins = date(year, (part - 1) * months + 1, 1)
    after = (part * months) % 12 + 1
    return begins, date(year + (after == 1), after, 1)


def parse(slug: str) -> tuple[str, date, date]:
    """A period by its part of an address: 2026-q3, 2026-h2 or 2026. Raises ValueError."""
    year, _, part = slug.partition("-")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise ValueError(slug)
    if not part:
        return (Period.Kind.YEAR, *days_of(Period.Kind.YEAR, int(year), 1))
    kind = {"q": Period.Kind.QUARTER, "h": Period.Kind.HALF}.get(part[:1])
    if kind is None or not (part[1:].isascii() and part[1:].isdigit() and len(part) == 2):
        raise ValueError(slug)
    return (kind, *days_of(kind, int(year), int(part[1:])))


def midnight(day: date) -> datetime:
    """When a day begins where the house counts its days."""
    return datetime.combine(day, time(), get_default_timezone())
