"""Banks of known content, with what they matched; and a detector's threshold that waits for a second person."""

from datetime import UTC

from django.utils.timezone import now

from apps.detectors.models import CardWeek
from apps.detectors.operations import propose_threshold
from apps.detectors.queries.cards import scorecard
from apps.detectors.queries.whatif import outlook
from apps.intake.models import Item
from apps.ledger.operations import drain
from apps.matching.operations import BankFacts, add_from_item, make_bank, screen, verify_bank
from reviewqueue.demo.judging import verdict_on
from reviewqueue.demo.rooms.stage import Stage

TRAM = (
    "Your {card} was blocked this morning. To keep your season ticket, confirm the card number and the code on its back "
    "at https://tram-tickets.example.net within twelve hours. Passengers who do not answer lose what they have paid.{after}"
)
KNIVES = (
    "{before}Hunting and flick knives, new in their boxes, sent in plain parcels to any address. No questions, no papers, no "
    "age to be proved. Write the word “garden” to this account and we send the list with all the prices.{after}"
)


def fill_banks(stage: Stage) -> None:
    policy = stage.person("policy")
    certain = BankFacts(
        name="Messages that ask for card numbers",
        rule_code="AU-4",
        about="Texts a person found to be bait for card numbers and codes.",
        actions=("remove",),
        audit_share=1,
    )
    asked_for = "The same message comes back every week under other names."
    scams = make_bank(actor=policy, facts=certain, because=asked_for)
    found = _decided(stage, "bank-tram", "au-parcel-login", TRAM.format(card="tram card", after=""))
    add_from_item(actor=policy, bank_id=scams.pk, item=found, why="Decided by a person; sent to thousands.")
    verify_bank(
        actor=stage.person("policy2"),
        bank_id=scams.pk,
        because="I read the entry and the decision behind it.",
    )
    again = stage.like("au-parcel-login", text=TRAM.format(card="tram pass", after=" Thank you."))
    stage.received(again, "bank-tram-again", hours=0.5)
    offers = BankFacts(
        name="Weapons sold without papers",
        rule_code="RG-1",
        about="Texts that offer weapons. Not verified yet: a match goes to a person.",
    )
    knives = make_bank(actor=policy, facts=offers, because="Offers are copied from one account to the next.")
    found = _decided(
        stage, "bank-knives", "rg-pistol-offer", KNIVES.format(before="", after=""), language="en"
    )
    add_from_item(actor=policy, bank_id=knives.pk, item=found, why="An offer that two accounts had copied.")
    copied = stage.like(
        "rg-pistol-offer", text=KNIVES.format(before="New! ", after=" Hurry."), language="en", country="IE"
    )
    stage.received(copied, "bank-knives-again", hours=0.5)
    drain()


def _decided(stage: Stage, name: str, key: str, text: str, *, language: str = "en") -> Item:
    """An item that a person found to break its rule, fingerprinted."""
    like = stage.like(key, text=text, language=language, country="IE")
    item = stage.received(like, name)
    case = stage.waiting(item)
    if case is not None:
        stage.decide(case, stage.person("senior2"), verdict_on(like, stage.edition))
    screen([item.pk])
    return item


def propose_a_threshold(stage: Stage) -> None:
    """The busiest detector's threshold, a little lower; whoever else minds detectors approves it or not."""
    drain()
    card = CardWeek.objects.order_by("-scored", "detector", "rule_code").first()
    if card is None:
        return
    today = now().astimezone(UTC).date()
    found = scorecard(card.detector, card.rule_code, weeks=13, today=today, version=card.version)
    threshold = 0.6
    would = outlook(found, threshold)
    propose_threshold(
        actor=stage.person("policy"),
        detector=card.detector,
        version=card.version,
        rule_code=card.rule_code,
        threshold=threshold,
        reason="People uphold most of what lies just below. Let us see it for two weeks.",
        preview={
            **would.as_json(),
            "weeks": len(found.weeks),
            "scored": found.over.scored + found.under.scored,
        },
    )
