"""What a match leads to, and what it never leads to."""

import time_machine
from django.utils.timezone import now, timedelta

from apps.decisions.models import Decision, DecisionSet, Enforcement, MatchAudit
from apps.decisions.operations import reverse_set
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.matching import lookup, operations
from apps.matching.models import Entry, Match, Print
from apps.matching.prints import text_print
from apps.matching.queries import nearest_hashes
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests.conftest import person
from tests.matching.conftest import HASH, bank, entry, flipped, picture, sent

TEXT = "Meet me behind the old station tonight, and bring nobody with you."


def state(item) -> tuple:
    """The item's verdict by machines and its case's state."""
    match = Match.objects.filter(item=item).first()
    case = Case.objects.filter(item=item).first()
    decided = Decision.objects.filter(item=item).exists()
    return (match.verdict if match else None, case.state if case else None, decided)


def test_a_verified_bank_decides_without_anybody_looking_and_its_decisions_are_reversed_as_a_set(house):
    known = entry(bank(audit_share=1), "pdq", HASH)
    near, same, far = picture(flipped(HASH, 31), report="HR-1"), picture(HASH), picture(flipped(HASH, 32))
    drain()
    assert [state(item) for item in (near, same, far)] == [
        ("auto", "done", True), ("auto", "done", True), (None, None, False),
    ]  # fmt: skip
    decision = Decision.objects.get(item=near)
    assert (decision.origin, decision.outcome, decision.rule_codes, decision.decider) == (
        "auto", "violates", ["HR-1"], None,
    )  # fmt: skip
    assert decision.words.evidence["match"]["entry"] == known.pk
    assert [one.action for one in Enforcement.objects.filter(item__in=[near, same])] == ["remove", "remove"]
    assert not Event.objects.filter(kind="case.claimed").exists()
    together = DecisionSet.objects.get(entry_id=known.pk)
    assert together.decisions.count() == MatchAudit.objects.filter(verdict="").count() == 2

    # One of them is decided anew by somebody; the rest is reversed, and the entry decides nothing more.
    reverse_set(actor=person("senior"), set_id=together.pk, why="It is a logo.")
    drain()
    assert [one.outcome for one in Decision.objects.filter(item=near).order_by("id")] == [
        "violates",
        "no_violation",
    ]
    assert Enforcement.objects.filter(item=near, reverses__isnull=False).count() == 1
    assert Entry.objects.get().opinion == "disputed"
    later = picture(HASH)
    drain()
    assert state(later) == ("person", "waiting", False)
    assert Decision.objects.filter(item=far).count() == 0


def test_who_is_in_doubt_asks_a_person(house):
    disputed = entry(bank("disputed"), "pdq", HASH)
    operations.opine(actor=person("senior"), entry_id=disputed.pk, says="negative", why="A stock photo.")
    seed = entry(bank("seeds"), "text", text_print(TEXT), says="seed")
    unverified = entry(bank("new", verified=False), "sha256", "ab" * 32)
    asked = [picture(HASH), sent(TEXT.upper()), picture("", sha256="ab" * 32)]
    drain()
    assert [state(item) for item in asked] == [("person", "waiting", False)] * 3
    assert [Match.objects.get(item=item).because for item in asked] == [
        "the entry is disputed", "to be looked into", "the bank is not verified",
    ]  # fmt: skip
    assert {case.detection_source for case in Case.objects.all()} == {"hash"}
    assert {seed.opinion, unverified.opinion} == {"seed", "positive"}


def test_likeness_strikes_no_account_and_a_public_figure_is_left_to_people(house):
    entry(bank(actions=["remove", "strike"]), "pdq", HASH)
    entry(bank("files", actions=["remove", "strike"]), "sha256", "cd" * 32)
    like, same = picture(flipped(HASH, 4)), picture("", sha256="cd" * 32)
    known = picture(HASH, author="famous")
    type(known.author).objects.filter(pk=known.author_id).update(public_figure=True)
    drain()
    assert Decision.objects.get(item=like).actions == ["remove"]
    assert Decision.objects.get(item=same).actions == ["remove", "strike"]
    assert state(known) == ("person", "waiting", False)
    assert Match.objects.get(item=known).because == "it needs two people: public figure"


def test_what_says_too_little_or_is_switched_off_matches_nothing(house):
    known = entry(bank(), "pdq", HASH)
    poor = picture(HASH, quality=49)
    drain()
    operations.switch(actor=person("policy"), entry_id=known.pk, on=False)
    off = picture(HASH)
    none = bank("none", enabled_ratio=0)
    entry(none, "pdq", flipped(HASH, 200))
    out = picture(flipped(HASH, 200))
    drain()
    assert Match.objects.filter(item__in=[poor, off, out]).count() == 0
    assert not Decision.objects.exists()


def test_somebody_who_holds_the_case_keeps_it(house):
    item = sent(TEXT, report="HR-1")
    drain()
    moderator = person("moderator")
    start_shift(actor=moderator)
    claimed = claim_next(actor=moderator)
    assert claimed is not None
    entry(bank(), "text", text_print(TEXT))
    lookup.forget()
    Print.objects.all().delete()
    operations.screen([item.pk])
    drain()
    assert state(item) == ("person", "claimed", False)
    assert Match.objects.get().because == "a person is looking at it"


def test_a_flood_is_held_back_until_somebody_has_answered(house):
    known = entry(bank(flood_at=2), "pdq", HASH)
    first = [picture(flipped(HASH, n)) for n in range(2)]
    drain()
    rest = [picture(flipped(HASH, n)) for n in range(2, 4)]
    drain()
    assert [state(item)[0] for item in (*first, *rest)] == ["auto", "auto", "held", "held"]
    assert Event.objects.filter(kind="entry.held_back").count() == 1
    assert not Case.objects.filter(item__in=rest).exists()
    assert (
        operations.answer_flood(actor=person("policy2"), entry_id=known.pk, goes_on=True, why="A wave of it.")
        == 2
    )
    drain()
    assert [state(item) for item in rest] == [("auto", "done", True)] * 2
    # Within the hour it is not asked again; after it, it is.
    picture(HASH)
    drain()
    assert Entry.objects.get().held_at is None
    with time_machine.travel(now() + timedelta(minutes=61), tick=True):
        Match.objects.update(at=now())
        picture(flipped(HASH, 5))
        drain()
        assert Entry.objects.get().held_at is not None
        operations.answer_flood(actor=person("senior"), entry_id=known.pk, goes_on=False, why="A meme.")
        drain()
    assert Match.objects.filter(verdict="held").count() == 0
    assert Entry.objects.get().opinion == "disputed"


def test_an_audit_that_finds_a_match_wrong_disputes_its_entry_at_once(house, signed_in):
    entry(bank(audit_share=1), "pdq", HASH)
    picture(HASH)
    drain()
    audit = MatchAudit.objects.get()
    adder, other = signed_in("policy"), signed_in("senior")
    assert "To be looked over" not in adder.get("/automatic/").content.decode()
    assert HASH in other.get("/automatic/").content.decode()
    refused = adder.post(f"/automatic/audits/{audit.pk}/", {"stands": "1", "why": "same"})
    assert refused.status_code == 403
    assert "somebody else looks it over" in refused.content.decode()
    assert (
        other.post(f"/automatic/audits/{audit.pk}/", {"stands": "0", "why": "Another picture."}).status_code
        == 302
    )
    assert Entry.objects.get().opinion == "disputed"
    again = other.post(f"/automatic/audits/{audit.pk}/", {"stands": "1", "why": "No."})
    assert again.status_code == 409
    picture(HASH)
    drain()
    assert Decision.objects.count() == 1


def test_another_process_finds_a_new_entry_at_its_next_look_up_and_forgets_an_erased_one(house):
    into = bank()
    lookup.follow_entries()
    known = entry(into, "pdq", HASH)
    other_process = lookup.Followed(lookup._NEWEST_ENTRY, lookup._ENTRIES.format(signals=lookup._PICTURES))
    other_process.catch_up()
    assert other_process.near(flipped(HASH, 31)) == {known.pk: 31}
    operations.purge(actor=None, entry_ids=[known.pk])
    assert other_process.near(HASH) == {known.pk: 0}
    other_process.catch_up()
    assert other_process.near(HASH) == {}


def test_what_did_not_match_is_known_by_the_bits_it_was_missed_by(house):
    known = entry(bank(), "pdq", HASH)
    missed, matched, other = picture(flipped(HASH, 40)), picture(flipped(HASH, 9)), picture(flipped(HASH, 90))
    drain()
    found = nearest_hashes([missed.pk, matched.pk, other.pk])
    assert found == {missed.pk: {"bits": 40, "threshold": 31, "bank": known.bank.name}}
    Entry.objects.filter(pk=known.pk).update(enabled=False)
    assert nearest_hashes([missed.pk]) == {}
