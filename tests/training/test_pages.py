"""From a pair that is mixed up to a certificate, through the pages people use."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.ledger.models import Event
from apps.queues.models import Queue
from apps.training.models import Assignment, Certificate, Module
from tests import make
from tests.conftest import person
from tests.quality.conftest import newcomer
from tests.training.conftest import AU4, NONE, module, pairs

pytestmark = pytest.mark.django_db


def page(client, at: str, status: int = 200) -> str:
    answer = client.get(at)
    assert answer.status_code == status
    return answer.content.decode()


CASE = {
    "text": "Somebody promises a fortune for a small fee.", "exposure": "0", "outcome": "violates", "rules": "AU-4",
    "about_rule": "AU-4", "explanation": "The rule speaks of promised gains.", "names_nobody": "1",
}  # fmt: skip


def test_a_module_is_made_given_and_worked_through(floor, signed_in):
    pairs(1, NONE, AU4, AU4)
    senior, supervisor, hers = signed_in("senior"), signed_in("supervisor"), signed_in("moderator")
    refused = senior.post("/training/modules/", {"kind": "targeted", "title": "Scams", "chosen": "none"})
    assert refused.status_code == 422
    assert 'value="Scams"' in refused.content.decode()
    asked = {
        "kind": "targeted",
        "title": "Scams",
        "chosen": "none",
        "instead_of": "AU-4",
        "pass_percent": "100",
    }
    at = senior.post("/training/modules/", asked).url
    made = Module.objects.get()
    words = page(senior, at)
    assert "Settled cases that fit" in words
    assert "[email]" in words
    assert "The offer is a bait." in words
    refused = senior.post(f"{at}cases/", CASE | {"text": "Write to me@example.org now."})
    assert refused.status_code == 422
    assert "It still holds a web or e-mail address" in refused.content.decode()
    for number in range(3):
        assert (
            senior.post(f"{at}cases/", CASE | {"text": f"A fortune for a fee, {number}."}).status_code == 302
        )
    assert signed_in("supervisor").get(at).status_code == 404
    assert senior.post(f"{at}publish/").status_code == 302
    assert "A fortune for a fee, 1." in page(supervisor, at)
    assert supervisor.post(f"{at}publish/").status_code == 403

    given = supervisor.post(f"{at}give/", {"person": str(person("moderator").pk)})
    assert given.status_code == 302
    mine = Assignment.objects.get()
    doing = f"/training/doing/{mine.pk}/"
    assert f'href="{doing}"' in page(hers, "/training/")
    assert signed_in("moderator2").get(doing).status_code == 404
    words = page(hers, doing)
    assert "<rq-veil veiled" in words
    assert "The rule speaks of promised gains." not in words
    refused = hers.post(doing, {"position": "1", "rules": ["AU-4", "AU-5"]})
    assert refused.status_code == 422
    assert re.findall(r'name="rules" value="([^"]+)" checked', refused.content.decode()) == ["AU-4", "AU-5"]
    for outcome in ("violates", "no_violation", "violates"):
        position = re.search(r'name="position" value="(\d+)"', page(hers, doing))[1]
        told = hers.post(doing, {"position": position, "outcome": outcome, "rules": ["AU-4"]})
        words = page(hers, told.url)
        assert "The rule speaks of promised gains." in words
        assert ("As explained" if outcome == "violates" else "Read otherwise") in words
    assert hers.post(doing, {"position": "1", "outcome": "unsure"}).status_code == 409
    assert "2 of 3 as explained" in page(hers, doing)
    assert "Finished" in page(hers, "/training/")
    assert senior.post(f"{at}retire/", {"because": " "}).status_code == 422
    assert senior.post(f"{at}retire/", {"because": "A better one is in use."}).status_code == 302
    made.refresh_from_db()
    assert made.state == "retired"
    assert hers.post(f"/training/modules/{made.pk}/take/").url == "/training/"
    assert Assignment.objects.count() == 1


def test_a_newcomer_reads_practises_passes_and_is_certified(floor, signed_in):
    Queue.objects.filter(slug="fraud").update(skill="fraud")
    practice = module("practice", queue="fraud")
    exam = module("certification", queue="fraud")
    hers, senior = signed_in("moderator"), signed_in("senior")
    words = page(hers, "/training/")
    assert "The way to “Fraud, spam and fake accounts”" in words
    assert f'action="/training/modules/{practice.pk}/take/"' in words
    assert f'action="/training/modules/{exam.pk}/take/"' not in words
    hers.post("/training/read/")
    for one in (practice, exam):
        doing = hers.post(f"/training/modules/{one.pk}/take/").url
        for position, (outcome, codes) in enumerate((AU4, NONE, AU4), start=1):
            hers.get(doing)
            hers.post(doing, {"position": position, "outcome": outcome, "rules": codes})
    assert "A senior moderator or supervisor can give you the certificate now." in page(hers, doing)
    assert "Passed, waits for a certificate" in page(senior, "/training/people/")
    at = f"/training/people/{floor.pk}/"
    assert signed_in("policy").get(at).status_code == 403
    assert senior.post(f"{at}certify/", {"queue": "hate"}).status_code == 409
    assert senior.post(f"{at}certify/", {"queue": "fraud"}).status_code == 302
    assert "Certified" in page(hers, "/training/")
    certificate = Certificate.objects.get()
    end = f"/training/certificates/{certificate.pk}/end/"
    assert senior.post(end, {"because": "no"}).status_code == 422
    assert senior.post(end, {"because": "The rule changed a lot; take it again."}).status_code == 302
    words = page(hers, "/training/")
    assert "The rule changed a lot; take it again." in words
    assert "A case you held then was yours to finish." in words
    senior_id = person("senior").pk
    assert senior.post(f"{at}senior/", {"senior": str(floor.pk)}).status_code == 422
    assert senior.post(f"{at}senior/", {"senior": str(senior_id)}).status_code == 302
    assert f"/training/figures/{floor.pk}/" in page(senior, at)
    assert f"/training/figures/{floor.pk}/" not in page(signed_in("supervisor"), at)
    assert Event.objects.filter(kind="person.accompanied", actor_id=senior_id).count() == 1


def test_lists_cost_the_same_for_few_and_for_many(floor, signed_in):
    senior = signed_in("senior")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(senior, "/training/modules/")
            page(senior, "/training/people/")
        return len(queries)

    module()
    asked()  # what is remembered afterwards is asked for now
    few = asked()
    for number in range(3):
        module()
        newcomer(f"more-{number}", "moderator")
    assert asked() == few


@pytest.mark.parametrize("address", ["/training/calibrations/", "/training/modules/"])
def test_a_language_is_chosen_by_its_name_from_those_people_here_read(signed_in, moderator, address):
    make.house()
    User.objects.filter(pk=moderator.pk).update(languages=["vi", "km"])
    page = signed_in("policy").get(address).content.decode()
    assert '<option value="">Any</option>' in page
    assert '<option value="km">Khmer</option>' in page
    assert '<option value="vi">Vietnamese</option>' in page
    assert 'value="fr"' not in page
