"""Telling policy leads, and calling off what was planned for a draft that is no longer what it was."""

from django.utils.timezone import now

from apps.accounts.models import Role, User
from apps.guidelines.models import GuidelineVersion, LeadNotice, Schedule
from apps.ledger.operations import record


def tell_leads(version: GuidelineVersion, text: str) -> None:
    """Put a notice on the pages of every active policy lead, until she has seen it."""
    leads = User.objects.filter(is_active=True, roles__contains=[Role.POLICY_LEAD])
    LeadNotice.objects.bulk_create(LeadNotice(person=lead, version=version, text=text) for lead in leads)


def refuse_schedule(schedule: Schedule, why: str) -> None:
    """End a planned publication with the reason, and tell the leads."""
    schedule.state, schedule.refusal, schedule.settled_at = Schedule.State.REFUSED, why, now()
    schedule.save(update_fields=["state", "refusal", "settled_at"])
    version = schedule.version
    tell_leads(version, f"Version {version.number} will not be published as planned. {why}")
    record("guidelines.schedule_refused", actor=None, version=version.pk, schedule=schedule.pk)


def call_off_because(version: GuidelineVersion, why: str) -> None:
    """Refuse the version's planned publication, if it has one."""
    planned = (
        Schedule.objects.select_for_update().filter(version=version, state=Schedule.State.PENDING).first()
    )
    if planned is not None:
        refuse_schedule(planned, why)


def mark_seen(*, actor: User, notice_id: int) -> None:
    """A lead has read a notice of hers; somebody else's stays as it is."""
    LeadNotice.objects.filter(pk=notice_id, person=actor, seen_at=None).update(seen_at=now())
