"""The author objects; whoever sent the notice may show in time that a court was asked; else the item comes back, once."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now

from apps.appeals.evidence import Kept
from apps.lawful.errors import LawNoticeInvalid, LawStepNotDue
from apps.lawful.models import CounterNotice, LawNotice, LawWords
from apps.lawful.operations.deciding import end, locked
from apps.lawful.operations.sending import FILES_AT_MOST, STATEMENT_AT_MOST, keep_files
from apps.lawful.operations.telling import tell
from apps.ledger.operations import record

OPEN_TO = ("privacy", "property")
State = CounterNotice.State


@transaction.atomic
def object_to(
    *, notice_id: int, statement: str, good_faith: bool, name: str = "", files: Sequence[Kept] = ()
) -> CounterNotice:
    """The author's counter-notice, one for each notice. From now on whoever sent the notice has some days to show that a
    court was asked. Raises LawStepNotDue (also for a second one), LawNoticeInvalid."""
    said = statement.replace("\r\n", "\n").strip()
    errors = []
    if not said or len(said) > STATEMENT_AT_MOST or "\x00" in said + name:
        errors.append(
            {"field": "statement", "reason": f"Say why, in {STATEMENT_AT_MOST:,} characters at most."}
        )
    if not good_faith:
        errors.append({"field": "good_faith", "reason": "The objection is taken only with this statement."})
    if len(name) > 200:
        errors.append({"field": "name", "reason": "At most 200 characters."})
    if len(files) > FILES_AT_MOST:
        errors.append({"field": "files", "reason": f"At most {FILES_AT_MOST} files."})
    if errors:
        raise LawNoticeInvalid(errors=errors)
    notice = locked(notice_id, LawNotice.State.BY_LAW)
    if notice.kind not in OPEN_TO or not notice.holds or CounterNotice.objects.filter(notice=notice).exists():
        raise LawStepNotDue
    at = now()
    counter = CounterNotice.objects.create(
        notice=notice, lodged_at=at, waits_until=at + timedelta(days=settings.LAW_COURT_DAYS)
    )
    LawWords.objects.create(notice=notice, side="author", name=name.strip(), statement=said)
    keep_files(notice, "author", files)
    record("law_notice.countered", actor=None, private=True, notice=notice.pk)
    tell(notice, "notifier", "countered", until=counter.waits_until)
    return counter


@transaction.atomic
def name_court(*, notice_id: int, court: str) -> CounterNotice:
    """Whoever sent the notice names the court and its reference in time: the measure stays until the court has spoken.

    Raises LawStepNotDue after the time or a second time, LawNoticeInvalid without a court.
    """
    named = court.strip()
    if not named or len(named) > 500 or "\x00" in named:
        reason = "Name the court and its reference, in 500 characters at most."
        raise LawNoticeInvalid(errors=[{"field": "court", "reason": reason}])
    notice = locked(notice_id, LawNotice.State.BY_LAW)
    counter = CounterNotice.objects.filter(notice=notice).first()
    at = now()
    if counter is None or counter.state != State.WAITING or at >= counter.waits_until:
        raise LawStepNotDue
    counter.state, counter.court, counter.settled_at = State.COURT, named, at
    counter.save(update_fields=["state", "court", "settled_at"])
    record("law_notice.court_named", actor=None, private=True, notice=notice.pk)
    tell(notice, "author", "court")
    return counter


def restore_due(*, limit: int = 100) -> int:
    """Bring back the items whose wait is over and for which no court was named; how many. Each comes back once."""
    due = CounterNotice.objects.filter(state=State.WAITING, waits_until__lte=now()).order_by("waits_until")
    return sum(_restore(pk) for pk in due.values_list("notice_id", flat=True)[:limit])


@transaction.atomic
def _restore(notice_id: int) -> bool:
    notice = (
        LawNotice.objects.select_for_update(of=("self",)).select_related("item", "measure").get(pk=notice_id)
    )
    counter = CounterNotice.objects.get(notice=notice)
    if counter.state != State.WAITING or counter.waits_until > now():
        return False
    counter.state, counter.settled_at = State.RESTORED, now()
    counter.save(update_fields=["state", "settled_at"])
    return end(notice, ending=LawNotice.Ending.RESTORED)
