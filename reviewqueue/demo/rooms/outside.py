"""What comes from outside: authorities that ask, notices of law, the board, appeals. Senders and places are invented."""

from datetime import timedelta

from django.utils.timezone import localdate, now

from apps.appeals.operations import lodge
from apps.appeals.queries import settled_later
from apps.authority.models import RequestItem
from apps.authority.operations import (
    Asking,
    answer_proposal,
    find_validity,
    propose,
    record_request,
    refuse,
    send_letter,
    settle_reviews,
)
from apps.board.operations import answer, bring, end_dispute, record_dispute, record_ruling
from apps.decisions.models import Decision
from apps.decisions.queries import standing
from apps.decisions.verdict import Verdict
from apps.lawful import operations as lawful
from apps.lawful.models import LawNotice
from reviewqueue.demo.content import SOURCE
from reviewqueue.demo.judging import verdict_on
from reviewqueue.demo.rooms.stage import Stage

SOUP = (
    "The owner of the Copper Spoon pays the inspector so that nobody sees his kitchen. I worked there for a year and "
    "saw the envelopes."
)
BRIDGE = "Three years, two ministers, one bridge that ends in the middle of the river. Who signed for the second half?"
ROOF = "The roof of the new market leaks on the fish, and the office of markets says it is the rain’s fault."
PRIZE = "You won the autumn raffle of the office of taxes! Send the handling fee today and the prize comes tomorrow."
TEST = {
    "legality": "The act on defamation, section 2, in force since 2013 and published.",
    "aim": "The good name of one named person, whom a court has heard.",
    "necessity": "A correction was offered and refused; a label would repeat the accusation.",
    "proportionality": "One post in one country. The account, its other posts and the debate about the place remain.",
}
VALID = "A court order with seal and number; the court is competent and the person was heard."
CLEAR = "Sharp words about how an office is led. Criticism of those in power is protected."


def fill_authorities(stage: Stage) -> None:
    """Five requests, each at another step: at law, at the second person, withheld, refused, acted on under our rules."""
    legal, supervisor = stage.person("legal"), stage.person("supervisor")
    words = (
        ("Office of Bridges of the River Province", "KH", "ministry", "request", "email", BRIDGE, "", None),
        ("District Court of Northwall", "GB", "court", "order", "letter", SOUP, "Defamation Act, section 2", None),
        ("District Court of Northwall", "GB", "court", "order", "letter", SOUP + " All of them.",
         "Defamation Act, section 2", 2880),
        ("Office of Markets", "VN", "ministry", "informal", "phone", ROOF, "", None),
        ("Office of Taxes", "IE", "regulator", "request", "email", PRIZE, "Taxes Act, section 9", 2880),
    )  # fmt: skip
    rows = [_asked(stage, number, *one) for number, one in enumerate(words, start=1)]
    second, withheld, refused, ours = rows[1], rows[2], rows[3], rows[4]
    for row in (second, withheld):
        if row.state == RequestItem.State.LAW:
            find_validity(actor=legal, item=row, valid=True, reasons=VALID)
            propose(
                actor=legal, item=row, words=TEST, about_officials=False, until=now() + timedelta(days=180)
            )
    if _is(withheld, RequestItem.State.SECOND):
        # By the supervisor: whoever decides a contest of it took no part, and here that is the administrator.
        answer_proposal(actor=supervisor, item=withheld, agrees=True, words="I read the order and the post.")
        send_letter(actor=legal, item=withheld, kind="acted")
    if _is(refused, RequestItem.State.LAW):
        refuse(
            actor=legal,
            item=refused,
            reasons="You named no law that this post breaks. To say that a roof leaks is not unlawful.",
        )
    if _is(ours, RequestItem.State.BY_RULES):
        send_letter(actor=legal, item=ours, kind="acted")


def _asked(
    stage: Stage, number: int, sender: str, country: str, kind: str, form: str, channel: str, text: str,
    basis: str, clock: int | None,
) -> RequestItem:  # fmt: skip
    """A request about one new post, reviewed under our own guidelines by somebody who does not know of it."""
    like = stage.like(
        "au-parcel-login" if text == PRIZE else "lg-cafe-review-en",
        text=text,
        reports=(),
        flags=(),
        country=country,
    )
    item = stage.received(like, f"authority-{number}", hours=30)
    asking = Asking(
        sender=sender,
        country=country,
        kind=kind,
        form=form,
        channel=channel,
        scope="They ask that this post can no longer be seen.",
        addresses=[f"{SOURCE}:{item.external_id}"],
        received_at=now() - timedelta(hours=2),
        reference=f"DEMO-{number}",
        legal_basis=basis,
        clock_minutes=clock,
    )
    row: RequestItem = record_request(actor=stage.person("legal"), asking=asking).items.get()
    case = stage.waiting(item)
    if case is not None:
        clear = Verdict("no_violation", explanation=CLEAR)
        verdict = verdict_on(like, stage.edition) if text == PRIZE else clear
        settle_reviews(stage.decide(case, stage.person("moderator2"), verdict))
    row.refresh_from_db()
    return row


def _is(row: RequestItem, state: str) -> bool:
    row.refresh_from_db()
    return row.state == state


def fill_law_notices(stage: Stage) -> None:
    """One notice that is being reviewed, and one that was accepted and to which the author objects."""
    photograph = stage.like(
        "lg-cafe-review-en", text="Morning at the harbour. My best picture this year.", reports=(), flags=()
    )
    song = stage.like(
        "lg-cafe-review-en",
        text="The whole song of the ferry, recorded from my window.",
        reports=(),
        flags=(),
    )
    first, second = (
        stage.received(like, name, hours=9) for like, name in ((photograph, "law-1"), (song, "law-2"))
    )
    accepted = lawful.send(sent=_notice(first.external_id, "The photograph “Harbour at six”", "Ana Ferry"))
    lawful.send(sent=_notice(second.external_id, "The song “Ferry at night”", "Bo Ferry"))
    case = stage.waiting(first)
    if case is None:
        return
    clear = Verdict("no_violation", explanation="Nothing in the post itself breaks a rule of ours.")
    lawful.settle_reviews(stage.decide(case, stage.person("senior2"), clear))
    accepted.refresh_from_db()
    if accepted.state == LawNotice.State.LAW:
        reasons = (
            "The picture is shown in full, and the work was published two years earlier under another name."
        )
        lawful.decide(actor=stage.person("legal"), notice_id=accepted.pk, accept=True, reasons=reasons)
        lawful.object_to(
            notice_id=accepted.pk,
            statement="I took this picture myself from the other side of the harbour, and have the negative.",
            good_faith=True,
        )


def _notice(external_id: str, work: str, name: str) -> lawful.Sent:
    return lawful.Sent(
        kind="property",
        address=f"{SOURCE}:{external_id}",
        country="IE",
        relation="owner",
        statement="This is my work. I have not allowed anybody to publish it.",
        concerned=work,
        name=name,
        email=f"{name.split()[0].lower()}@example.org",
        good_faith=True,
        accurate=True,
    )


def fill_board(stage: Stage) -> None:
    """Two cases and a dispute: one ruling binds by a date, one recommendation has been answered."""
    legal = stage.person("legal")
    found = _decided_lately(outcome="no_violation")
    today = localdate()
    made = [
        bring(actor=legal, decision_id=decision.pk, direction=direction, reference=f"DEMO-{number}", question=question)
        for number, (decision, direction, question) in enumerate(
            zip(found, ("referred", "received"), ("Was it right to leave this up?", "Should a label say what it is?"),
                strict=False), start=1,
        )
    ]  # fmt: skip
    if made:
        record_ruling(
            actor=legal, case=made[0], kind="binding", decided_on=today, due_at=now() + timedelta(days=7),
            words="The decision to leave the post up is overturned: it is to be taken down.",
        )  # fmt: skip
    if len(made) > 1:
        advice = record_ruling(
            actor=legal, case=made[1], kind="advisory", decided_on=today, due_at=now() + timedelta(days=60),
            words="Explain in the guidelines how satire is told from false news.",
        )  # fmt: skip
        answer(
            actor=stage.person("policy"), ruling=advice, answer="accepted",
            words="We add examples of satire to the rule with the next version of the guidelines.",
        )  # fmt: skip
    for decision in found[2:3]:
        dispute = record_dispute(
            actor=legal, body="Centre for Disputes Online", reference="DEMO-1", decision_id=decision.pk, by="reporter",
            received_on=today,
        )  # fmt: skip
        end_dispute(
            actor=legal, dispute=dispute, outcome="stands", ended_on=today,
            words="The body finds the decision reasonable and well explained.",
        )  # fmt: skip


def fill_appeals(stage: Stage) -> None:
    """Authors who ask for a second hearing: of what a moderator decided, and of what each senior moderator did."""
    words = "This was taken out of its context. Please have somebody else look at all of it."
    for name in ("moderator", "senior", "senior2"):
        for decision in _decided_lately(outcome="violates", by=name)[:1]:
            lodge(decision_id=decision.pk, by="author", statement=words, language=decision.language)


def _decided_lately(*, outcome: str, by: str = "") -> list[Decision]:
    """The newest decisions of the demo's own fortnight that stand, in English first."""
    before = now() - timedelta(hours=1)
    rows = standing().filter(demo=True, outcome=outcome, purpose="review", decided_at__lt=before)
    if by:
        rows = rows.filter(decider__username=by)
    stands = [one for one in rows.order_by("-id")[:40] if not settled_later(one)]
    return sorted(stands, key=lambda one: one.language != "en")
