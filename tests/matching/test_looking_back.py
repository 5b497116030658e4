"""What comes into a bank is compared with what was here before it, once, as if that came in now."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from apps.decisions.models import Decision
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.matching import operations
from apps.matching.models import Entry, LookBack, Match
from apps.matching.operations import look_back, looking_back
from apps.matching.prints import text_print
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person
from tests.matching.conftest import HASH, bank, entry, flipped, owe_now, picture, sent
from tests.matching.test_matching import TEXT, state


def all_of_it() -> int:
    """Look back until nothing is left, and hand on what that brought; how many matches."""
    found = look_back()
    while LookBack.objects.filter(done_at=None).exists():
        found += look_back()
    drain()
    return found


def test_what_was_here_before_the_entry_is_decided_as_if_it_came_in_now(house):
    near, same, far = picture(flipped(HASH, 31)), picture(HASH, report="HR-1"), picture(flipped(HASH, 32))
    words, file = sent(TEXT.upper()), picture("", sha256="ab" * 32)
    drain()
    known = bank()
    entry(known, "pdq", HASH)
    entry(known, "text", text_print(TEXT))
    entry(known, "sha256", "ab" * 32)
    assert all_of_it() == 4
    assert [state(item)[::2] for item in (near, same, words, file, far)] == [("auto", True)] * 4 + [
        (None, False)
    ]
    assert Decision.objects.filter(item=same).get().origin == "auto"
    assert not Event.objects.filter(kind="case.claimed").exists()
    assert LookBack.objects.get().matched == 4
    assert all_of_it() == 0
    assert Match.objects.count() == 4


def test_a_seed_a_dispute_and_an_unverified_bank_ask_a_person(house):
    seeded, doubted, unsure = picture(HASH), picture(flipped(HASH, 100)), picture(flipped(HASH, 200))
    drain()
    entry(bank("seeds"), "pdq", HASH, says="seed")
    disputed = entry(bank("disputed"), "pdq", flipped(HASH, 100))
    operations.opine(actor=person("senior"), entry_id=disputed.pk, says="negative", why="A stock photo.")
    entry(bank("new", verified=False), "pdq", flipped(HASH, 200))
    assert all_of_it() == 3
    assert [state(item) for item in (seeded, doubted, unsure)] == [("person", "waiting", False)] * 3


def test_a_dispute_of_an_earlier_match_keeps_a_later_certain_one_from_deciding(house):
    disputed = entry(bank("disputed"), "pdq", HASH)
    operations.opine(actor=person("senior"), entry_id=disputed.pk, says="negative", why="A stock photo.")
    item = picture(HASH)
    drain()
    entry(bank("sure"), "pdq", flipped(HASH, 1))
    assert all_of_it() == 1
    assert not Decision.objects.filter(item=item).exists()
    assert Case.objects.get(item=item).state == "waiting"


def test_an_entry_that_matches_very_much_of_what_was_here_is_held_back(house):
    items = [picture(flipped(HASH, n)) for n in range(5)]
    drain()
    known = entry(bank(flood_at=3), "pdq", HASH)
    assert all_of_it() == 5
    known.refresh_from_db()
    assert known.held_at is not None
    assert not Decision.objects.filter(item__in=items).exists()
    assert Event.objects.filter(kind="entry.held_back").count() == 1


def test_what_a_person_decided_before_is_never_decided_anew_by_a_machine(house):
    item = picture(HASH, report="HR-1")
    drain()
    moderator = person("moderator")
    start_shift(actor=moderator)
    claim = claim_next(actor=moderator)
    decide(actor=moderator, claim_id=claim.claim_id, verdict=Verdict("no_violation"), look=Look(2))
    owe_now()
    entry(bank(), "pdq", HASH)
    assert all_of_it() == 1
    assert (Match.objects.get().verdict, Match.objects.get().because) == ("person", "it was decided before")
    assert list(Decision.objects.filter(item=item).values_list("origin", flat=True)) == ["human"]
    assert [case.state for case in Case.objects.filter(item=item)] == ["done"]


def test_it_goes_on_where_it_ended_and_new_entries_begin_anew(house, monkeypatch, signed_in):
    monkeypatch.setattr(looking_back, "PRINTS_AT_ONCE", 2)
    items = [picture(flipped(HASH, n)) for n in range(3)]
    drain()
    entry(bank(), "pdq", HASH)
    assert look_back() == 1  # of two fingerprints, the file's and the picture's
    half = LookBack.objects.get()
    page = signed_in("policy").get("/banks/").content.decode()
    assert "is being compared with what is here already: 33 %, 1 match so far" in page
    assert (half.done_at, half.percent, half.matched) == (None, 33, 1)
    assert all_of_it() == 2
    assert "Looking back" not in signed_in("policy").get("/banks/").content.decode()
    entry(bank("more"), "pdq", flipped(HASH, 3))
    assert all_of_it() == 3
    first, second = LookBack.objects.order_by("pk")
    assert (second.after_change, second.upto_change) == (
        first.upto_change,
        Entry.objects.latest("change").change,
    )
    assert {match.item_id for match in Match.objects.all()} == {item.pk for item in items}


def test_what_a_table_of_looks_refuses(house):
    picture(HASH)
    drain()
    entry(bank(), "pdq", HASH)
    all_of_it()
    look = LookBack.objects.get()
    with pytest.raises(IntegrityError, match="after_change"), transaction.atomic():
        LookBack.objects.create(
            after_change=look.after_change, upto_change=look.upto_change + 1, upto_print=1
        )
    with pytest.raises(IntegrityError, match="look_back_goes_forward"), transaction.atomic():
        LookBack.objects.create(after_change=9_000, upto_change=9_000, upto_print=1)
    with pytest.raises(IntegrityError, match="look_back_done_has_compared_everything"), transaction.atomic():
        LookBack.objects.filter(pk=look.pk).update(at_print=0)


@pytest.mark.races
def test_two_who_look_back_at_once_match_each_item_once(transactional_db):
    make.house()
    items = [picture(flipped(HASH, n)) for n in range(6)]
    drain()
    entry(bank(), "pdq", HASH)
    gate, found = threading.Barrier(4), []

    def look():
        gate.wait()
        found.append(look_back())
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert sum(found) == Match.objects.count() == len(items)
    assert LookBack.objects.count() == 1
    assert Event.objects.filter(kind="item.matched").count() == len(items)
