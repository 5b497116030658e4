"""The author contests what local law took away; somebody who took no part decides; the author is told once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.appeals.evidence import FILES_AT_MOST, Kept
from apps.appeals.queries import window
from apps.authority.access import HANDLE
from apps.authority.errors import (
    ContestDecided,
    ContestedAlready,
    ContestInvalid,
    ContestLinkNotOurs,
    ContestTooLate,
    InvalidAsking,
    NothingToContest,
    TookPart,
)
from apps.authority.models import Contest, ContestFile, ContestWords, NecessityTest, Telling
from apps.authority.operations.answering import end_measure
from apps.authority.operations.closing import tell_outcome
from apps.authority.operations.judging import written
from apps.authority.queries_contests import names_in, took_part
from apps.errors import NotAllowed
from apps.ledger.operations import record

STATEMENT_AT_MOST = 5_000


def window_ends_at(told_at: datetime) -> datetime:
    """Until when a measure may be contested: the appeal window, counted from the moment its author was told."""
    return told_at + window()


def may_contest(telling: Telling, test: NecessityTest) -> None:
    """Refuse what cannot be contested, saying why. Changes nothing. Whoever was not told yet has no link."""
    if telling.told_at is None:
        raise ContestLinkNotOurs
    if Contest.objects.filter(test=test).exists():
        raise ContestedAlready
    if test.lifted_at is not None:
        raise NothingToContest
    if now() > window_ends_at(telling.told_at):
        raise ContestTooLate


def contest(*, telling_id: int, statement: str, language: str, files: Sequence[Kept] = ()) -> Contest:
    """Contest the measure an author was told of, once, within the appeal window from that moment.

    `language` is the one she reads, and is answered in. Nothing is lifted before a person has decided. Raises
    ContestLinkNotOurs, ContestedAlready, NothingToContest, ContestTooLate, ContestInvalid.
    """
    said = _said(statement, files)
    try:
        with transaction.atomic():
            telling = Telling.objects.select_related("item").filter(pk=telling_id).first()
            if telling is None:
                raise ContestLinkNotOurs
            # The measure is the lock: it neither ends nor is contested by another meanwhile.
            test = NecessityTest.objects.select_for_update(no_key=True).get(decision=telling.decision_id)
            may_contest(telling, test)
            assert telling.told_at is not None
            at = now()
            made = Contest.objects.create(
                test=test,
                language=language,
                lodged_at=at,
                window_ends_at=window_ends_at(telling.told_at),
                due_at=at + timedelta(days=settings.APPEAL_ANSWER_DAYS),
            )
            ContestWords.objects.create(contest=made, statement=said)
            ContestFile.objects.bulk_create(
                ContestFile(contest=made, file=one.file, mime=one.mime, size=one.size, sha256=one.sha256)
                for one in {file.sha256: file for file in files}.values()
            )
            facts = {"request": telling.item.request_id, "position": telling.item.position}
            record("authority.contested", actor=None, private=True, contest=made.pk, **facts)
            return made
    except IntegrityError as refused:
        if "contest_once_per_measure" in str(refused):
            raise ContestedAlready from None
        raise


def _said(statement: str, files: Sequence[Kept]) -> str:
    said = statement.replace("\r\n", "\n").strip()
    errors = []
    if not said or "\x00" in said:
        errors.append({"field": "statement", "reason": "Say why it should not be withheld there."})
    if len(said) > STATEMENT_AT_MOST:
        errors.append({"field": "statement", "reason": f"At most {STATEMENT_AT_MOST:,} characters."})
    if len(files) > FILES_AT_MOST:
        errors.append({"field": "files", "reason": f"At most {FILES_AT_MOST} files."})
    if errors:
        raise ContestInvalid(errors=errors)
    return said


@transaction.atomic
def decide_contest(*, actor: User, contest_id: int, outcome: str, reasons: str) -> Contest:
    """Decide a contest, once, by somebody who took no part in the request; her author is told in the same moment.

    `lifted` ends exactly that measure, `upheld` changes nothing. `reasons` go to the author word for word, so they name
    nobody. Raises NotAllowed, TookPart, ContestDecided, InvalidAsking.
    """
    if not actor.has_role(*HANDLE):
        raise NotAllowed
    test_id = Contest.objects.values_list("test_id", flat=True).get(pk=contest_id)
    # The measure first, as whoever ends it does: then the contest.
    test = (
        NecessityTest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("decision", "item__request")
        .get(pk=test_id)
    )
    found = Contest.objects.select_for_update(no_key=True).get(pk=contest_id)
    asked = test.item.request
    if took_part(actor, asked.pk):
        raise TookPart
    if not found.is_open:
        raise ContestDecided
    why = written("reasons", reasons, "why it stands, or why it is lifted")
    if outcome not in Contest.Outcome.values:
        raise InvalidAsking(errors=[{"field": "outcome", "reason": "Choose one of the two."}])
    if names_in(why, asked):
        reason = "The author reads this. Leave out names of people."
        raise InvalidAsking(errors=[{"field": "reasons", "reason": reason}])
    if outcome == Contest.Outcome.LIFTED:
        end_measure(actor=actor, test=test)
    found.state, found.outcome, found.reasons = Contest.State.DECIDED, outcome, why
    found.decided_by, found.decided_at = actor, now()
    found.save(update_fields=["state", "outcome", "reasons", "decided_by", "decided_at"])
    facts = {"request": asked.pk, "position": test.item.position, "outcome": outcome}
    record("authority.contest_decided", actor=actor, private=True, contest=found.pk, **facts)
    tell_outcome(found, test)
    return found
