"""Reading what changed, answering a check, and saying that a rule is unclear."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.briefing.checks import can_be_asked, chosen, wording_of
from apps.briefing.errors import AnswerEach, CheckMoved, NothingToCheck
from apps.briefing.models import Acknowledgement, CheckAttempt, UnclearMark
from apps.guidelines.access import published_version
from apps.guidelines.queries import in_force
from apps.ledger.operations import record


@transaction.atomic
def acknowledge(*, actor: User, number: str) -> None:
    """Say that one has read what a version changed. Again: nothing changes. Raises NotFound."""
    version = published_version(number)
    _, created = Acknowledgement.objects.get_or_create(user=actor, version=version)
    if created:
        record("guidelines.acknowledged", actor=actor, private=True, version=version.pk)


@transaction.atomic
def answer_check(
    *, actor: User, code: str, seed: str, answers: Mapping[str, str], wording: str
) -> CheckAttempt:
    """Answer the check of a rule in force: `answers` say "breaks" or "allowed" for each example asked.

    Passed when every answer is what the rule says; it may be tried again as often as one likes. The result is
    hers. Raises NothingToCheck, CheckMoved when the words are no longer those she saw, AnswerEach.
    """
    rule = in_force().rules.get(code)
    if rule is None or not can_be_asked(rule):
        raise NothingToCheck
    if wording != wording_of(rule):
        raise CheckMoved
    places = chosen(rule, seed)
    if any(answers.get(place) not in ("breaks", "allowed") for place in places):
        raise AnswerEach
    missed = [place for place in places if (answers[place] == "breaks") != (place[0] == "v")]
    try:
        with transaction.atomic():
            attempt = CheckAttempt.objects.create(
                user=actor,
                rule_version_id=rule.id,
                wording=wording,
                asked=places,
                missed=missed,
                passed=not missed,
            )
    except IntegrityError as refusal:  # another window was quicker: it is passed already
        if "check_passed_once_per_wording" not in str(refusal):
            raise
        return CheckAttempt.objects.get(user=actor, wording=wording, passed=True)
    record("guidelines.check_answered", actor=actor, private=True, rule=code, passed=attempt.passed)
    return attempt


@transaction.atomic
def mark_unclear(*, actor: User, code: str, case_id: int | None = None) -> bool:
    """Say that a rule in force is unclear as it is worded; whether that is new. Raises NothingToCheck.

    Nobody is told who: the event names the rule, and no person.
    """
    rule = in_force().rules.get(code)
    if rule is None:
        raise NothingToCheck("There is no such rule in the guidelines in force.")
    _, created = UnclearMark.objects.get_or_create(
        user=actor, rule_version_id=rule.id, defaults={"case_id": case_id}
    )
    if created:
        record("guidelines.marked_unclear", actor=None, rule=code, rule_version=rule.id)
    return created
