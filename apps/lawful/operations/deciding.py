"""The legal reviewer's part: find the item, accept or refuse with reasons, end the measure; and the notifier's second thought."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import Role, User
from apps.decisions.operations import give_back, withhold_by_law
from apps.errors import NotAllowed
from apps.intake.operations import uphold
from apps.intake.queries import not_one_item
from apps.lawful.errors import LawNoticeInvalid, LawStepNotDue, NeedsSomebodyElse
from apps.lawful.models import CounterNotice, LawNotice
from apps.lawful.operations.reviewing import ask_for_review
from apps.lawful.operations.sending import item_at
from apps.lawful.operations.telling import tell
from apps.ledger.operations import record

State, Ending = LawNotice.State, LawNotice.Ending
# The rule that carries what is done under the law alone; its category stands in the statement of reasons.
CARRIED_BY = {"property": "RG-5"}
OTHERWISE = "LG-2"
REASONS_AT_MOST = 2_000


def locked(notice_id: int, *states: str) -> LawNotice:
    """The notice, locked, in one of these states. Raises LawStepNotDue."""
    found = (
        LawNotice.objects.select_for_update(of=("self",))
        .select_related("item", "case", "review")
        .get(pk=notice_id)
    )
    if found.state not in states:
        raise LawStepNotDue
    return found


@transaction.atomic
def locate(*, actor: User, notice_id: int, address: str) -> LawNotice:
    """Say where an item that was not found is after all, and have it reviewed. Raises LawStepNotDue, LawNoticeInvalid."""
    notice = locked(notice_id, State.UNKNOWN)
    item = item_at(address.strip())
    if item is None:
        reason = not_one_item(address.strip())
        raise LawNoticeInvalid(errors=[{"field": "address", "reason": reason}])
    notice.item = item
    record("law_notice.located", actor=actor, private=True, notice=notice.pk)
    ask_for_review(notice)
    return notice


@transaction.atomic
def decide(
    *, actor: User, notice_id: int, accept: bool, reasons: str, until: datetime | None = None
) -> LawNotice:
    """Accept a notice, which withholds the item in the country whose law it names and nowhere else, or refuse it.

    Both sides are told why, once: the reasons go to both, and so may name neither. `until`: when the measure ends by
    itself; the notice's own end, where it is sooner. Raises LawStepNotDue, NeedsSomebodyElse, LawNoticeInvalid.
    """
    if not actor.has_role(Role.LEGAL_REVIEWER):
        raise NotAllowed
    notice = locked(notice_id, *((State.LAW,) if accept else (State.LAW, State.UNKNOWN)))
    if notice.review is not None and notice.review.decider_id == actor.pk:
        raise NeedsSomebodyElse
    notice.reasons = _reasons(notice, reasons)
    ends = [one for one in (until, notice.ends_at) if one is not None]
    if accept and ends and min(ends) <= now():
        raise LawNoticeInvalid(errors=[{"field": "until", "reason": "This moment has passed."}])
    notice.decided_by, notice.closed_at = actor, now()
    notice.state = State.BY_LAW if accept else State.REFUSED
    if accept:
        assert notice.case is not None
        notice.measure = withhold_by_law(
            actor=actor,
            case=notice.case,
            country=notice.country,
            rule=CARRIED_BY.get(notice.kind, OTHERWISE),
            asked_by="notice",
        )
        notice.measure_until = min(ends, default=None)
        uphold(report_id=notice.report_id or 0)
    notice.save()
    record("law_notice.decided", actor=actor, private=True, notice=notice.pk, accepted=accept)
    tell(notice, "notifier", "by_law" if accept else "refused")
    if accept:
        may_object = notice.kind in ("privacy", "property")
        tell(notice, "author", "by_law" if may_object else "by_law_only")
    return notice


def _reasons(notice: LawNotice, reasons: str) -> str:
    """Raises LawNoticeInvalid when there are none, or when they would tell one side who the other is."""
    said = reasons.replace("\r\n", "\n").strip()
    reason = ""
    if not said:
        reason = "Say why. Both sides are told."
    elif len(said) > REASONS_AT_MOST or "\x00" in said:
        reason = f"At most {REASONS_AT_MOST:,} characters, all of which can be stored."
    else:
        folded = said.casefold()
        for words in notice.words.all():
            personal = [words.name, words.email]
            if any(one and one.casefold() in folded for one in personal):
                reason = "Both sides read this. Leave out names and addresses."
        author = notice.item.author if notice.item else None
        if author is not None and author.handle and author.handle.casefold() in folded:
            reason = "Both sides read this. Leave out names and addresses."
    if reason:
        raise LawNoticeInvalid(errors=[{"field": "reasons", "reason": reason}])
    return said


@transaction.atomic
def withdraw(*, notice_id: int) -> LawNotice:
    """Whoever sent it takes it back, while nobody has decided it. The review goes on. Raises LawStepNotDue."""
    notice = locked(notice_id, State.UNKNOWN, State.REVIEW, State.LAW)
    notice.state, notice.closed_at = State.WITHDRAWN, now()
    notice.save(update_fields=["state", "closed_at"])
    record("law_notice.withdrawn", actor=None, private=True, notice=notice.pk)
    return notice


@transaction.atomic
def lift(*, actor: User, notice_id: int) -> bool:
    """A legal reviewer ends the measure: its ground fell. False when it had ended before."""
    notice = (
        LawNotice.objects.select_for_update(of=("self",)).select_related("item", "measure").get(pk=notice_id)
    )
    return end(notice, ending=Ending.LIFTED, actor=actor)


def end(notice: LawNotice, *, ending: str, actor: User | None = None) -> bool:
    """End the measure of a locked notice, once, and tell both sides; what the author objected to is settled with it."""
    if not notice.holds or notice.measure is None:
        return False
    give_back(actor=actor, decision=notice.measure)
    at = now()
    notice.measure_ended_at, notice.measure_ending = at, ending
    notice.save(update_fields=["measure_ended_at", "measure_ending"])
    if ending != Ending.RESTORED:
        waiting = CounterNotice.objects.filter(notice=notice, state=CounterNotice.State.WAITING)
        waiting.update(state=CounterNotice.State.MOOT, settled_at=at)
    record("law_notice.measure_ended", actor=actor, private=True, notice=notice.pk, ending=ending)
    about = "restored" if ending == Ending.RESTORED else "ended"
    tell(notice, "notifier", about)
    tell(notice, "author", about)
    return True


def end_due(*, limit: int = 100) -> int:
    """End the measures whose time is over; how many. Several processes may do this at once."""
    due = LawNotice.objects.filter(state=State.BY_LAW, measure_ended_at=None, measure_until__lte=now())
    return sum(_run_out(pk) for pk in due.order_by("measure_until").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _run_out(notice_id: int) -> bool:
    notice = (
        LawNotice.objects.select_for_update(of=("self",)).select_related("item", "measure").get(pk=notice_id)
    )
    return end(notice, ending=Ending.RAN_OUT)
