"""Numbers as a person reads them; the same on the page, over the websocket and nowhere else."""

UNKNOWN = "–"


def count(n: float | None) -> str:
    """1,234 · 0.4 · –"""
    return UNKNOWN if n is None else f"{n:,}"


def rate(share: float | None) -> str:
    """A share between 0 and 1 as 87.5 %."""
    return UNKNOWN if share is None else f"{share * 100:.1f} %"


def duration(seconds: float | None) -> str:
    """At most two units: 45 s · 12 min · 3 h 5 min · 2 d 4 h"""
    if seconds is None:
        return UNKNOWN
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def up_to(n: int, limit: int) -> str:
    """A count that stops counting: 999 · 1,000+"""
    return f"{n:,}+" if n >= limit else f"{n:,}"
