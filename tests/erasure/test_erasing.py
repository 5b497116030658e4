"""Content goes for good when somebody may ask for it and nobody needs it; what was decided about it stays."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.appeals.operations import lodge
from apps.decisions.models import Decision, DecisionWords
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.erasure.models import Erasure
from apps.erasure.operations import erase
from apps.feedback.operations import forget_erased
from apps.guidelines.queries import in_force
from apps.intake.models import Item, ItemContent, Report
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.training.operations import forget_erased as forget_taught
from apps.wellbeing.operations import start_shift
from reviewqueue.forgetting import forget_media
from tests import make
from tests.appeals.conftest import decided as violation
from tests.conftest import person
from tests.doors.programs import Program, refused

SECRET = "Zanzibar-3141 whispered to a friend"
BODY = {"source": "test", "external_id": "p-1", "because": "person", "reference": "ticket 7"}


@pytest.fixture
def decided(db, moderator):
    """A post that says SECRET, reported in words that repeat it, and decided by a person."""
    make.house()
    item = make.item(text=SECRET, external_id="p-1")
    ItemContent.objects.filter(item=item).update(context=[{"author": "@b", "text": f"re: {SECRET}"}])
    make.report(item, rule="SP-1", comment=f"It says {SECRET}")
    make.case(item=item, queue="fraud")
    start_shift(actor=moderator)
    claimed = claim_next(actor=moderator)
    assert claimed is not None
    decide(
        actor=moderator,
        claim_id=claimed.claim_id,
        verdict=Verdict(outcome="no_violation", rationale=("context_missing",)),
        under=in_force().id,
    )
    return item


@pytest.fixture
def platform(db):
    return Program("erase")


def tables_that_say(words: str) -> list[str]:
    """Every column of every table in which these words stand, whatever its type."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY') "
            "AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" WHERE strpos("{column}"::text, %s) > 0 '
                f'OR strpos("{column}"::text, %s) > 0)',
                [words, words.encode().hex()],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return sorted(found)


def test_what_is_erased_stands_in_no_column_of_any_table(decided, platform):
    drain()
    assert tables_that_say("Zanzibar-3141") == [
        "decisions_decisionwords.evidence",
        "intake_itemcontent.context",
        "intake_itemcontent.text",
        "intake_report.comment",
    ]
    before = Decision.objects.values_list("pk", "outcome", "evidence_sha256", "guideline_version_id").get()
    answer = platform.post("/items/erase", BODY)
    assert answer.status_code == 200
    assert answer.json() == {
        "item_id": decided.pk,
        "revision": 1,
        "erased_at": answer.json()["erased_at"],
    }
    drain()
    forget_erased(), forget_media(), forget_taught()
    assert tables_that_say("Zanzibar-3141") == []
    # What stays: the decision, its rule version, the hashes; the item by its names.
    assert (
        Decision.objects.values_list("pk", "outcome", "evidence_sha256", "guideline_version_id").get()
        == before
    )
    kept = Item.objects.get(pk=decided.pk)
    assert (kept.external_id, kept.content_sha256) == ("p-1", decided.content_sha256)
    erasure = Erasure.objects.get()
    assert (erasure.because, erasure.reference, erasure.asked_by, erasure.revision) == (
        "person",
        "ticket 7",
        None,
        1,
    )
    [event] = Event.objects.filter(kind="content.erased")
    assert event.data == {
        "erasure": erasure.pk, "because": "person", "revision": 1, "key": erasure.key_id, "revisions": 1,
        "media": 0, "evidence": 0, "comments": 1, "decisions": 1,
    }  # fmt: skip
    assert DecisionWords.objects.get().erased_at == erasure.erased_at


def test_asked_again_it_says_the_same_and_nothing_happens(decided, platform):
    first = platform.post("/items/erase", BODY).json()
    assert platform.post("/items/erase", BODY | {"because": "law"}).json() == first
    assert Erasure.objects.count() == Event.objects.filter(kind="content.erased").count() == 1


def test_what_is_sent_again_as_it_was_stays_erased_and_what_is_new_can_be_erased_again(platform):
    sender, item = Program("ingest"), {"source": "test", "external_id": "p-1", "kind": "text"}
    assert sender.put(item | {"text": SECRET}).status_code == 201
    assert platform.post("/items/erase", BODY).json()["revision"] == 1
    assert sender.put(item | {"text": SECRET}).status_code == 200
    assert list(ItemContent.objects.values_list("text", flat=True)) == [""]
    assert sender.put(item | {"text": "Something else."}).status_code == 200
    assert sorted(ItemContent.objects.values_list("text", flat=True)) == ["", "Something else."]
    assert platform.post("/items/erase", BODY).json()["revision"] == 2
    assert set(ItemContent.objects.values_list("text", flat=True)) == {""}
    assert list(Erasure.objects.order_by("pk").values_list("revision", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"external_id": "nobody"}, 404, "not_found"),
        ({"because": "why not"}, 422, "invalid"),
        ({"external_id": ""}, 422, "invalid"),
        ({"reference": "x" * 201}, 422, "invalid"),
        ({"text": "x"}, 422, "invalid"),
    ],
)
def test_what_cannot_be_erased_is_refused_and_nothing_changes(decided, platform, change, status, code):
    refused(platform.post("/items/erase", BODY | change), status, code)
    assert ItemContent.objects.get().text == SECRET
    assert not Erasure.objects.exists()
    assert not Event.objects.filter(kind="content.erased").exists()


def test_a_key_that_only_sends_erases_nothing(decided):
    refused(Program("ingest", "read").post("/items/erase", BODY), 403, "wrong_scope")
    assert ItemContent.objects.get().text == SECRET


@pytest.mark.parametrize("state", ["waiting", "claimed", "preparing"])
def test_an_open_case_is_decided_first(decided, platform, state):
    case = make.case(item=decided, queue="fraud")
    Case.objects.filter(pk=case.pk).update(state=state)
    words, _ = refused(platform.post("/items/erase", BODY), 409, "content_needed")
    assert words == "A case about it is open. It can be erased once the case is decided."
    assert ItemContent.objects.get().text == SECRET
    assert Report.objects.get().comment == f"It says {SECRET}"
    assert not Event.objects.filter(kind="content.erased").exists()


def test_an_appeal_that_is_being_heard_is_decided_first(db, moderator, platform):
    with time_machine.travel(now() - timedelta(hours=1)):
        make.house()
    appealed = violation(by=moderator)
    lodge(decision_id=appealed.pk, by="author", statement="It was a joke.")
    words, _ = refused(
        platform.post("/items/erase", BODY | {"external_id": appealed.item.external_id}),
        409,
        "content_needed",
    )
    assert words == "An appeal about it is being heard. It can be erased once the appeal is decided."
    assert ItemContent.objects.get().text == "A post somebody reported."


@pytest.mark.parametrize("model", [ItemContent, DecisionWords])
def test_the_database_keeps_nothing_that_is_called_erased(decided, model):
    with pytest.raises(IntegrityError, match=r"erased_(content|evidence)_is_empty"), transaction.atomic():
        model.objects.update(erased_at=now())


def test_the_database_believes_no_erasure_that_was_not_done_and_lets_none_be_changed(decided, moderator):
    said = {"item": decided, "revision": 1, "because": "person", "erased_at": now()}
    with pytest.raises(IntegrityError, match="erasure_is_of_what_is_gone"), transaction.atomic():
        Erasure.objects.create(**said, asked_by=moderator)
    ItemContent.objects.update(text="", context=[], erased_at=now())
    for nobody in ({}, {"asked_by": moderator, "key_id": 7}):
        with (
            pytest.raises(IntegrityError, match="erasure_at_the_word_of_a_person_or_a_program"),
            transaction.atomic(),
        ):
            Erasure.objects.create(**said, **nobody)
    with pytest.raises(IntegrityError, match="erasure_says_why"), transaction.atomic():
        Erasure.objects.create(**(said | {"because": "x"}), asked_by=moderator)
    kept = Erasure.objects.create(**said, asked_by=moderator)
    with pytest.raises(Exception, match=r"erasure_is_never_changed|Cannot update"), transaction.atomic():
        Erasure.objects.update(because="law")
    with pytest.raises(IntegrityError, match="erasure_once_per_revision"), transaction.atomic():
        Erasure.objects.create(**said, asked_by=moderator)
    assert list(Erasure.objects.values_list("pk", "because")) == [(kept.pk, "person")]


# The page


def test_an_admin_reads_what_goes_and_what_stays_and_erases_it(decided, signed_in):
    admin = signed_in("admin")
    assert f"/items/{decided.pk}/erase/" in admin.get(f"/items/{decided.pk}/").content.decode()
    page = admin.get(f"/items/{decided.pk}/erase/").content.decode()
    assert "What goes" in page
    assert "What stays" in page
    unsure = admin.post(f"/items/{decided.pk}/erase/", {"because": "law", "reference": "ruling 4"})
    assert unsure.status_code == 422
    assert "Tick this if you mean it. Nothing was erased." in unsure.content.decode()
    assert 'value="ruling 4"' in unsure.content.decode()
    assert ItemContent.objects.get().text == SECRET
    done = admin.post(
        f"/items/{decided.pk}/erase/", {"because": "law", "reference": "ruling 4", "sure": "on"}, follow=True
    )
    assert done.redirect_chain == [(f"/items/{decided.pk}/", 302)]
    told = done.content.decode()
    assert "The content was erased." in told
    assert "Its content was erased on" in told
    assert f"/items/{decided.pk}/erase/" not in told
    erasure = Erasure.objects.get()
    assert (erasure.because, erasure.asked_by, erasure.key_id) == ("law", person("admin"), None)
    again = admin.get(f"/items/{decided.pk}/erase/").content.decode()
    assert "A law or a court asks for it (ruling 4)." in again
    assert "Erase it</button>" not in again


def test_a_page_that_cannot_erase_now_says_why_and_offers_nothing(decided, signed_in):
    make.case(item=decided, queue="fraud")
    admin = signed_in("admin")
    page = admin.get(f"/items/{decided.pk}/erase/")
    assert "A case about it is open." in page.content.decode()
    assert "Erase it</button>" not in page.content.decode()
    late = admin.post(f"/items/{decided.pk}/erase/", {"because": "law", "sure": "on"})
    assert late.status_code == 409
    assert ItemContent.objects.get().text == SECRET


def test_a_supervisor_is_offered_no_erasing(decided, signed_in):
    assert "erase/" not in signed_in("supervisor").get(f"/items/{decided.pk}/").content.decode()


def test_whoever_gets_a_case_about_it_later_is_told_that_nothing_is_left(
    decided, platform, signed_in, moderator
):
    platform.post("/items/erase", BODY)
    make.case(item=decided, queue="fraud")
    desk = signed_in("moderator")
    desk.post("/desk/next", headers={"HX-Request": "true"})
    page = desk.get("/desk/").content.decode()
    assert "Its content was erased on" in page
    assert SECRET not in page


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_two_who_erase_at_once_erase_once(transactional_db):
    make.house()
    item = make.item(text=SECRET)
    start, done = threading.Barrier(4), []

    def go():
        try:
            start.wait()
            done.append(erase(item_id=item.pk, because="person", key_id=1).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(done)) == 1
    assert len(done) == 4
    assert Event.objects.filter(kind="content.erased").count() == 1
