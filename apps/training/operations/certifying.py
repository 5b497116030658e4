"""Certificates: what routing asks for. And who accompanies whom."""

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import Role, User
from apps.accounts.operations import change_abilities
from apps.ledger.operations import record
from apps.queues.models import Queue
from apps.training.access import may_give
from apps.training.errors import (
    CertifiedAlready,
    NotASenior,
    NotForOneself,
    NotPassed,
    QueueAsksForNothing,
    SayWhy,
)
from apps.training.models import Assignment, Certificate, Mentor, Module


@transaction.atomic
def certify(*, actor: User, person: User, queue: Queue) -> Certificate:
    """Certify a person for a queue: from her next click on its cases may come to her.

    It rests on the newest certification she passed for it that no certificate rests on yet. Raises NotForOneself,
    QueueAsksForNothing, NotPassed, CertifiedAlready.
    """
    may_give(actor)
    if actor.pk == person.pk:
        raise NotForOneself
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not queue.skill:
        raise QueueAsksForNothing
    basis = passed_for(locked, queue)
    if Certificate.objects.filter(person=locked, skill=queue.skill, ended_at=None).exists():
        raise CertifiedAlready
    if basis is None:
        raise NotPassed
    try:
        with transaction.atomic():
            made = Certificate.objects.create(
                person=locked, queue=queue, skill=queue.skill, basis=basis, given_by=actor
            )
    except IntegrityError as refusal:
        if "certified_once_per_skill" in str(refusal):
            raise CertifiedAlready from None
        if "certificate_rests_on_a_passed_certification" in str(refusal):
            raise NotPassed from None
        raise
    change_abilities(locked, languages=locked.languages, skills={*locked.skills, queue.skill}, actor=actor)
    record("certificate.given", actor=actor, person=locked.pk, queue=queue.pk, certificate=made.pk)
    return made


def passed_for(person: User, queue: Queue) -> Assignment | None:
    """The newest certification she passed for a queue on which no certificate rests yet."""
    return (
        Assignment.objects.filter(
            person=person,
            passed=True,
            certificate=None,
            module__queue=queue,
            module__kind=Module.Kind.CERTIFICATION,
        )
        .order_by("-finished_at")
        .first()
    )


@transaction.atomic
def end_certificate(*, actor: User, certificate_id: int, because: str) -> None:
    """End a certificate, with a reason she reads: no further case of the queue comes to her.

    The case she holds stays hers to finish: she began it certified, and nothing she typed is lost. Ended already:
    nothing changes. Raises SayWhy.
    """
    may_give(actor)
    if len(because.strip()) < 10:
        raise SayWhy
    found = Certificate.objects.get(pk=certificate_id)
    person = User.objects.select_for_update(no_key=True).get(pk=found.person_id)
    if not Certificate.objects.filter(pk=certificate_id, ended_at=None).update(
        ended_at=now(), ended_by=actor, ended_because=because.strip()[:300]
    ):
        return
    left = [skill for skill in person.skills if skill != found.skill]
    change_abilities(person, languages=person.languages, skills=left, actor=actor)
    record("certificate.ended", actor=actor, person=person.pk, queue=found.queue_id, certificate=found.pk)


@transaction.atomic
def accompany(*, actor: User, person: User, senior: User | None) -> None:
    """Say which senior moderator accompanies a person, or that nobody does. Raises NotASenior."""
    may_give(actor)
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if senior is None:
        Mentor.objects.filter(person=locked).delete()
    elif senior.pk == locked.pk or not senior.has_role(Role.SENIOR_MODERATOR):
        raise NotASenior
    else:
        Mentor.objects.update_or_create(person=locked, defaults={"senior": senior, "since": now()})
    record("person.accompanied", actor=actor, person=locked.pk, senior=senior.pk if senior else None)
