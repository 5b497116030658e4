"""The plan in words. It names no one."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from apps.insight.queries.planning import moment


def clock(at: datetime, minutes: int) -> str:
    there = localtime(moment(at, minutes))
    return f"{there:%H:%M}" if there.date() == localtime(at).date() else f"{there:%H:%M} tomorrow"


def sentence(row: dict[str, Any], at: datetime) -> str:
    """“At this rate this queue is overdue at 16:40; two more certified people would hold it.”"""
    forecast = row["forecast"]
    if not row["busy"]:
        return "Nothing waits, and nothing came in lately."
    if forecast.late_at is None:
        return "It holds for the next eight hours at this rate."
    if row["overdue"]:
        late = f"{row['overdue']:,} overdue now"
        rest = (
            f"; at this rate it has caught up at {clock(at, forecast.caught_up_at)}"
            if forecast.caught_up_at is not None
            else "; at this rate it does not catch up within eight hours"
        )
    else:
        late, rest = f"At this rate this queue is overdue at {clock(at, forecast.late_at)}", ""
    return f"{late}{rest}; {_help(forecast.more, skilled=bool(row['queue'].skill))}."


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _help(more: int | None, *, skilled: bool) -> str:
    certified = " certified" if skilled else ""
    if more is None:
        return f"fifty more{certified} people would not hold it"
    if more == 0:
        return "those who are there hold it from half an hour on"
    number = NUMBERS[more] if more < len(NUMBERS) else str(more)
    return f"{number} more{certified} {'person' if more == 1 else 'people'} would hold it"
