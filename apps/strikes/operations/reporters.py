"""Reporters who flood: a warning first, then a pause that a person decides and that ends by itself (DSA Art. 23).

The numbers are a judgement. They never act alone: they warn, and they propose.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.intake.models import Reporter
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record, record_many
from apps.strikes.errors import PauseDecided, PauseInvalid
from apps.strikes.models import ReporterPause, ReporterWarning

JUDGED_AT_LEAST = 20  # reports judged before anything is said
UPHELD_AT_MOST = 0.1  # share of them that broke a rule
SINCE_THE_WARNING = 10  # reports judged after it before a pause is proposed
WARNED_FOR = timedelta(days=180)  # then a new warning comes first
LOOKED_AT = 1_000  # reporters of one batch of events

CONCERNED = """
    SELECT DISTINCT reporter.id, reporter.judged, reporter.upheld FROM intake_report report
    JOIN intake_reporter reporter ON reporter.id = report.reporter_id
    WHERE report.item_id = ANY(%s) AND NOT reporter.trusted_flagger AND reporter.judged >= %s
      AND (reporter.paused_until IS NULL OR reporter.paused_until <= %s)
    ORDER BY reporter.id LIMIT %s
"""


@transaction.atomic
def weigh(events: Iterable[Event]) -> None:
    """Warn those whose judged reports are nearly all unfounded; propose a pause where it goes on after the warning.

    Trusted flaggers are not among them: their standing is the coordinator's matter. Handed over again it says nothing
    new: a warning stands for 180 days, and one proposal is open at a time.
    """
    items = [event.item_id for event in events if event.data.get("upheld") is False and event.item_id]
    if not items:
        return
    with connection.cursor() as cursor:
        cursor.execute(CONCERNED, [items, JUDGED_AT_LEAST, now(), LOOKED_AT])
        concerned = cursor.fetchall()
    newest = {
        warning.reporter_id: warning
        for warning in ReporterWarning.objects.filter(
            reporter__in=[number for number, _, _ in concerned], at__gt=now() - WARNED_FOR
        ).order_by("id")
    }
    entries = []
    for number, judged, upheld in concerned:
        warning = newest.get(number)
        if warning is None and upheld <= UPHELD_AT_MOST * judged:
            made = ReporterWarning.objects.create(reporter_id=number, judged=judged, upheld=upheld)
            facts = {"warning": made.pk, "reporter": number, "judged": judged, "upheld": upheld}
            entries.append(Entry("reporter.warned", data=facts))
        elif warning is not None and _goes_on(warning, judged, upheld):
            pause, new = ReporterPause.objects.get_or_create(
                reporter_id=number,
                state=ReporterPause.State.PROPOSED,
                defaults={"warning": warning, "judged": judged, "upheld": upheld, "proposed_at": now()},
            )
            if new:
                entries.append(Entry("reporter.pause_proposed", data={"pause": pause.pk, "reporter": number}))
    record_many(entries)


def _goes_on(warning: ReporterWarning, judged: int, upheld: int) -> bool:
    """Whether what was judged since the warning is as unfounded, and nobody has decided on just that yet."""
    since, good = judged - warning.judged, upheld - warning.upheld
    if since < SINCE_THE_WARNING or good > UPHELD_AT_MOST * since:
        return False
    decided = ReporterPause.objects.filter(warning=warning).exclude(state=ReporterPause.State.PROPOSED)
    last = decided.order_by("-id").values_list("judged", flat=True).first()
    return last is None or judged - last >= SINCE_THE_WARNING


@transaction.atomic
def decide_pause(*, actor: User, pause_id: int, pause: bool, why: str, days: int = 0) -> ReporterPause:
    """A person decides whether a warned reporter's reports rest; the pause ends by itself. Raises PauseDecided, PauseInvalid."""
    why = why.strip()[:500]
    if not why or "\x00" in why or (pause and not 1 <= days <= 90):
        raise PauseInvalid(errors=[{"field": "why", "reason": PauseInvalid.sentence}])
    found = ReporterPause.objects.select_for_update(no_key=True).get(pk=pause_id)
    if found.state != ReporterPause.State.PROPOSED:
        raise PauseDecided
    at = now()
    found.state = ReporterPause.State.PAUSED if pause else ReporterPause.State.DECLINED
    found.decided_by, found.decided_at, found.why = actor, at, why
    found.until = at + timedelta(days=days) if pause else None
    found.save(update_fields=["state", "decided_by", "decided_at", "why", "until"])
    if pause:
        Reporter.objects.filter(pk=found.reporter_id).update(paused_until=found.until)
    record(
        "reporter.paused" if pause else "reporter.pause_declined",
        actor=actor,
        pause=found.pk,
        reporter=found.reporter_id,
        days=days if pause else 0,
    )
    return found
