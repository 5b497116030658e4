"""Scores in hundredths and weeks: the cells in which the house counts. Pure."""

from datetime import date, timedelta

BUCKETS = 101  # 0.00 to 1.00; a bucket covers from its own hundredth up to the next


def bucket(score: float) -> int:
    """The hundredth a score lies in: 0.29 in 29, 1.0 in 100. Rounded first, as 0.29 × 100 is 28.999…"""
    return min(BUCKETS - 1, max(0, int(round(score * 100, 6))))


def monday(day: date) -> date:
    """The week of a day, named by its Monday."""
    return day - timedelta(days=day.weekday())
