"""Banks through the API: filled, disputed and asked by a program, with the refusals and the care of the page."""

import json
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import MachineKey
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.matching import operations
from apps.matching.models import Entry, Match, Opinion
from apps.matching.prints import text_print
from apps.queues.models import Case
from tests.conftest import person
from tests.doors.programs import Program, refused
from tests.matching.conftest import HASH, bank, entry, flipped, picture

PDQ = {"signal": "pdq", "value": HASH, "why": "List 17"}
WORDS = "Send me money first and the parcel arrives tomorrow"


@pytest.fixture
def program(house):
    return Program("banks")


def add(program, into, **more):
    return program.post(f"/banks/{into.pk}/entries", PDQ | more)


def test_the_banks_are_listed_with_what_a_match_means(program, django_assert_num_queries):
    known, other = bank("Known"), bank("Another", verified=False, distance=12, enabled_ratio=0.5)
    program.get("/banks")
    with django_assert_num_queries(1):
        listed = program.get("/banks").json()
    assert listed == [
        {
            "bank_id": other.pk, "name": "Another", "source": "local", "rule": "HR-1", "actions": ["remove"],
            "verified": False, "child_safety": False, "enabled_ratio": 0.5, "distance": 12, "revision": 1,
        },
        {
            "bank_id": known.pk, "name": "Known", "source": "local", "rule": "HR-1", "actions": ["remove"],
            "verified": True, "child_safety": False, "enabled_ratio": 1.0, "distance": 31, "revision": 2,
        },
    ]  # fmt: skip


def test_an_entry_is_added_by_a_program_and_what_comes_in_next_matches(program, signed_in):
    into = bank()
    answer = add(program, into, tags=["meme", "2026"], ref="list-17", quality=98)
    made = Entry.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {"entry_id": made.pk, "bank_id": into.pk, "opinion": "positive"},
    )
    key = MachineKey.objects.get()
    assert (made.signal, made.value, made.quality, made.tags, made.ref, made.why) == (
        "pdq", HASH, 98, ["meme", "2026"], "list-17", "List 17",
    )  # fmt: skip
    assert (made.added_by, made.key_id) == (None, key.pk)
    [event] = Event.objects.filter(kind="entry.added")
    assert (event.actor_id, event.data["key"]) == (None, key.pk)
    item = picture(flipped(HASH, 3))
    drain()
    assert [(one.item_id, one.distance, one.verdict) for one in Match.objects.all()] == [(item.pk, 3, "auto")]
    page = " ".join(signed_in("policy").get(f"/banks/entries/{made.pk}/").content.decode().split())
    assert "by a platform: List 17" in page


def test_in_a_bank_nobody_else_has_verified_what_a_program_adds_decides_nothing(program):
    into = bank(verified=False)
    assert add(program, into).status_code == 201
    picture(HASH)
    drain()
    assert [one.verdict for one in Match.objects.all()] == ["person"]
    assert Case.objects.count() == 1
    into.refresh_from_db()
    assert into.verified_at is None


def test_a_flood_of_what_a_program_added_is_held_back(program):
    into = bank(flood_at=2)
    add(program, into)
    for _ in range(3):
        picture(HASH)
    drain()
    assert Entry.objects.get().held_at is not None
    assert sorted(one.verdict for one in Match.objects.all()) == ["held", "held", "held"]
    [like] = program.post("/bank-lookups", {"signal": "pdq", "value": HASH}).json()["matches"]
    assert like["held_back"] is True


def test_what_a_program_adds_is_compared_with_what_was_here_before(program):
    item = picture(HASH)
    drain()
    into = bank()
    add(program, into)
    while operations.look_back():
        pass
    assert [(one.item_id, one.verdict) for one in Match.objects.all()] == [(item.pk, "auto")]


REFUSED = [
    ({"value": HASH[:-1]}, "value", "This kind has 64 digits; this has 63."),
    ({"value": "xyz"}, "value", "A fingerprint is written in the digits 0 to 9 and a to f, in lower case."),
    ({"value": ""}, "value", "A fingerprint is written in the digits 0 to 9 and a to f, in lower case."),
    ({"signal": "photodna"}, "signal", "“photodna” is no kind of fingerprint; use sha256, pdq, film, text."),
    ({"opinion": "sure"}, "opinion", "“sure” is no opinion; use positive, negative, seed or disputed."),
    ({"quality": 101}, "quality", "The quality lies between 0 and 100."),
    ({"quality": 49}, "quality", "A picture of quality 49 matches too much; it must be 50 or more."),
    ({"why": "  "}, "why", "Say why it belongs here."),
    ({"signal": "film", "value": HASH + "0"}, "value",
     "A film has 64 digits a frame, at most 40 frames; this has 65 digits."),
    ({"text": WORDS}, "text", "Words stand in place of value, for the kind text."),
    ({"signal": "text", "value": "", "text": "short!"}, "text",
     "It has fewer than eight letters: too few to be known again by."),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "field", "reason"), REFUSED)
def test_what_cannot_be_an_entry_is_refused_by_its_field(program, wrong, field, reason):
    into = bank()
    answer = add(program, into, **wrong)
    code = "invalid" if field == "text" else "hash_unusable"
    assert refused(answer, 422, code)[1] == {field: reason}
    assert not Entry.objects.exists()
    assert not Event.objects.filter(kind="entry.added").exists()


def test_unknown_banks_entries_and_fields_are_named(program):
    into = bank()
    _, errors = refused(program.post(f"/banks/{into.pk + 1}/entries", PDQ), 404, "not_found")
    assert errors == {"bank_id": "There is no bank with this number."}
    _, errors = refused(
        program.post("/bank-entries/999/opinions", {"says": "negative", "why": "x"}), 404, "not_found"
    )
    assert errors == {"entry_id": "There is no entry with this number."}
    _, errors = refused(add(program, into, media="https://example.org/a.png"), 422, "invalid")
    assert set(errors) == {"media"}
    assert not Entry.objects.exists()


def test_sent_again_with_its_key_it_is_answered_again_and_added_once(program):
    into = bank()
    path = f"/banks/{into.pk}/entries"
    first = program.post(path, PDQ, **{"Idempotency-Key": "k1"})
    again = program.post(path, PDQ, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    other = program.post(path, PDQ | {"why": "other"}, **{"Idempotency-Key": "k1"})
    refused(other, 409, "idempotency_key_used")
    _, errors = refused(program.post(path, PDQ), 409, "entry_known")
    assert errors == {"value": f"It is entry {first.json()['entry_id']} of this bank."}
    assert (Entry.objects.count(), Event.objects.filter(kind="entry.added").count()) == (1, 1)


def test_a_refusal_is_not_kept_under_its_key(program):
    into = bank()
    path = f"/banks/{into.pk}/entries"
    refused(program.post(path, PDQ | {"quality": 3}, **{"Idempotency-Key": "k1"}), 422, "hash_unusable")
    assert program.post(path, PDQ, **{"Idempotency-Key": "k1"}).status_code == 201


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_programs_that_add_the_same_at_once_one_does(house):
    into = bank()
    programs = [Program("banks") for _ in range(4)]
    barrier, answers = threading.Barrier(4), []

    def send(one):
        barrier.wait()
        try:
            answers.append(add(one, into).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(one,)) for one in programs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [201, 409, 409, 409]
    assert (Entry.objects.count(), Event.objects.filter(kind="entry.added").count()) == (1, 1)


def lines(count, wrong=0):
    rows = [{"signal": "pdq", "value": f"{n:064x}", "why": "x"} for n in range(1, count + 1)]
    if wrong:
        rows[wrong - 1]["value"] = "f" * 63
    return "\n".join(json.dumps(row) for row in rows).encode()


NDJSON = {"content_type": "application/x-ndjson"}


def test_one_bad_line_in_ten_thousand_is_named_and_the_rest_loaded_on_request(program):
    into = bank()
    body = lines(10_000, wrong=5_000)
    sentence, errors = refused(
        program.post(f"/banks/{into.pk}/load", body, **NDJSON), 422, "bank_file_broken"
    )
    assert sentence.startswith("1 of 10,000 lines cannot be used, so nothing was loaded.")
    assert errors == {"line 5000": "This kind has 64 digits; this has 63."}
    assert not Entry.objects.exists()
    answer = program.post(f"/banks/{into.pk}/load?without_broken=true", body, **NDJSON)
    reason = {"field": "line 5000", "reason": "This kind has 64 digits; this has 63."}
    assert answer.json() == {"lines": 10_000, "new": 9_999, "known": 0, "left_out": 1, "broken": [reason]}
    assert Entry.objects.filter(key_id=MachineKey.objects.get().pk).count() == 9_999
    again = program.post(f"/banks/{into.pk}/load?without_broken=true", body, **NDJSON)
    assert (again.json()["new"], again.json()["known"]) == (0, 9_999)


def test_a_csv_is_loaded_and_with_its_key_once(program):
    into = bank()
    body = f"signal,value,opinion,tags,ref,why\nhash_pdq,{HASH},seed,a|b,l-1,because\n".encode()
    sent = {"content_type": "text/csv", "Idempotency-Key": "file-1"}
    first = program.post(f"/banks/{into.pk}/load", body, **sent).json()
    assert first == {"lines": 1, "new": 1, "known": 0, "left_out": 0, "broken": []}
    assert program.post(f"/banks/{into.pk}/load", body, **sent).json() == first
    refused(
        program.post(f"/banks/{into.pk}/load?without_broken=true", body, **sent), 409, "idempotency_key_used"
    )
    made = Entry.objects.get()
    assert (made.opinion, made.tags, made.ref) == ("seed", ["a", "b"], "l-1")
    assert Event.objects.filter(kind="bank.loaded").count() == 1


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"x", "text/plain", 415, "wrong_content_type"),
        (b"\xff\xfe", "text/csv", 422, "bank_file_broken"),
        (b"\n", "text/csv", 422, "bank_file_broken"),
        (b"[" * 100_000, "application/x-ndjson", 422, "bank_file_broken"),
        (b"\n" * 10_002, "application/x-ndjson", 413, "too_large"),
        (json.dumps([{**PDQ, "why": "\ud83d"}]).encode(), "application/x-ndjson", 422, "bank_file_broken"),
        (json.dumps([{**PDQ, "signal": "\ud83d"}]).encode(), "application/x-ndjson", 422, "bank_file_broken"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(program, body, content_type, status, code):
    into = bank()
    refused(program.post(f"/banks/{into.pk}/load", body, content_type=content_type), status, code)
    assert not Entry.objects.exists()


def test_a_false_positive_decides_nothing_from_that_moment_on(program, signed_in):
    into = bank()
    made = entry(into, "pdq", HASH)
    said = {"says": "negative", "why": "It is a weather map."}
    answer = program.post(f"/bank-entries/{made.pk}/opinions", said)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "entry_id": made.pk, "bank_id": into.pk, "opinion": "disputed",
            "opinions": {"negative": 1, "positive": 1},
        },
    )  # fmt: skip
    picture(HASH)
    drain()
    assert [one.verdict for one in Match.objects.all()] == ["person"]
    [opinion] = Opinion.objects.all()
    assert (opinion.person, opinion.key_id) == (None, MachineKey.objects.get().pk)
    # What a key holds is its latest word; a person of the house settles it.
    answer = program.post(f"/bank-entries/{made.pk}/opinions", {"says": "positive", "why": "A crop of it."})
    assert answer.json()["opinion"] == "positive"
    assert [one.says for one in Opinion.objects.filter(withdrawn_at=None)] == ["positive"]
    program.post(f"/bank-entries/{made.pk}/opinions", said)
    keeper = signed_in("policy")
    page = keeper.get(f"/banks/entries/{made.pk}/").content.decode()
    assert "a platform" in page
    assert "It is a weather map." in page
    keeper.post(f"/banks/entries/{made.pk}/opinion/", {"says": "positive", "why": "Seen.", "settles": "1"})
    made.refresh_from_db()
    assert made.opinion == "positive"


def test_a_program_withdraws_its_own_opinion_and_what_others_hold_stands(program, signed_in):
    into = bank()
    made = entry(into, "pdq", HASH)
    path = f"/bank-entries/{made.pk}/opinions"
    program.post(path, {"says": "negative", "why": "It is a weather map."})
    Program("banks").post(path, {"says": "seed", "why": "Look at it again."})
    before = Event.objects.filter(kind="opinion.withdrawn").count()
    answers = [program.send("DELETE", path) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() == {
        "entry_id": made.pk, "bank_id": into.pk, "opinion": "positive", "opinions": {"positive": 1, "seed": 1},
    }  # fmt: skip
    [gone] = Opinion.objects.filter(withdrawn_at__isnull=False)
    assert (gone.says, gone.key_id) == ("negative", MachineKey.objects.earliest("pk").pk)
    [event] = Event.objects.filter(kind="opinion.withdrawn")[before:]
    assert event.actor_id is None
    assert event.data == {
        "bank": into.pk, "entry": made.pk, "says": "negative", "opinion": "positive", "decision": None,
        "key": gone.key_id,
    }  # fmt: skip
    assert "a platform" in signed_in("policy").get(f"/banks/entries/{made.pk}/").content.decode()
    picture(HASH)
    drain()
    assert [one.verdict for one in Match.objects.all()] == ["auto"]


def test_withdrawing_what_is_not_there_is_refused_or_changes_nothing(program):
    made = entry(bank(), "pdq", HASH)
    refused(program.send("DELETE", "/bank-entries/999/opinions"), 404, "not_found")
    refused(Program("read").send("DELETE", f"/bank-entries/{made.pk}/opinions"), 403, "wrong_scope")
    assert program.send("DELETE", f"/bank-entries/{made.pk}/opinions").status_code == 200
    assert not Event.objects.filter(kind="opinion.withdrawn").exists()


def test_an_opinion_without_its_reason_or_on_what_was_erased_is_refused(program):
    made = entry(bank(), "pdq", HASH)
    path = f"/bank-entries/{made.pk}/opinions"
    assert set(refused(program.post(path, {"says": "negative", "why": " "}), 422, "hash_unusable")[1]) == {
        "why"
    }
    assert set(refused(program.post(path, {"says": "disputed", "why": "x"}), 422, "invalid")[1]) == {"says"}
    operations.purge(actor=None, entry_ids=[made.pk])
    refused(program.post(path, {"says": "negative", "why": "x"}), 409, "entry_gone")
    assert not Opinion.objects.exists()


def test_the_database_keeps_one_opinion_of_a_key_and_none_of_nobody(program):
    made = entry(bank(), "pdq", HASH)
    Opinion.objects.create(entry=made, key_id=5, says="positive", why="x")
    for fields, name in (
        ({"key_id": 5}, "opinion_one_at_a_time_per_program"),
        ({}, "opinion_is_of_a_person_or_a_program"),
        ({"key_id": 6, "person": person("policy")}, "opinion_is_of_a_person_or_a_program"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Opinion.objects.create(entry=made, says="negative", why="x", **fields)
    with pytest.raises(IntegrityError, match="entry_added_by_a_person_or_a_program"), transaction.atomic():
        Entry.objects.filter(pk=made.pk).update(key_id=5)


def test_a_fingerprint_is_looked_up_within_the_distance_of_each_bank(program, django_assert_max_num_queries):
    near, strict = bank("Near", enabled_ratio=0), bank("Strict", distance=4, verified=False)
    mine = entry(near, "pdq", HASH)
    entry(strict, "pdq", HASH)
    far = entry(near, "pdq", flipped(HASH, 40))
    off = entry(near, "pdq", flipped(HASH, 1))
    gone = entry(near, "pdq", flipped(HASH, 2))
    operations.switch(actor=person("policy"), entry_id=off.pk, on=False)
    operations.purge(actor=None, entry_ids=[gone.pk])
    asked = {"signal": "pdq", "value": flipped(HASH, 5)}
    program.post("/bank-lookups", asked)
    with django_assert_max_num_queries(5):
        answer = program.post("/bank-lookups", asked)
    assert answer.json() == {
        "more": False,
        "matches": [
            {
                "entry_id": mine.pk, "bank_id": near.pk, "bank": "Near", "rule": "HR-1", "signal": "pdq",
                "distance": 5, "share": 1.0, "frame": None, "at_ms": None, "opinion": "positive", "opinions": {"positive": 1},
                "held_back": False, "verified": True, "tags": [], "ref": "",
            }
        ],
    }  # fmt: skip
    assert far.pk not in {one["entry_id"] for one in answer.json()["matches"]}
    both = program.post("/bank-lookups", {"signal": "pdq", "value": flipped(HASH, 3)}).json()["matches"]
    assert [(one["bank"], one["distance"]) for one in both] == [("Near", 3), ("Strict", 3)]


def test_the_same_file_and_words_are_looked_up_and_nothing_is_kept(program):
    into = bank()
    file = entry(into, "sha256", "ab" * 32)
    text = entry(into, "text", text_print(WORDS))
    before = now()
    found = program.post("/bank-lookups", {"signal": "hash_sha256", "value": "AB" * 32}).json()["matches"]
    assert [(one["entry_id"], one["distance"]) for one in found] == [(file.pk, 0)]
    found = program.post("/bank-lookups", {"signal": "text", "text": WORDS.upper() + "!!"}).json()["matches"]
    assert [(one["entry_id"], one["distance"]) for one in found] == [(text.pk, 0)]
    assert program.post("/bank-lookups", {"signal": "sha256", "value": "cd" * 32}).json() == {
        "matches": [],
        "more": False,
    }
    refused(program.post("/bank-lookups", {"signal": "pdq", "value": "ab"}), 422, "hash_unusable")
    assert not Event.objects.filter(occurred_at__gte=before).exists()
    assert not Match.objects.exists()


def test_of_very_many_that_are_nearly_the_same_the_nearest_are_told(program, monkeypatch):
    monkeypatch.setattr("apps.matching.queries.alike.READ_AT_MOST", 3)
    monkeypatch.setattr("apps.matching.queries.alike.SHOWN_AT_MOST", 2)
    into = bank()
    made = [entry(into, "pdq", flipped(HASH, n)).pk for n in (5, 1, 4, 2)]
    answer = program.post("/bank-lookups", {"signal": "pdq", "value": HASH}).json()
    assert [one["entry_id"] for one in answer["matches"]] == [made[1], made[3]]
    assert answer["more"] is True
    monkeypatch.undo()
    whole = program.post("/bank-lookups", {"signal": "pdq", "value": HASH}).json()
    assert ([one["distance"] for one in whole["matches"]], whole["more"]) == ([1, 2, 4, 5], False)
