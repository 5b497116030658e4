import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.keys import issue
from apps.intake.models import Report, Reporter
from apps.intake.operations.judging import settle_reports
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.strikes.models import ReporterPause, ReporterWarning
from tests import make
from tests.appeals.conftest import later
from tests.doors.programs import REPORT


def judged(reporter, *, unfounded):
    """So many more of her reports are judged, all unfounded; the last by the ordinary way."""
    Reporter.objects.filter(pk=reporter.pk).update(judged=reporter.judged + unfounded - 1)
    item = make.item()
    make.report(item, by=reporter.external_id)
    settle_reports({item.pk: False})
    drain()
    reporter.refresh_from_db()


@pytest.fixture
def flooder(db):
    return Reporter.objects.create(source="test", external_id="noisy-nell")


def test_a_flood_brings_a_warning_then_a_proposal_and_only_a_person_pauses(flooder, signed_in, client):
    make.house()
    judged(flooder, unfounded=19)
    assert not ReporterWarning.objects.exists()
    judged(flooder, unfounded=1)
    warning = ReporterWarning.objects.get()
    assert (warning.judged, warning.upheld) == (20, 0)
    judged(flooder, unfounded=5)
    assert (ReporterWarning.objects.count(), ReporterPause.objects.count()) == (1, 0)
    judged(flooder, unfounded=5)
    pause = ReporterPause.objects.get()
    judged(flooder, unfounded=1)
    assert ReporterPause.objects.count() == 1
    flooder.refresh_from_db()
    assert (pause.state, flooder.paused_until) == ("proposed", None)
    senior = signed_in("senior")
    page = senior.get("/strikes/reporters/").content.decode()
    assert f"Reporter {flooder.pk}" in page
    assert "noisy-nell" not in page
    senior.post(f"/strikes/reporters/{pause.pk}/", {"decision": "pause", "days": "30", "why": ""})
    pause.refresh_from_db()
    assert pause.state == "proposed"
    senior.post(
        f"/strikes/reporters/{pause.pk}/", {"decision": "pause", "days": "30", "why": "All of them spam."}
    )
    pause.refresh_from_db()
    assert (pause.state, pause.decided_by.username) == ("paused", "senior")
    # Her reports are refused with the day it ends; then they are taken again.
    key = issue(name="platform", scopes=["ingest"])
    body = {**REPORT, "reporter": {"external_id": "noisy-nell"}}
    body["item"] = {**REPORT["item"], "source": "test"}

    def send():
        return client.post(
            "/api/v1/reports", json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip

    before = Report.objects.count()
    refused = send()
    assert refused.status_code == 422
    assert f"{pause.until:%Y-%m-%d}" in refused.json()["errors"][0]["reason"]
    assert Report.objects.count() == before
    with later(days=31):
        assert send().status_code == 202
    kinds = Event.objects.filter(kind__startswith="reporter.").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["reporter.warned", "reporter.pause_proposed", "reporter.paused"]


def test_nobody_is_paused_without_a_warning_a_person_and_an_end(flooder, senior):
    warning = ReporterWarning.objects.create(reporter=flooder, judged=20, upheld=0)
    other = Reporter.objects.create(source="test", external_id="other")
    whole = {"warning": warning, "judged": 30, "upheld": 0, "proposed_at": now() + timedelta(seconds=1)}
    for row, name in (
        ({"reporter": other}, "pause_comes_after_a_warning"),
        ({"reporter": flooder, "state": "paused", "until": now()}, "pause_is_decided_by_a_person"),
        (
            {
                "reporter": flooder,
                "state": "paused",
                "decided_by": senior,
                "decided_at": now(),
                "why": "spam",
            },
            "pause_has_an_end",
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ReporterPause.objects.create(**{**whole, **row})
    assert not ReporterPause.objects.exists()


def test_a_trusted_flagger_and_somebody_who_is_mostly_right_are_left_alone(flooder):
    make.house()
    Reporter.objects.filter(pk=flooder.pk).update(trusted_flagger=True)
    judged(flooder, unfounded=40)
    good = Reporter.objects.create(source="test", external_id="good", judged=30, upheld=10)
    judged(good, unfounded=1)
    assert not ReporterWarning.objects.exists()
