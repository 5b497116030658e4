"""A removal somebody decided, with its statement; as many more as asked for; and the public database, on this machine."""

import threading
from datetime import timedelta
from http.server import HTTPServer

import pytest
import time_machine
from django.utils.timezone import now

from apps.decisions.models import Enforcement
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.ledger.operations import drain
from apps.queues.operations import claim_next
from apps.transparency.models import Statement
from apps.wellbeing.operations import start_shift
from tests import make
from tests.transparency.public_database import PublicDatabase


@pytest.fixture
def decided(db, moderator):
    """A removal with a strike, by a person, after a report with words that must not leave."""
    make.house()
    start_shift(actor=moderator)
    item = make.item(text="Words of dara.sok@example.com")
    make.report(item, comment="COMMENT-OF-REPORTER")
    make.case(item=item, queue="fraud")
    verdict = Verdict(
        outcome="violates",
        rules=["AU-4"],
        actions=["remove", "strike"],
        private_note="PRIVATE-NOTE",
        explanation="EXPLANATION",
    )
    decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=verdict)
    with time_machine.travel(now() + timedelta(seconds=11)):
        drain()
    return Enforcement.objects.get(action="remove")


@pytest.fixture
def many(decided):
    """`many(n)`: so many statements that wait, copies of one that a decision made."""
    like = Statement.objects.get()

    def make_them(number: int) -> list[Statement]:
        copies = [
            Enforcement(
                decision=decided.decision,
                item=decided.item,
                action="remove",
                due_at=now(),
                detection_source="hash",
            )
            for _ in range(number - 1)
        ]
        Enforcement.objects.bulk_create(copies)
        Statement.objects.bulk_create(
            Statement(
                enforcement=one, puid=f"rq-{one.pk}", day=like.day, body=like.body | {"puid": f"rq-{one.pk}"},
                next_attempt_at=now(), created_at=now(),
            )
            for one in copies
        )  # fmt: skip
        Statement.objects.update(next_attempt_at=now())  # the first was kept eleven seconds from now
        return list(Statement.objects.order_by("pk"))

    return make_them


@pytest.fixture
def public(settings):
    PublicDatabase.begin()
    server = HTTPServer(("127.0.0.1", 0), PublicDatabase)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.DSA_API_URL, settings.DSA_API_TOKEN = f"http://127.0.0.1:{server.server_port}", "token"
    yield PublicDatabase
    server.shutdown()
    server.server_close()
