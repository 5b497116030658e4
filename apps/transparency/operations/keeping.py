"""Statements begin with enforcements, and are withheld when those are reversed before anybody was told."""

from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Enforcement
from apps.guidelines.queries import edition
from apps.ledger.models import Event
from apps.ledger.operations import record
from apps.transparency import queries
from apps.transparency.composing import Composed, Facts, compose
from apps.transparency.errors import StatementNotRefused
from apps.transparency.models import Statement
from apps.transparency.schema import problems

State = Statement.State
LOCK = "SELECT pg_advisory_xact_lock(hashtext('transparency'), hashtext('statements'))"


def one_keeper_at_a_time() -> None:
    """Whoever changes what became of statements waits here first: the sums by day (`StatementDay`) have few rows, and two
    transactions that write several of them in their own order would wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)


@transaction.atomic
def keep_statements(events: list[Event]) -> int:
    """A statement for each enforcement that restricts something; how many. Hearing of one again changes nothing."""
    one_keeper_at_a_time()
    found = queries.to_state(event.data["enforcement"] for event in events)
    art16 = queries.notified_under_article_16(one.item_id for one in found)
    rows = []
    for one in found:
        composed = _composed(one, art16=one.item_id in art16)
        if composed is not None:
            rows.append(_row(one, composed))
    Statement.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _composed(one: Enforcement, *, art16: bool) -> Composed | None:
    decision = one.decision
    facts = Facts(
        enforcement_id=one.pk, action=one.action, parameters=one.parameters, applied_at=one.effective_at or one.due_at,
        ground=decision.ground, purpose=decision.purpose, origin=decision.origin, source=one.detection_source,
        rule_codes=tuple(decision.rule_codes), kind=one.item.kind, language=decision.language,
        posted_at=one.posted_at, known_at=one.item.received_at, art16=art16,
    )  # fmt: skip
    return compose(
        facts,
        edition(decision.guideline_version_id),
        prefix=settings.DSA_PUID_PREFIX,
        public_url=settings.PUBLIC_URL,
        commercial=frozenset(settings.DSA_COMMERCIAL_RULES),
    )


def _row(one: Enforcement, composed: Composed) -> Statement:
    wrong = [] if composed.withheld else problems(composed.body)
    return Statement(
        enforcement=one,
        puid=composed.body["puid"],
        day=composed.body["application_date"],
        body=composed.body,
        state=State.WITHHELD if composed.withheld else State.INVALID if wrong else State.READY,
        because=composed.withheld,
        reasons=[{"field": field, "reason": reason} for field, reason in wrong],
        next_attempt_at=now(),
        created_at=now(),
    )


@transaction.atomic
def withhold_reversed(events: list[Event]) -> int:
    """What was reversed before it was sent is not sent: nothing is restricted any more. How many were withheld."""
    one_keeper_at_a_time()
    waiting = Statement.objects.filter(
        enforcement_id__in=[event.data["reverses"] for event in events], state=State.READY
    )
    return waiting.update(state=State.WITHHELD, because="reversed_before_sending")


@transaction.atomic
def send_again(statement: Statement, *, actor: User) -> None:
    """Send a refused statement once more, as it is. Raises StatementNotRefused."""
    one_keeper_at_a_time()
    again = Statement.objects.filter(pk=statement.pk, state=State.REFUSED)
    if not again.update(state=State.READY, reasons=[], attempts=0, last_error="", next_attempt_at=now()):
        raise StatementNotRefused
    record("statement.sent_again", actor=actor, statement=statement.pk)
