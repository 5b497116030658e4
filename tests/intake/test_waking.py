import pytest
import redis
from django.db import transaction

from apps.intake import handlers, jobs
from apps.intake.lines import ItemLine
from apps.intake.operations import receive
from apps.ledger.models import Event

PICTURE = [{"url": "https://files.example/a.png", "mime": "image/png"}]


@pytest.fixture
def woken(monkeypatch):
    calls = []
    monkeypatch.setattr(jobs.prepare_media, "delay", lambda: calls.append("woken"))
    return calls


def send(media):
    item = {"source": "demo", "external_id": "p1", "kind": "image", "media": media}
    receive([ItemLine(item=item)], key=None)
    return list(Event.objects.filter(kind__in=["item.received", "item.changed"]).order_by("id"))


@pytest.mark.parametrize(("media", "expected"), [(PICTURE, ["woken"]), ([], [])])
def test_a_worker_is_woken_once_committed_when_there_are_media(
    db, woken, django_capture_on_commit_callbacks, media, expected
):
    with django_capture_on_commit_callbacks(execute=True):
        handlers.prepare(send(media))
        assert woken == []
    assert woken == expected


def test_without_redis_nothing_fails_and_the_tick_takes_over(
    db, monkeypatch, django_capture_on_commit_callbacks
):
    def away():
        raise redis.ConnectionError("refused")

    monkeypatch.setattr(jobs.prepare_media, "delay", away)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        handlers.prepare(send(PICTURE))
    asked = []
    monkeypatch.setattr(jobs, "prepare_due", lambda limit, late: asked.append((limit, late)) or 1)
    assert jobs.sweep_media() == 1
    assert asked == [(4, jobs.WORKERS_FIRST)]
