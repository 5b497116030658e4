"""A booked time as a calendar file (RFC 5545). Others can see a calendar: it says nothing of what the time is for."""

from datetime import UTC, datetime, timedelta

from apps.wellbeing.care.models import CounsellingSlot


def calendar_file(slot: CounsellingSlot, *, at: datetime, host: str) -> str:
    """One appointment, in UTC, with lines no longer than 75 octets."""
    ends = slot.starts_at + timedelta(minutes=slot.minutes)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//reviewqueue//calendar//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:appointment-{slot.pk}@{host}",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART:{_utc(slot.starts_at)}",
        f"DTEND:{_utc(ends)}",
        "SUMMARY:Appointment",
        f"LOCATION:{_text(slot.place)}",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    for mark, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        words = words.replace(mark, written)
    return words


def _folded(line: str) -> list[str]:
    """Long lines go on in the next one, after a space; no character is cut in two."""
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > 74:
            parts.append(part)
            part = " "
        part += character
    return [*parts, part]
