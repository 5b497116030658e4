"""Being given a module, working through it, and what is counted of it: paid time of a shift, without exposure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.timezone import now

from apps.accounts.models import User
from apps.guidelines.queries import edition
from apps.ledger.operations import record
from apps.queues.queries import live_claim
from apps.training.access import LEARNERS, may_give
from apps.training.errors import AnsweredAlready, DoingItAlready, HoldsACase, ModuleRetired, NotAnAnswer
from apps.training.models import Answer, Assignment, Module, ModuleCase
from apps.wellbeing.errors import NotOnShift, OnBreak
from apps.wellbeing.models import Shift
from apps.wellbeing.queries import live_shift

COUNTED_AT_MOST = timedelta(minutes=15)  # a page left open is not time spent learning


@transaction.atomic
def give(*, actor: User, person: User, module_id: int) -> Assignment:
    """Give a person a module; giving it to oneself is choosing it, and needs no role.

    Raises ModuleRetired when it is not in use, DoingItAlready when she has it open.
    """
    module = Module.objects.select_for_update(no_key=True).get(pk=module_id)
    own = actor.pk == person.pk
    if not own:
        may_give(actor)
    if module.state != Module.State.PUBLISHED:
        raise ModuleRetired
    because = Assignment.Because.OWN if own else Assignment.Because.GIVEN
    if module.kind != Module.Kind.TARGETED:
        because = Assignment.Because.PATH
    try:
        with transaction.atomic():
            made = Assignment.objects.create(module=module, person=person, because=because, given_by=actor)
    except IntegrityError as refusal:
        if "module_open_once_per_person" not in str(refusal):
            raise
        raise DoingItAlready from None
    record("module.given", actor=actor, private=True, module=module.pk, person=person.pk, assignment=made.pk)
    return made


@transaction.atomic
def give_to_language(*, actor: User, module_id: int) -> int:
    """Give a module to everybody who moderates and reads its language; how many got it. Who has it open keeps it.

    Raises ModuleRetired when it is not in use.
    """
    may_give(actor)
    module = Module.objects.select_for_update(no_key=True).get(pk=module_id)
    if module.state != Module.State.PUBLISHED:
        raise ModuleRetired
    people = User.objects.filter(is_active=True, roles__overlap=list(LEARNERS)).exclude(pk=actor.pk)
    if module.language:
        people = people.filter(languages__contains=[module.language])
    have = Assignment.objects.filter(module=module, finished_at=None).values_list("person_id", flat=True)
    given = Assignment.objects.bulk_create(
        Assignment(module=module, person=one, because=Assignment.Because.GIVEN, given_by=actor)
        for one in people.exclude(pk__in=have).order_by("pk")
    )
    record("module.given_to_many", actor=actor, module=module.pk, people=len(given))
    return len(given)


@transaction.atomic
def look_at_next(*, actor: User, assignment_id: int) -> ModuleCase | None:
    """Put the next case before her; the time she takes over it counts from now. None when every one is answered.

    Training is working time: raises NotOnShift, OnBreak; and it is free of exposure: HoldsACase.
    """
    mine = Assignment.objects.select_for_update().get(pk=assignment_id, person=actor)
    if mine.finished_at is not None:
        return None
    working(actor)
    case = _open_cases(mine).first()
    if case is None:
        finish(mine)
        return None
    mine.seen_at = now()
    mine.save(update_fields=["seen_at"])
    return case


def working(actor: User) -> Shift:
    """Her running shift. Raises NotOnShift, OnBreak, HoldsACase."""
    shift = live_shift(actor)
    if shift is None:
        raise NotOnShift("Training is working time: start your shift first, then it is counted and paid.")
    if shift.break_started_at is not None:
        raise OnBreak
    if live_claim(actor) is not None:
        raise HoldsACase
    return shift


@transaction.atomic
def answer(
    *, actor: User, assignment_id: int, position: int, outcome: str, rule_codes: Sequence[str]
) -> Answer:
    """Say what a case is. Right when outcome and rules are those explained. The last answer finishes the module.

    Raises NotOnShift, OnBreak, HoldsACase, NotAnAnswer, AnsweredAlready.
    """
    mine = Assignment.objects.select_for_update().select_related("module").get(pk=assignment_id, person=actor)
    shift = working(actor)
    case = ModuleCase.objects.filter(module=mine.module_id, position=position, gone_at=None).first()
    if mine.finished_at is not None or case is None:
        raise AnsweredAlready
    codes = list(dict.fromkeys(rule_codes)) if outcome == "violates" else []
    known = edition(mine.module.version_id).rules
    if outcome not in ("violates", "no_violation", "unsure") or (outcome == "violates" and not codes):
        raise NotAnAnswer
    if set(codes) - set(known):
        raise NotAnAnswer("One of these rules is not in the guidelines the module follows.")
    at = now()
    try:
        with transaction.atomic():
            made = Answer.objects.create(
                assignment=mine,
                case=case,
                outcome=outcome,
                rule_codes=codes,
                right=outcome == case.outcome and set(codes) == set(case.rule_codes),
                shift_id=shift.pk,
                seconds=_taken(mine.seen_at, at),
            )
    except IntegrityError as refusal:
        if "module_case_is_answered_once" not in str(refusal):
            raise
        raise AnsweredAlready from None
    mine.seen_at = None
    mine.save(update_fields=["seen_at"])
    if not _open_cases(mine).exists():
        finish(mine)
    return made


def _taken(since: datetime | None, at: datetime) -> int:
    return 0 if since is None else int(max(timedelta(0), min(at - since, COUNTED_AT_MOST)).total_seconds())


def _open_cases(mine: Assignment):  # type: ignore[no-untyped-def]
    return ModuleCase.objects.filter(module=mine.module_id, gone_at=None).exclude(answers__assignment=mine)


def finish(mine: Assignment) -> None:
    """Count the answers. A module whose every case was erased meanwhile is finished, and not passed."""
    counted = mine.answers.aggregate(asked=Count("id"), right=Count("id", filter=Q(right=True)))
    mine.asked, mine.right = counted["asked"], counted["right"]
    mine.passed = bool(mine.asked) and 100 * mine.right >= mine.module.pass_percent * mine.asked
    mine.finished_at, mine.seen_at = now(), None
    mine.save(update_fields=["asked", "right", "passed", "finished_at", "seen_at"])
    record(
        "module.finished",
        actor=mine.person_id,
        private=True,
        module=mine.module_id,
        assignment=mine.pk,
        passed=mine.passed,
    )
