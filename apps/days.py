"""Days as people read them, in the languages the public pages speak."""

from datetime import date, datetime

from django.utils.timezone import localdate

ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
KHMER = ("មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ")


def day_in_words(day: date, language: str = "en") -> str:
    """27 November 2026, 27 វិច្ឆិកា 2026, 27/11/2026. A moment is told by its day where the house counts its days."""
    if isinstance(day, datetime):
        day = localdate(day)
    if language == "vi":
        return f"{day.day}/{day.month}/{day.year}"
    months = KHMER if language == "km" else ENGLISH
    return f"{day.day} {months[day.month - 1]} {day.year}"
