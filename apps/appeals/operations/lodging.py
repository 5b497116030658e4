"""Asking for a second hearing: who may, of what, until when; and the case all appeals of an item join."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import MachineKey
from apps.appeals.errors import (
    AppealedAlready,
    AppealInvalid,
    AppealSuperseded,
    AppealTooLate,
    ContentGone,
    HeardAlready,
    NotConcerned,
    NotFinal,
    NothingToAppeal,
    TooManyAppeals,
)
from apps.appeals.evidence import FILES_AT_MOST, Kept
from apps.appeals.models import Appeal, AppealFile, AppealWords
from apps.appeals.queries import appeal_case_behind, settled_later, window
from apps.decisions.models import UNDO_WITHIN, Decision
from apps.decisions.queries import deciders_of
from apps.errors import NotFound
from apps.intake.models import Item, ItemContent, Report, Reporter
from apps.ledger.operations import record
from apps.queues.models import Case, Queue
from apps.queues.operations import open_follow_up
from apps.queues.queries import default_escalation

HEARD_IN = "appeals"  # the queue of appeals
STATEMENT_AT_MOST = 5_000
THROUGH_A_LINK_AT_MOST = (
    50  # a reporter's link names nobody: so many different statements of one decision are taken
)


def lodge(
    *,
    decision_id: int,
    by: str,
    statement: str,
    language: str = "",
    reporter: str | None = None,
    key: MachineKey | None = None,
    files: Sequence[Kept] = (),
) -> Appeal:
    """Ask for a second hearing of a decision; it opens a case, or joins the one that is open about the item.

    1. Lock the item: nobody decides it, and nobody else opens its case, meanwhile.
    2. Refuse what cannot be appealed: not final, superseded, erased, too late, not concerned, heard before.
    3. Join or open the case, which nobody who decided the item before ever gets. Write the appeal.

    `reporter` is the reporter's id on the platform; through a link it is not known. Raises NotFound, NotFinal,
    AppealSuperseded, AppealTooLate, NothingToAppeal, NotConcerned, AppealedAlready, HeardAlready, AppealInvalid,
    ContentGone.
    """
    statement = _said(statement, files)
    found = Decision.objects.filter(pk=decision_id).only("item_id").first()
    if found is None:
        raise NotFound("There is no decision with this number.")
    try:
        with transaction.atomic():
            item = Item.objects.select_for_update(of=("self",), no_key=True).get(pk=found.item_id)
            decision = Decision.objects.select_related("case__queue", "item").get(pk=decision_id)
            who = _reporter(item, reporter) if by == Appeal.By.REPORTER else None
            party = _party(by, who, statement)
            may_appeal(decision, by, party=party, who=who)
            case = _join(decision, item)
            appeal = Appeal.objects.create(
                decision=decision,
                item=item,
                case=case,
                by=by,
                party=party,
                reporter=who,
                key_id=key.pk if key else None,
                lodged_at=now(),
                window_ends_at=decision.decided_at + window(),
            )
            AppealWords.objects.create(appeal=appeal, statement=statement, language=language[:8])
            AppealFile.objects.bulk_create(
                AppealFile(appeal=appeal, **vars(kept))
                for kept in {one.sha256: one for one in files}.values()
            )
            record(
                "appeal.lodged",
                actor=None,
                case=case,
                item=item,
                appeal=appeal.pk,
                decision=decision.pk,
                by=by,
            )
            return appeal
    except IntegrityError as refused:
        if "appeal_once_per_party" in str(refused):
            raise AppealedAlready from None
        raise


def _said(statement: str, files: Sequence[Kept]) -> str:
    statement = statement.replace("\r\n", "\n").strip()
    errors = []
    if not statement:
        errors.append({"field": "statement", "reason": "Say why the decision should be looked at again."})
    if len(statement) > STATEMENT_AT_MOST:
        reason = f"At most {STATEMENT_AT_MOST:,} characters; this has {len(statement):,}."
        errors.append({"field": "statement", "reason": reason})
    if "\x00" in statement:
        errors.append({"field": "statement", "reason": "It contains a character that cannot be stored."})
    if len(files) > FILES_AT_MOST:
        errors.append({"field": "files", "reason": f"At most {FILES_AT_MOST} files."})
    if errors:
        raise AppealInvalid(errors=errors)
    return statement


def _reporter(item: Item, external_id: str | None) -> Reporter | None:
    if external_id is None:
        return None
    found = Reporter.objects.filter(source=item.source, external_id=external_id).first()
    if found is None:
        raise NotConcerned
    return found


def _party(by: str, who: Reporter | None, statement: str) -> str:
    if by == Appeal.By.AUTHOR:
        return "author"
    if who is not None:
        return f"reporter-{who.pk}"
    return f"link-{hashlib.sha256(statement.encode()).hexdigest()[:40]}"  # pressed twice, sent once


def may_appeal(decision: Decision, by: str, *, party: str = "author", who: Reporter | None = None) -> None:
    """Refuse what cannot be appealed, saying why; see `lodge`. Changes nothing."""
    if decision.withdraws or Decision.objects.filter(supersedes=decision, withdraws=True).exists():
        raise NotFound("There is no decision with this number.")
    if decision.ground == "legal_only" and decision.purpose == Case.Purpose.AUTHORITY_REQUEST:
        # What only local law asks for is contested by its own link; before the author is told it is not there.
        raise NotFound("There is no decision with this number.")
    mine = Appeal.objects.filter(decision=decision, by=by)
    if mine.filter(party=party).exists():
        raise AppealedAlready
    if decision.held or decision.outcome == Decision.Outcome.UNSURE:
        raise NotFinal
    if now() < decision.decided_at + UNDO_WITHIN:
        raise NotFinal("This decision was made a moment ago. Try again in a minute.")
    if now() > decision.decided_at + window():
        raise AppealTooLate
    if settled_later(decision):
        raise AppealSuperseded
    said = ItemContent.objects.filter(item=decision.item_id, revision=decision.item_revision)
    if said.exclude(erased_at=None).exists():
        raise ContentGone
    if by == Appeal.By.AUTHOR and decision.outcome != Decision.Outcome.VIOLATES:
        raise NothingToAppeal
    if by == Appeal.By.REPORTER:
        reports = Report.objects.filter(item_id=decision.item_id, received_at__lte=decision.decided_at)
        if not (reports.filter(reporter=who) if who else reports).exists():
            raise NotConcerned
        if (
            who is None
            and mine.filter(reporter=None)[:THROUGH_A_LINK_AT_MOST].count() == THROUGH_A_LINK_AT_MOST
        ):
            raise TooManyAppeals
    behind = appeal_case_behind(decision)
    if behind is not None and Appeal.objects.filter(case_id=behind, by=by).exists():
        raise HeardAlready


def _join(decision: Decision, item: Item) -> Case:
    """The open case about appeals of this item, or a new one. The item's lock is held: there is one at most."""
    about = Case.objects.filter(item=item, purpose=Case.Purpose.APPEAL).exclude(state=Case.State.DONE)
    case = about.first()
    if case is not None:
        return case
    queue = Queue.objects.filter(slug=HEARD_IN, active=True).first() or default_escalation()
    return open_follow_up(
        item=item,
        purpose=Case.Purpose.APPEAL,
        queue=queue or decision.case.queue,
        like=decision.case,
        about_decision_id=decision.pk,
        barred=deciders_of(item.pk),
        due_at=now() + timedelta(days=settings.APPEAL_ANSWER_DAYS),
        due_because="promised answer",
    )
