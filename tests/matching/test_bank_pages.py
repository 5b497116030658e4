"""Banks through their doors: made, verified, filled, disputed; nothing is ever shown."""

import io

import pytest

from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.matching.errors import BankFileBroken
from apps.matching.models import Bank, Entry, Match
from apps.matching.operations import load_file
from apps.queues.models import Case
from tests.conftest import person
from tests.matching.conftest import HASH, bank, entry, picture

FACTS = {
    "name": "Known memes", "source": "local", "rule_code": "HR-1", "actions": ["remove"], "enabled_ratio": "1",
    "distance": "31", "audit_share": "0.05", "flood_at": "50", "because": "The same five, every day.",
}  # fmt: skip


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_bank_is_made_by_one_and_verified_by_another(house, signed_in):
    maker, colleague = signed_in("policy"), signed_in("policy2")
    refused = maker.post("/banks/new/", FACTS | {"actions": ["account_terminate"], "distance": "32"})
    assert refused.status_code == 422
    assert not Bank.objects.exists()
    assert maker.post("/banks/new/", FACTS).status_code == 302
    made = Bank.objects.get()
    assert maker.post("/banks/new/", FACTS).status_code == 422
    assert "Somebody else verifies it" in words(maker.get(f"/banks/{made.pk}/"))
    mine = maker.post(f"/banks/{made.pk}/verify/", {"because": "I made it."})
    assert mine.status_code == 403
    assert "verified by somebody who did not make it" in words(mine)
    assert colleague.post(f"/banks/{made.pk}/verify/", {"because": ""}).status_code == 422
    assert colleague.post(f"/banks/{made.pk}/verify/", {"because": "Looked at all five."}).status_code == 302
    made.refresh_from_db()
    assert (made.verified_by.username, made.revision) == ("policy2", 2)
    # A greater distance is another promise: it must be vouched for anew. Another name is not.
    edited = FACTS | {"name": "Memes"}
    assert maker.post(f"/banks/{made.pk}/edit/", edited).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.verified_by is None) == ("Memes", False)
    assert maker.post(f"/banks/{made.pk}/edit/", edited | {"distance": "20"}).status_code == 302
    made.refresh_from_db()
    assert made.verified_by is None
    assert [event.kind for event in Event.objects.filter(kind__startswith="bank.").order_by("id")] == [
        "bank.made", "bank.verified", "bank.edited", "bank.edited",
    ]  # fmt: skip


def test_one_bad_line_in_ten_thousand_is_named_and_the_rest_loaded_on_request(house, signed_in):
    made, client = bank(), signed_in("policy")
    lines = [f"pdq,{n:064x},90" for n in range(10_000)]
    lines[4_999] = f"pdq,{'f' * 63},90"
    text = "\n".join(["signal,value,quality", *lines])

    def sent(**more):
        return client.post(f"/banks/{made.pk}/load/", {"file": io.BytesIO(text.encode()), **more})

    refused = sent()
    assert refused.status_code == 422
    assert "1 of 10,000 lines cannot be used, so nothing was loaded" in words(refused)
    assert "line 5001: This kind has 64 digits; this has 63." in words(refused)
    assert not Entry.objects.exists()
    assert sent(without_broken="on").status_code == 302
    assert Entry.objects.count() == 9_999
    assert Event.objects.get(kind="bank.loaded").data == {
        "bank": made.pk,
        "lines": 10_000,
        "new": 9_999,
        "broken": 1,
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "There is nothing in this file."),
        ("hash\nabc", "The first line names the columns"),
        ("signal,value\npdq", "This line has 1 cells; the first line has 2."),
        ("signal,value\nmd5," + "a" * 64, "“md5” is no kind of fingerprint"),
        ("signal,value,quality\npdq," + "a" * 64 + ",10", "A picture of quality 10 matches too much"),
        ('[{"signal": "pdq", "value": "' + "g" * 64 + '"}]', "written in the digits 0 to 9 and a to f"),
        ('{"signal": "pdq", "value": "' + "a" * 64 + '"}\n{broken', "This line is not JSON."),
        ("signal,value,opinion\nfilm," + "a" * 65 + ",positive", "A film has 64 digits a frame"),
        ("signal,value,opinion\ntext," + "a" * 64 + ",maybe", "“maybe” is no opinion"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(house, text, reason):
    made = bank()
    with pytest.raises(BankFileBroken) as refused:
        load_file(actor=person("policy"), bank_id=made.pk, text=text)
    told = " ".join([refused.value.sentence, *(error["reason"] for error in refused.value.errors)])
    assert reason in told
    assert not Entry.objects.exists()


def test_a_file_loaded_again_adds_nothing_and_keeps_opinions(house):
    made = bank()
    text = (
        '[{"signal": "vpdq", "value": "' + "ab" * 64 + '", "opinion": "seed", "tags": ["x"], "ref": "L-1"}]'
    )
    assert load_file(actor=person("policy"), bank_id=made.pk, text=text).new == 1
    again = load_file(actor=person("policy2"), bank_id=made.pk, text=text)
    assert (again.new, again.known) == (0, 1)
    assert Entry.objects.values_list("signal", "opinion", "tags", "ref").get() == (
        "film",
        "seed",
        ["x"],
        "L-1",
    )


def test_one_voice_disputes_an_entry_and_a_keeper_settles_it(house, signed_in):
    known = entry(bank(), "pdq", HASH)
    address = f"/banks/entries/{known.pk}/opinion/"
    senior, keeper = signed_in("senior"), signed_in("policy2")
    assert signed_in("supervisor").post(address, {"says": "negative", "why": "x"}).status_code == 403
    assert senior.post(address, {"says": "negative", "why": ""}).status_code == 422
    assert (
        senior.post(address, {"says": "negative", "why": "A stock photo.", "settles": "on"}).status_code
        == 302
    )
    known.refresh_from_db()
    assert known.opinion == "disputed"
    assert "A stock photo." in words(keeper.get(f"/banks/entries/{known.pk}/"))
    assert (
        keeper.post(address, {"says": "positive", "why": "Asked; it is not.", "settles": "on"}).status_code
        == 302
    )
    known.refresh_from_db()
    assert known.opinion == "positive"


def test_a_person_takes_her_opinion_back_and_the_entry_decides_again_once_nobody_disputes_it(
    house, signed_in
):
    known = entry(bank(), "pdq", HASH)
    page, said = f"/banks/entries/{known.pk}/", f"/banks/entries/{known.pk}/opinion/"
    senior, keeper = signed_in("senior"), signed_in("policy2")
    for one, why in ((senior, "A stock photo."), (keeper, "A weather map.")):
        one.post(said, {"says": "negative", "why": why})
    assert "You hold: <strong>Does not belong here</strong>" in words(senior.get(page))
    assert "You hold:" not in words(signed_in("admin").get(page))
    answer = senior.post(f"{said}withdraw/", follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "Taken back. It counts from this moment; what others hold stands." in words(answer)
    assert "(withdrawn): A stock photo." in words(answer)
    assert "You hold:" not in words(answer)
    # Somebody else still disputes it: people are asked.
    picture(HASH)
    drain()
    assert [match.verdict for match in Match.objects.all()] == ["person"]
    keeper.post(f"{said}withdraw/")
    known.refresh_from_db()
    assert known.opinion == "positive"
    picture(HASH)
    drain()
    assert [match.verdict for match in Match.objects.order_by("id")] == ["person", "auto"]
    events = Event.objects.filter(kind="opinion.withdrawn").order_by("id")
    assert [(event.actor_id, event.data) for event in events] == [
        (
            person(name).pk,
            {"bank": known.bank_id, "entry": known.pk, "says": "negative", "opinion": then, "decision": None},
        )
        for name, then in (("senior", "disputed"), ("policy2", "positive"))
    ]


def test_what_is_not_held_is_taken_back_without_a_trace_and_not_by_who_only_reads(house, signed_in):
    known = entry(bank(), "pdq", HASH)
    address = f"/banks/entries/{known.pk}/opinion/"
    signed_in("senior").post(address, {"says": "negative", "why": "A stock photo."})
    assert signed_in("policy2").post(f"{address}withdraw/").status_code == 302
    assert signed_in("supervisor").post(f"{address}withdraw/").status_code == 403
    assert signed_in("senior").get(f"{address}withdraw/").status_code == 405
    known.refresh_from_db()
    assert known.opinion == "disputed"
    assert [one.withdrawn_at for one in known.opinions.all()] == [None]
    assert not Event.objects.filter(kind="opinion.withdrawn").exists()
    senior = signed_in("senior")
    assert [senior.post(f"{address}withdraw/").status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(kind="opinion.withdrawn").count() == 1


def test_a_case_shows_what_matched_in_numbers_and_its_fingerprints_go_into_a_bank(house, signed_in):
    known = entry(bank("Seeds"), "pdq", HASH, says="seed")
    item = picture(HASH, report="HR-1")
    drain()
    case = Case.objects.get(item=item)
    client = signed_in("senior")
    page = words(client.get(f"/cases/{case.pk}/"))
    for said in ("Seen before", "Seeds", "To be looked into", "the very same", "quality 90", "1 seed"):
        assert said in page
    assert "<img" not in page
    added = bank("Local", verified=False)
    assert client.post(f"/banks/items/{item.pk}/", {"bank": added.pk, "why": ""}).status_code == 422
    assert (
        client.post(f"/banks/items/{item.pk}/", {"bank": added.pk, "why": "Seen often."}).status_code == 302
    )
    entries = Entry.objects.filter(bank=added)
    assert sorted(entries.values_list("signal", "opinion")) == [("pdq", "seed"), ("sha256", "seed")]
    listed = words(client.get(f"/banks/entries/{known.pk}/"))
    assert f"Item {item.pk}" in listed
    assert Match.objects.count() == 1


def test_lists_cost_the_same_however_long(house, signed_in, django_assert_max_num_queries):
    made, client = bank(), signed_in("policy")
    for address in ("/banks/", f"/banks/{made.pk}/"):
        client.get(address)
        with django_assert_max_num_queries(12):
            client.get(address)
    load_file(
        actor=person("policy"),
        bank_id=made.pk,
        text="signal,value\n" + "\n".join(f"pdq,{n:064x}" for n in range(60)),
    )
    with django_assert_max_num_queries(12):
        page = client.get(f"/banks/{made.pk}/")
    assert words(page).count("/banks/entries/") == 50
