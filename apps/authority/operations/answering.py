"""Steps three to five: the test in writing, a second person, the narrowest measure, and its end; or a refusal."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import now

from apps.accounts.models import Role, User
from apps.authority.access import READ
from apps.authority.errors import InvalidAsking, NeedsAnother
from apps.authority.models import NecessityTest, Request, RequestItem, Silence, Telling
from apps.authority.operations.closing import close_moot, owe_ending
from apps.authority.operations.judging import written
from apps.authority.operations.steps import locked
from apps.authority.operations.writing import send_letter
from apps.decisions.operations import give_back, withhold_by_law
from apps.errors import NotAllowed
from apps.ledger.operations import record

State = RequestItem.State
PARTS = {
    "legality": "which law asks for it, and whether it is clear and accessible",
    "aim": "which legitimate aim it serves",
    "necessity": "why nothing milder would do",
    "proportionality": "what it costs expression, and why that is not too much",
}


@transaction.atomic
def propose(
    *,
    actor: User,
    item: RequestItem,
    words: Mapping[str, str],
    about_officials: bool,
    in_spite_of_that: str = "",
    until: datetime | None = None,
) -> NecessityTest:
    """Write the test down and propose to withhold the item in the sender's country, and nowhere else.

    Criticism or mockery of officials is presumed to stay: then `in_spite_of_that` says why not here. `until` is
    when the measure ends by itself. Nothing is done before a second person agrees. Raises StepNotDue, InvalidAsking.
    """
    row = locked(item, State.TEST)
    said = {name: written(name, words.get(name, ""), what) for name, what in PARTS.items()}
    if about_officials:
        in_spite_of_that = written("in_spite_of_that", in_spite_of_that, "why it is withheld all the same")
    if until is not None and until <= now():
        raise InvalidAsking(errors=[{"field": "until", "reason": "This moment has passed."}])
    test = NecessityTest.objects.create(
        item=row,
        **said,
        about_officials=about_officials,
        in_spite_of_that=in_spite_of_that if about_officials else "",
        country=row.request.sender.country,
        until=until,
        proposed_by=actor,
    )
    row.state = State.SECOND
    row.save(update_fields=["state"])
    record("authority.proposed", actor=actor, private=True, request=row.request_id, position=row.position)
    return test


@transaction.atomic
def answer_proposal(*, actor: User, item: RequestItem, agrees: bool, words: str = "") -> NecessityTest:
    """The second person's answer. Agreed: the item is withheld in that country, and the author is to be told.
    Declined, with reasons: it goes back to the test.

    Raises NeedsAnother when it is her own proposal or neither of the two is a legal reviewer, StepNotDue.
    """
    row = locked(item, State.SECOND)
    test = (
        row.tests.select_for_update(of=("self",))
        .select_related("proposed_by")
        .get(state=NecessityTest.State.PENDING)
    )
    if not actor.has_role(*READ):
        raise NotAllowed
    legal = test.proposed_by.has_role(Role.LEGAL_REVIEWER) or actor.has_role(Role.LEGAL_REVIEWER)
    if test.proposed_by_id == actor.pk or (agrees and not legal):
        raise NeedsAnother
    test.second_by, test.second_at = actor, now()
    if not agrees:
        test.second_words = written("words", words, "why you do not agree")
        test.state, row.state = NecessityTest.State.DECLINED, State.TEST
    else:
        assert row.case is not None
        test.second_words = words.strip()[:10_000]
        test.decision = withhold_by_law(actor=test.proposed_by, case=row.case, country=test.country)
        test.state, row.state = NecessityTest.State.AGREED, State.BY_LAW
        row.closed_at = now()
    test.save(update_fields=["second_by", "second_at", "second_words", "state", "decision"])
    row.save(update_fields=["state", "closed_at"])
    if test.decision is not None:
        Telling.objects.create(item=row, decision=test.decision, due_at=may_be_told_at(row.request_id))
    facts = {"request": row.request_id, "position": row.position, "agreed": agrees}
    record("authority.answered", actor=actor, private=True, **facts)
    return test


def may_be_told_at(request_id: int) -> datetime:
    """The first moment at which the author may be told: now, or when every silence on the request has ended.

    A confidential request is kept from the author too: her notice would say that an authority asked.
    """
    Request.objects.select_for_update().get(pk=request_id)
    until = Silence.objects.filter(request=request_id).aggregate(last=Max("until"))["last"]
    return max(now(), until) if until else now()


@transaction.atomic
def refuse(*, actor: User, item: RequestItem, reasons: str, language: str = "en") -> None:
    """Do nothing, and say so in a letter. Not while our own guidelines are still being asked. Raises StepNotDue."""
    row = locked(item, State.LAW, State.TEST, State.ASKED_BACK, State.UNKNOWN)
    send_letter(actor=actor, item=row, kind="refuse", reasons=reasons, language=language)
    row.state, row.closed_at = State.REFUSED, now()
    row.save(update_fields=["state", "closed_at"])
    record("authority.refused", actor=actor, private=True, request=row.request_id, position=row.position)


@transaction.atomic
def answered(*, actor: User, item: RequestItem) -> None:
    """The sender has clarified: the law is asked again, and the clock begins anew. Raises StepNotDue."""
    row = locked(item, State.ASKED_BACK)
    row.state = State.LAW if row.review_id else State.UNKNOWN
    if row.request.clock_minutes:
        row.deadline_at = now() + timedelta(minutes=row.request.clock_minutes)
    row.save(update_fields=["state", "deadline_at"])
    record("authority.clarified", actor=actor, private=True, request=row.request_id, position=row.position)


@transaction.atomic
def lift(*, actor: User | None, test: NecessityTest) -> bool:
    """End a measure: the order fell, or its time is over. False when it was lifted before.

    An open contest of it has nothing left to decide: it is closed. The author is told, by its answer or without one.
    """
    found = (
        NecessityTest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("decision", "item")
        .get(pk=test.pk)
    )
    if found.state != NecessityTest.State.AGREED or found.lifted_at is not None or found.decision is None:
        return False
    end_measure(actor=actor, test=found)
    close_moot(found)
    owe_ending(found)
    return True


def end_measure(*, actor: User | None, test: NecessityTest) -> None:
    """End a measure that holds, once. The caller holds its row, with decision and item selected."""
    assert test.decision is not None
    give_back(actor=actor, decision=test.decision)
    test.lifted_by, test.lifted_at = actor, now()
    test.save(update_fields=["lifted_by", "lifted_at"])
    facts = {"request": test.item.request_id, "position": test.item.position}
    record("authority.lifted", actor=actor, private=True, **facts)


def lift_due() -> int:
    """End the measures whose time is over; how many."""
    due = NecessityTest.objects.filter(state=NecessityTest.State.AGREED, lifted_at=None, until__lte=now())
    return sum(lift(actor=None, test=test) for test in due.order_by("until")[:100])
