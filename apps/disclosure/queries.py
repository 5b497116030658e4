from datetime import date, timedelta

from django.utils.timezone import localdate

from apps.disclosure.models import Edition, Period
from apps.disclosure.periods import MONTHS, days_of

SHOWN = 40


def newest_published() -> list[Edition]:
    """The newest edition of each period that has one published, newest period first."""
    newest = (
        Edition.objects.filter(state=Edition.State.PUBLISHED)
        .order_by("period_id", "-number")
        .distinct("period_id")
    )
    found = Edition.objects.filter(pk__in=newest.values("pk")).select_related("period").defer("figures")
    return list(found.order_by("-period__ends", "period__kind")[:SHOWN])


def editions_of(period: Period) -> list[Edition]:
    """The published editions of a period, newest first, without their figures."""
    return list(period.editions.filter(state=Edition.State.PUBLISHED).defer("figures").order_by("-number"))


def drafts() -> list[Edition]:
    found = Edition.objects.filter(state=Edition.State.DRAFT).select_related("period", "drafted_by")
    return list(found.defer("figures").order_by("-pk")[:SHOWN])


def lately_published() -> list[Edition]:
    found = Edition.objects.filter(state=Edition.State.PUBLISHED).select_related("period", "published_by")
    return list(found.defer("figures").order_by("-published_at")[:SHOWN])


def choices(today: date | None = None) -> list[tuple[str, str]]:
    """Periods that are over, newest first: (part of an address, name); two years of each kind."""
    today = today or localdate()
    found = []
    for kind, months in MONTHS.items():
        for year in range(today.year, today.year - 3, -1):
            for part in range(12 // months, 0, -1):
                begins, ends = days_of(kind, year, part)
                if ends <= today:
                    found.append((ends, Period(kind=kind, begins=begins, ends=ends)))
    found.sort(key=lambda one: (one[0], -MONTHS[Period.Kind(one[1].kind)]), reverse=True)
    return [(period.slug, _in_words(period)) for _, period in found[:14]]


def _in_words(period: Period) -> str:
    """A period by its part of an address and its first and last day: “2026-q3: 1 July to 30 September 2026”."""
    first, last = period.begins, period.ends - timedelta(days=1)
    return f"{period.slug}: {first.day} {first:%B} to {last.day} {last:%B %Y}"
