"""Near-duplicates wait as one case, and each of them in exactly one: none in two, none in none."""

import threading

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from apps.intake.models import Media
from apps.intake.operations.receiving import receive
from apps.ledger.models import Event
from apps.ledger.operations import drain, record, relay
from apps.matching.operations import look_back
from apps.matching.queries import clusters_of
from apps.queues.models import Barred, Case, Claim
from apps.queues.operations import claim_next, end_expired_claims, fold, release, skip
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person
from tests.matching.conftest import HASH, LINE, bank, entry, flipped, owe_now, picture, sent
from tests.matching.test_near_duplicates import TEXT, decided, told


def waiting(*items) -> list[int]:
    """The items that have an open case of their own."""
    cases = Case.objects.filter(item__in=items).exclude(state="done")
    return sorted(cases.values_list("item_id", flat=True))


def reported(*items) -> None:
    """A second person reports these items, all in one batch; the relay is not yet run."""
    receive(
        [
            LINE.validate_python(
                {
                    "type": "report", "reason": "reported", "rule": "HR-1", "reporter": {"external_id": "r2"},
                    "item": {"source": item.source, "external_id": item.external_id, "kind": item.kind},
                }
            )
            for item in items
        ],
        key=None,
    )  # fmt: skip


def another_picture(item, pdq: str) -> None:
    """The platform says that the item shows another picture now, and a worker has prepared it."""
    shown = {"url": "https://cdn.example.org/2.png", "mime": "image/png", "pdq": pdq}
    changed = {
        "source": item.source, "external_id": item.external_id, "kind": "image", "text": "", "language": "en",
        "media": [shown],
    }  # fmt: skip
    receive([LINE.validate_python({"type": "item", "item": changed})], key=None)
    item.refresh_from_db()
    shown_now = Media.objects.filter(item=item, revision=item.revision)
    shown_now.update(state="ready", pdq=pdq, pdq_quality=90, file="x", sha256=f"{item.pk:x}".rjust(64, "e"))
    drain()
    with transaction.atomic():
        record("item.prepared", actor=None, item=item, revision=item.revision)
    drain()


@pytest.mark.parametrize("case_first", [True, False], ids=["its case made way", "it never had a case"])
def test_one_that_became_another_picture_waits_in_a_case_of_its_own(house, case_first):
    first = picture(HASH, report="HR-1")
    drain()
    copy = picture(flipped(HASH, 9), report="HR-1" if case_first else "")
    drain()
    if not case_first:
        reported(copy)
        drain()
    assert waiting(first, copy) == [first.pk]
    another_picture(copy, flipped(HASH, 128))
    assert clusters_of([copy.pk]) == {}
    assert waiting(first, copy) == [first.pk, copy.pk]


def test_when_a_machine_decides_the_one_that_waits_the_others_wait_again(house):
    first = picture(HASH, report="HR-1")
    drain()
    copies = [picture(flipped(HASH, 20)), picture(flipped(HASH, 21))]
    drain()
    reported(*copies)
    drain()
    assert waiting(first, *copies) == [first.pk]
    entry(bank(), "pdq", f"{int(HASH, 16) ^ (((1 << 20) - 1) << 200):064x}")  # forty bits from the copies
    look_back()
    drain()
    assert told(first) == [("auto", "violates")]
    assert waiting(first, *copies) == [copies[0].pk]


def test_near_duplicates_first_reported_together_wait_as_one_case(house):
    items = [sent(TEXT, author="same") for _ in range(3)]
    drain()
    reported(*items)
    drain()
    assert len(waiting(*items)) == 1


def test_what_its_first_one_became_is_not_decided_for_the_others(house):
    first = picture(HASH, author="same", report="HR-1")
    drain()
    copies = [picture(flipped(HASH, bits), author="same", report="HR-1") for bits in (9, 10)]
    drain()
    assert waiting(first, *copies) == [first.pk]
    another_picture(first, flipped(HASH, 128))
    # Those that waited as its case wait as one of theirs, and are near-duplicates of each other as before.
    assert waiting(first, *copies) == [first.pk, copies[0].pk]
    assert clusters_of([first.pk, *(one.pk for one in copies)]).keys() == {one.pk for one in copies}
    Case.objects.filter(item=first).update(rank=-1)
    assert decided().item == first
    owe_now()
    assert [told(one) for one in copies] == [[], []]
    assert waiting(*copies) == [copies[0].pk]
    decided()
    owe_now()
    assert [told(one)[0][1] for one in copies] == ["violates", "violates"]


def test_what_was_decided_of_the_first_one_is_not_carried_to_what_is_like_its_new_picture(house):
    first = picture(HASH, author="same", report="HR-1")
    copy = picture(flipped(HASH, 9), author="same")
    drain()
    decided()
    owe_now()
    assert told(copy) == [("hash_propagated", "violates")]
    for item in (copy, first):
        another_picture(item, flipped(HASH, 128 if item == first else 200))
    newcomer = picture(flipped(HASH, 130), author="same")
    drain()
    assert clusters_of([first.pk, newcomer.pk]).keys() == {first.pk, newcomer.pk}
    assert told(newcomer) == []


def test_in_a_flood_each_finds_the_first_one_however_many_others_are_nearer(house):
    lead = picture(HASH)
    drain()
    turned = int(HASH, 16) ^ ((1 << 20) - 1)
    flood = [picture(f"{turned ^ (1 << 100 + n):064x}") for n in range(30)]
    drain()
    assert clusters_of([lead.pk, *(one.pk for one in flood)]).keys() == {lead.pk, *(one.pk for one in flood)}
    assert len(set(clusters_of([one.pk for one in flood]).values())) == 1


def both_held() -> tuple[tuple, tuple]:
    """Two pictures whose cases two people hold become near-duplicates: ((item, holder, claim), the same of the other)."""
    items = picture(HASH, report="HR-1"), picture(flipped(HASH, 128), report="HR-1")
    drain()
    held = []
    for who in ("moderator", "senior"):
        holder = person(who)
        start_shift(actor=holder)
        claim = claim_next(actor=holder)
        held.append((next(one for one in items if one.pk == claim.item_id), holder, claim.claim_id))
    another_picture(items[1], flipped(HASH, 9))
    assert clusters_of([one.pk for one in items]).keys() == {one.pk for one in items}
    assert set(Case.objects.filter(item__in=items).values_list("state", flat=True)) == {"claimed"}
    return held[0], held[1]


@pytest.mark.parametrize("back", ["released", "skipped", "expired"])
def test_one_that_somebody_held_makes_way_once_it_is_back(house, back):
    (item, holder, claim), (other, rival, _) = both_held()
    if back == "released":
        release(actor=holder, claim_id=claim)
    elif back == "skipped":
        skip(actor=holder, claim_id=claim)
    else:
        Claim.objects.filter(pk=claim).update(expires_at=now())
        assert end_expired_claims() == 1
    drain()
    gone, stays = Case.objects.get(item=item), Case.objects.get(item=other)
    assert (gone.state, gone.folded_into, stays.state) == ("done", stays.pk, "claimed")
    assert Claim.objects.get(case=stays, ended_at=None).holder == rival  # taken from nobody
    [closed] = Event.objects.filter(kind="case.closed", case_id=gone.pk)
    assert closed.data["folded_into"] == stays.pk
    # Whoever skipped the one is not given the other, which shows nearly the same.
    assert Barred.objects.filter(case=stays, user=holder).exists() is (back == "skipped")


def test_what_is_like_nothing_goes_back_as_it_is(house):
    item = picture(HASH, report="HR-1")
    drain()
    moderator = person("moderator")
    start_shift(actor=moderator)
    release(actor=moderator, claim_id=claim_next(actor=moderator).claim_id)
    drain()
    assert waiting(item) == [item.pk]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_that_go_back_while_others_are_folded_leave_exactly_one():
    make.house()
    drain()
    (item, holder, claim), (other, rival, theirs) = both_held()
    cluster = set(clusters_of([item.pk, other.pk]).values())
    start, troubles = threading.Barrier(4), []

    def at_once(work):
        def run():
            try:
                start.wait(20)
                work()
            except Exception as trouble:
                troubles.append(trouble)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    threads = [
        at_once(lambda: release(actor=holder, claim_id=claim)),
        at_once(lambda: release(actor=rival, claim_id=theirs)),
        at_once(lambda: [fold(cluster) for _ in range(20)]),
        at_once(lambda: [relay("queues.clusters", limit=500) for _ in range(20)]),
    ]
    for thread in threads:
        thread.join(60)
    drain()
    assert troubles == []
    assert len(waiting(item, other)) == 1
    states = sorted(Case.objects.filter(item__in=[item, other]).values_list("state", flat=True))
    assert states == ["done", "waiting"]
    assert not Claim.objects.filter(ended_at=None).exists()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_case_that_opens_while_its_item_is_found_to_be_a_near_duplicate_makes_way():
    make.house()
    drain()
    first = sent(TEXT, report="HR-1", author="same")
    drain()
    copy = sent(TEXT, report="HR-1", author="same")
    opened, may_end = threading.Event(), threading.Event()

    def in_a_thread(work):
        def run():
            try:
                work()
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def open_slowly():
        with transaction.atomic():
            relay("queues.cases", limit=500)
            opened.set()
            may_end.wait(20)

    slow = in_a_thread(open_slowly)
    assert opened.wait(20)
    relay("matching.items", limit=500)
    assert clusters_of([first.pk, copy.pk]).keys() == {first.pk, copy.pk}
    folding = in_a_thread(lambda: relay("queues.clusters", limit=500))
    folding.join(0.5)
    assert folding.is_alive()  # it waits for the case that is being opened
    may_end.set()
    slow.join(20)
    folding.join(20)
    drain()
    assert waiting(first, copy) == [first.pk]
    assert Case.objects.get(item=copy).folded_into == Case.objects.get(item=first).pk
