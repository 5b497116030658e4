import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.keys import issue
from apps.appeals.errors import AppealSuperseded, HeardAlready, NotConcerned, NothingToAppeal
from apps.appeals.models import Appeal, AppealFile
from apps.appeals.operations import lodge
from apps.appeals.queries import appeals_of, window
from apps.decisions.models import Decision
from apps.decisions.operations import decide
from apps.ledger.models import Event
from apps.queues.models import Barred, Case
from apps.queues.operations import claim_case
from apps.wellbeing.operations import start_shift
from tests import make
from tests.appeals.conftest import FINE, decided, hear, link, picture


@pytest.fixture
def key(db):
    return issue(name="platform", scopes=["appeal"])


def post(client, key, **body):
    return client.post(
        "/api/v1/appeals",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )


def test_the_platform_appeals_for_the_author_and_a_case_of_its_own_opens(client, key, scam, moderator):
    answer = post(client, key, decision_id=scam.pk, by="author", statement="It was a joke.")
    assert answer.status_code == 202
    appeal = Appeal.objects.get()
    assert answer.json() == {"appeal_id": appeal.pk}
    assert (appeal.decision, appeal.by, appeal.state) == (scam, "author", "open")
    assert appeal.words.statement == "It was a joke."
    case = appeal.case
    assert (case.purpose, case.state, case.queue.slug) == ("appeal", "waiting", "appeals")
    assert timedelta(days=13) < case.due_at - now() <= timedelta(days=14)
    assert Barred.objects.filter(case=case, user=moderator, why="decided").exists()
    assert Event.objects.get(kind="appeal.lodged").data == {
        "appeal": appeal.pk,
        "decision": scam.pk,
        "by": "author",
    }
    assert appeals_of([scam.pk])[scam.pk].state == "open"


def test_many_appeals_of_a_decision_join_one_case(scam):
    make.report(scam.item, by="rolf", received_at=scam.decided_at - timedelta(hours=1))
    lodge(decision_id=scam.pk, by="author", statement="A joke.")
    lodge(decision_id=scam.pk, by="reporter", reporter="rita", statement="Too little.")
    lodge(decision_id=scam.pk, by="reporter", reporter="rolf", statement="Too little.")
    lodge(decision_id=scam.pk, by="reporter", statement="Through the link.")
    assert Appeal.objects.count() == 4
    assert Case.objects.filter(purpose="appeal").count() == 1


def test_a_second_appeal_of_the_same_party_is_refused_and_changes_nothing(client, key, scam):
    assert post(client, key, decision_id=scam.pk, by="author", statement="A joke.").status_code == 202
    seen = Event.objects.count()
    again = post(client, key, decision_id=scam.pk, by="author", statement="Really!")
    assert (again.status_code, again.json()["code"]) == (409, "appealed_already")
    assert (Appeal.objects.count(), Event.objects.count()) == (1, seen)
    one = Appeal.objects.get()
    with pytest.raises(IntegrityError, match="appeal_once_per_party"), transaction.atomic():
        Appeal.objects.create(
            decision=scam, item=scam.item, case=one.case, by="author", party="author",
            lodged_at=one.lodged_at, window_ends_at=one.window_ends_at,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"statement": " "}, 422, "appeal_invalid"),
        ({"statement": "x" * 6000}, 422, "invalid"),
        ({"by": "state"}, 422, "invalid"),
        ({"colour": "red"}, 422, "invalid"),
        ({"decision_id": 10**12}, 404, "not_found"),
        ({"by": "reporter", "reporter": {"external_id": "stranger"}}, 409, "not_concerned"),
        ({"uploads": [4711]}, 422, "invalid"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_kept(client, key, scam, body, status, code):
    whole = {"decision_id": scam.pk, "by": "author", "statement": "A joke.", **body}
    answer = post(client, key, **whole)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Appeal.objects.exists()
    assert not Case.objects.filter(purpose="appeal").exists()


def test_after_the_window_nobody_can_appeal(client, key, scam):
    with time_machine.travel(scam.decided_at + window() + timedelta(minutes=1)):
        answer = post(client, key, decision_id=scam.pk, by="author", statement="A joke.")
        page = client.get(link(scam))
    assert (answer.status_code, answer.json()["code"]) == (409, "appeal_too_late")
    assert page.status_code == 409
    assert "has passed" in page.content.decode()
    assert "<form" not in page.content.decode()
    lodge(decision_id=scam.pk, by="author", statement="A joke.")
    one = Appeal.objects.get()
    with pytest.raises(IntegrityError, match="appeal_is_lodged_in_time"), transaction.atomic():
        Appeal.objects.create(
            decision=scam, item=scam.item, case=one.case, by="reporter", party="x",
            lodged_at=one.window_ends_at + timedelta(seconds=1), window_ends_at=one.window_ends_at,
        )  # fmt: skip


def test_the_window_is_the_organisations(scam, settings):
    settings.APPEAL_WINDOW_DAYS = 400
    with time_machine.travel(scam.decided_at + timedelta(days=300)):
        assert lodge(decision_id=scam.pk, by="author", statement="A joke.").state == "open"


def test_a_superseded_decision_names_the_newer_one_as_the_one_to_appeal(scam, senior):
    again = make.case(queue="fraud", item=scam.item, purpose="re_review")
    with time_machine.travel(now() - timedelta(seconds=30), tick=True):
        start_shift(actor=senior)
        claim = claim_case(actor=senior, holder=senior, case_id=again.pk)
        decide(actor=senior, claim_id=claim.claim_id, verdict=FINE)
    with pytest.raises(AppealSuperseded) as refusal:
        lodge(decision_id=scam.pk, by="author", statement="A joke.")
    assert "newer one took its place" in refusal.value.sentence
    assert not Appeal.objects.exists()


def test_only_who_is_concerned_can_appeal(house, moderator):
    fine = decided(by=moderator, verdict=FINE, reported=False)
    with pytest.raises(NothingToAppeal):
        lodge(decision_id=fine.pk, by="author", statement="Thank you?")
    with pytest.raises(NotConcerned):
        lodge(decision_id=fine.pk, by="reporter", statement="It is bad.")
    assert not Appeal.objects.exists()


def test_a_forged_link_opens_nothing(client, scam):
    good = link(scam)
    forged = good[:-4] + ("aaa/" if good[-4:-1] != "aaa" else "bbb/")
    for path in (forged, "/appeal/en/1-1-a/", good.replace("-a~", "-r~")):
        page = client.get(path)
        assert page.status_code == 404
        assert "not one of ours" in page.content.decode()
        assert client.post(path, {"statement": "Let me in."}).status_code == 404
    assert not Appeal.objects.exists()


def test_the_author_appeals_through_the_link_without_an_account_and_with_a_picture(client, scam):
    path = link(scam)
    page = client.get(path)
    text = page.content.decode()
    assert page.status_code == 200
    assert "AU-4" in text
    assert "/community-guidelines/en/versions/1.1.0/rules/AU-4/" in text
    assert "A post somebody reported" not in text
    sent = client.post(path, {"statement": "នេះជារឿងកំប្លែង។", "files": [picture()]})
    assert (sent.status_code, sent.url) == (302, f"{path}?sent")
    assert "We have your appeal" in client.get(path).content.decode()
    assert Appeal.objects.get().words.statement == "នេះជារឿងកំប្លែង។"
    file = AppealFile.objects.get()
    assert (file.mime, file.width, file.height) == ("image/png", 40, 30)
    assert file.veil.startswith("data:image/webp")
    assert client.post(path, {"statement": "Again!"}).status_code == 302
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize(
    "files",
    [
        [
            SimpleUploadedFile(
                "x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml"
            )
        ],
        [SimpleUploadedFile("x.png", b"not a picture", content_type="image/png")],
        [SimpleUploadedFile("x.pdf", b"%PDF-1.7 " + b"0" * 10_000_001, content_type="application/pdf")],
        [picture(f"{n}.png") for n in range(4)],
    ],
    ids=["svg", "a lie", "too large", "too many"],
)
def test_a_file_that_cannot_be_taken_keeps_what_was_written(client, scam, files):
    answer = client.post(link(scam), {"statement": "See for yourself.", "files": files})
    assert answer.status_code in (413, 422)
    text = answer.content.decode()
    assert "could not be taken" in text
    assert "See for yourself." in text
    assert not Appeal.objects.exists()


def test_a_pdf_of_many_pages_is_kept_as_it_is_and_never_opened(client, scam):
    pages = b"%PDF-1.4\n" + b"<< /Type /Page >>\n" * 200
    sent = SimpleUploadedFile("order.pdf", pages, content_type="application/pdf")
    assert client.post(link(scam), {"statement": "See.", "files": [sent]}).status_code == 302
    file = AppealFile.objects.get()
    assert (file.mime, file.size, file.veil) == ("application/pdf", len(pages), "")


def test_one_link_takes_only_so_much_in_an_hour(client, scam):
    path = link(scam, "reporter")
    answers = [client.post(path, {"statement": f"Look again, {n}."}).status_code for n in range(7)]
    assert answers == [302] * 6 + [429]
    assert Appeal.objects.count() == 6


@pytest.mark.parametrize(("language", "words"), [("km", "ផ្ញើការប្តឹងជំទាស់"), ("vi", "Gửi khiếu nại")])
def test_the_page_speaks_the_readers_language(client, house, moderator2, language, words):
    decision = decided(by=moderator2, language=language)
    path = link(decision)
    assert path.startswith(f"/appeal/{language}/")
    text = client.get(path).content.decode()
    assert words in text
    assert f'<html lang="{language}">' in text
    assert "Send the appeal" not in text


def test_whoever_was_heard_is_not_heard_again_but_the_other_side_is(scam, senior, policy):
    lodge(decision_id=scam.pk, by="author", statement="A joke.")
    second = hear(senior, FINE)
    with pytest.raises(NothingToAppeal):
        lodge(decision_id=second.pk, by="author", statement="More!")
    third = lodge(decision_id=second.pk, by="reporter", reporter="rita", statement="It is a scam.")
    assert third.case_id != Appeal.objects.get(decision=scam).case_id
    assert set(Barred.objects.filter(case=third.case).values_list("user__username", flat=True)) == {
        "moderator",
        "senior",
    }
    assert Decision.objects.filter(purpose="appeal").count() == 1


def test_the_side_that_appealed_cannot_appeal_what_came_of_it(scam, senior):
    lodge(decision_id=scam.pk, by="reporter", reporter="rita", statement="Too little.")
    upheld = hear(senior, None)
    with pytest.raises(HeardAlready):
        lodge(decision_id=upheld.pk, by="reporter", reporter="rita", statement="Still too little.")
    assert lodge(decision_id=upheld.pk, by="author", statement="A joke.").state == "open"
