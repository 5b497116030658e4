"""Every few minutes: what rises, and whom to tell."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.trends.baseline import WEEKS, Rise, days_like, rises
from apps.trends.models import Kind, Rising, SignDay, SignHour, SpikeAlert
from apps.trends.queries import Counted, counted_in, first_day, usual_of

WINDOWS = (6, 24)  # hours; alerts are of the shorter
SHOWN = 100  # of one stream and language
CALM_AFTER = timedelta(hours=24)
HOURS_KEPT = 50
DAYS_KEPT = 7 * (WEEKS + 1)


@transaction.atomic
def watch(*, at: datetime | None = None) -> int:
    """Work out anew what rises, and open an alert for each sign that rises beyond chance; how many were opened.

    One at a time; whoever comes meanwhile leaves it to the one at work. Reads the counts of the last hours and,
    for those frequent enough to be shown, of the days like today.
    """
    at = at or now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('trends'), hashtext('watch'))")
        if not cursor.fetchone()[0]:
            return 0
    hour = int(at.timestamp()) // 3600
    days = days_like(hour // 24, first_day(hour // 24))
    found: list[Rising] = []
    for hours in WINDOWS:
        for (stream, language), counted in counted_in(hour - hours + 1, hour).items():
            found += _rising(hours, stream, language, counted, days, at)
    Rising.objects.all().delete()
    Rising.objects.bulk_create(found, batch_size=500)
    opened = _alert([one for one in found if one.hours == WINDOWS[0] and one.n >= one.upper], at)
    # Once it no longer rises in either window for a day, it is usual, or over.
    SpikeAlert.objects.filter(closed_at=None, risen_at__lt=at - CALM_AFTER).update(closed_at=at)
    return opened


def _rising(
    hours: int, stream: str, language: str, counted: Counted, days: list[int], at: datetime
) -> list[Rising]:
    usual = usual_of(stream, language, list(counted.signs), days)
    totals = {day: usual.get((Kind.EVERYTHING.value, ""), {}).get(day, 0) for day in days}
    told: dict[object, Rise] = rises(
        {sign: n for sign, (n, _) in counted.signs.items()}, counted.everything, dict(usual), totals
    )
    rising = sorted(((one, sign) for sign, one in told.items() if one.rising), key=lambda pair: -pair[0].low)[
        :SHOWN
    ]
    return [
        Rising(
            hours=hours, stream=stream, language=language, kind=kind, key=key, n=one.n, expected=one.expected,
            upper=one.upper, ratio=one.ratio, low=one.low, high=one.high, days=one.days,
            items=counted.signs[kind, key][1], at=at,
        )
        for one, (kind, key) in rising  # type: ignore[misc]
    ]  # fmt: skip


def _alert(spikes: list[Rising], at: datetime) -> int:
    """Open an alert for each spike that has none, or say again that it still rises."""
    names = ("stream", "language", "kind", "key")
    open_now = {
        tuple(getattr(one, name) for name in names): one
        for one in SpikeAlert.objects.filter(closed_at=None).select_for_update(no_key=True)
    }
    opened = 0
    for spike in spikes:
        said = {
            "n": spike.n, "expected": spike.expected, "upper": spike.upper, "ratio": spike.ratio, "low": spike.low,
            "high": spike.high, "items": spike.items, "risen_at": at,
        }  # fmt: skip
        sign = {name: getattr(spike, name) for name in names}
        alert = open_now.get(tuple(sign.values()))
        if alert is None:
            alert = SpikeAlert.objects.create(**sign, **said, opened_at=at)
            opened += 1
            # No word and no account in an event: what was written can be erased, events cannot.
            record(
                "trend.spiked", actor=None, alert=alert.pk, sign=alert.kind, language=alert.language,
                stream=alert.stream, n=alert.n, expected=round(alert.expected, 2),
            )  # fmt: skip
        else:
            for name, value in said.items():
                setattr(alert, name, value)
            alert.save(update_fields=list(said))
    return opened


@transaction.atomic
def see(*, actor: User, alert_id: int) -> None:
    """Somebody has seen an alert: it asks for nobody any more. The first who does is written down."""
    won = SpikeAlert.objects.filter(pk=alert_id, seen_by=None).update(seen_by=actor, seen_at=now())
    if won:
        record("trend.seen", actor=actor, alert=alert_id)


def forget_old_signs() -> int:
    """Take away hours older than two days and days older than nine weeks; how many rows went."""
    hour = int(now().timestamp()) // 3600
    gone = SignHour.objects.filter(hour__lt=hour - HOURS_KEPT).delete()[0]
    return gone + SignDay.objects.filter(day__lt=hour // 24 - DAYS_KEPT).delete()[0]
