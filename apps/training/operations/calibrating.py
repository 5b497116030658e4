"""Calibration sessions: opened over past cases, decided blind, closed, talked over, ended with a ruling."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import NotFound
from apps.feedback.redaction import redact
from apps.guidelines.queries import in_force
from apps.ledger.operations import record
from apps.training.access import may_calibrate
from apps.training.errors import (
    AnsweredAlready,
    CalibrationClosed,
    CalibrationOpen,
    CalibrationRunning,
    NotAnAnswer,
    NothingToCalibrate,
    RuledAlready,
    SayWhy,
)
from apps.training.models import Calibration, CalibrationCase, CalibrationVerdict, Remark, Ruling
from apps.training.queries.calibrations import drawable

FEWEST = 3


@transaction.atomic
def open_calibration(*, actor: User, rule_code: str, language: str = "") -> Calibration:
    """Open a session over up to ten light past cases under a rule in force, drawn at random, names taken out.

    Raises NotFound, NothingToCalibrate when fewer than three fit, CalibrationOpen when one is running.
    """
    may_calibrate(actor)
    rule = in_force().rules.get(rule_code)
    if rule is None:
        raise NotFound(f"There is no rule {rule_code} in force.")
    drawn = drawable(rule_code, language)
    if len(drawn) < FEWEST:
        raise NothingToCalibrate
    try:
        with transaction.atomic():
            session = Calibration.objects.create(
                rule_version_id=rule.id, rule_code=rule_code, language=language, opened_by=actor
            )
    except IntegrityError as refusal:
        if "calibration_open_once_per_rule_and_language" not in str(refusal):
            raise
        raise CalibrationOpen from None
    CalibrationCase.objects.bulk_create(
        CalibrationCase(
            session=session,
            position=place,
            decision_id=one.decision_id,
            text=redact(one.text),
            language=one.language,
            exposure=one.exposure,
        )
        for place, one in enumerate(drawn, start=1)
    )
    record("calibration.opened", actor=actor, calibration=session.pk, rule=rule_code, cases=len(drawn))
    return session


@transaction.atomic
def judge(
    *, actor: User, session_id: int, position: int, outcome: str, rule_codes: Sequence[str]
) -> CalibrationVerdict:
    """Say what one case is, without knowing what others say. Raises CalibrationClosed, AnsweredAlready, NotAnAnswer."""
    session = Calibration.objects.select_for_update(no_key=True).get(pk=session_id)
    if session.closed_at is not None:
        raise CalibrationClosed
    case = session.cases.filter(position=position).first()
    if case is None:
        raise NotFound("This case is not part of the calibration.")
    codes = list(dict.fromkeys(rule_codes)) if outcome == "violates" else []
    if outcome not in ("violates", "no_violation", "unsure") or (outcome == "violates" and not codes):
        raise NotAnAnswer
    if set(codes) - set(in_force().rules):
        raise NotAnAnswer("One of these rules is not in force.")
    try:
        with transaction.atomic():
            made = CalibrationVerdict.objects.create(
                case=case, person=actor, outcome=outcome, rule_codes=codes
            )
    except IntegrityError as refusal:
        if "calibration_is_decided_once_per_person" not in str(refusal):
            raise
        raise AnsweredAlready from None
    record("calibration.judged", actor=actor, private=True, calibration=session.pk, position=position)
    return made


@transaction.atomic
def close_calibration(*, actor: User, session_id: int) -> None:
    """End deciding: from now on the spread is shown, to everybody who may take part. Again: nothing changes."""
    may_calibrate(actor)
    session = Calibration.objects.select_for_update().get(pk=session_id)
    if session.closed_at is None:
        session.closed_at = now()
        session.save(update_fields=["closed_at"])
        record("calibration.closed", actor=actor, calibration=session.pk, rule=session.rule_code)


@transaction.atomic
def remark(*, actor: User, session_id: int, position: int, text: str) -> Remark:
    """Say something about a case once the spread is known. Raises CalibrationRunning, SayWhy for nothing said."""
    session = Calibration.objects.get(pk=session_id)
    if session.closed_at is None:
        raise CalibrationRunning
    case = session.cases.filter(position=position).first()
    if case is None:
        raise NotFound("This case is not part of the calibration.")
    if not text.strip():
        raise SayWhy("Write something first.")
    made = Remark.objects.create(case=case, author=actor, text=text.strip()[:1000])
    record("calibration.remarked", actor=actor, calibration=session.pk, position=position)
    return made


@transaction.atomic
def rule_on(*, actor: User, session_id: int, text: str) -> Ruling:
    """Write down what was agreed; it is attached to the rule and never changed.

    Raises CalibrationRunning before the end, RuledAlready, SayWhy for less than a sentence.
    """
    may_calibrate(actor)
    session = Calibration.objects.select_for_update(no_key=True).get(pk=session_id)
    if session.closed_at is None:
        raise CalibrationRunning
    if len(text.strip()) < 10:
        raise SayWhy("A ruling is a sentence or more: what holds from now on, and why. Nothing was changed.")
    try:
        with transaction.atomic():
            made = Ruling.objects.create(
                session=session,
                rule_code=session.rule_code,
                rule_version_id=session.rule_version_id,
                text=text.strip()[:4000],
                written_by=actor,
            )
    except IntegrityError:
        raise RuledAlready from None
    record("calibration.ruled", actor=actor, calibration=session.pk, rule=session.rule_code, ruling=made.pk)
    return made
