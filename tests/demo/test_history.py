"""The demo's decided history is of days that are over: who signs in has a whole day before her."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.wellbeing.allowed import allowed_now, worked
from apps.wellbeing.models import Shift
from apps.wellbeing.operations import start_shift
from reviewqueue.demo import history
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_days(monkeypatch, settings, tmp_path):
    """A history of two days, few decisions in each."""
    make.house()
    settings.EMBEDDED, settings.VAR_DIR = True, tmp_path
    call_command("demo_people")
    monkeypatch.setattr(history, "DAYS", 2)
    monkeypatch.setattr(history, "A_DAY", 6)
    at = (now() - timedelta(days=1)).replace(hour=22, minute=0)
    list(history.Historian(at).write())
    return at


def test_a_shift_begun_after_it_is_a_whole_day(two_days):
    assert Decision.objects.filter(demo=True).exists()
    assert Shift.objects.count() >= 3
    for person in User.objects.filter(username__in=history.WORKERS):
        shift = start_shift(actor=person)
        assert worked(shift, now()) < timedelta(minutes=1)
        later = shift.started_at + timedelta(minutes=20)
        assert allowed_now(shift, shift.limit_set, later).max_exposure == shift.max_exposure


def test_its_days_begin_with_its_shifts(two_days):
    assert [
        shift.started_at for shift in Shift.objects.all() if shift.day_started_at != shift.started_at
    ] == []
