"""What was written in an appeal is forgotten a year after it was decided; what waits is left alone."""

import os
import time
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils.timezone import now

from apps.appeals.models import Appeal, AppealFile, AppealWords
from apps.appeals.operations import forget_words
from reviewqueue.forgetting import let_go
from tests.appeals.conftest import FINE, hear, link, picture
from tests.conftest import person


def appeal(decision):
    answer = Client().post(link(decision), {"statement": "It is a joke of mine.", "files": [picture()]})
    assert answer.status_code == 302
    return Appeal.objects.get()


def test_a_year_after_it_was_decided_words_and_files_are_gone_and_the_outcome_stays(scam):
    lodged = appeal(scam)
    hear(person("senior"), FINE)
    with time_machine.travel(now() + timedelta(days=364), tick=True):
        assert forget_words() == 0
        assert AppealWords.objects.get().statement == "It is a joke of mine."
    with time_machine.travel(now() + timedelta(days=366), tick=True):
        assert (forget_words(), forget_words()) == (1, 0)
    words = AppealWords.objects.get()
    assert (words.statement, words.erased_at is not None, AppealFile.objects.count()) == ("", True, 0)
    lodged.refresh_from_db()
    assert (lodged.state, lodged.outcome) == ("decided", "overturned")


def test_what_still_waits_is_kept_however_old(scam):
    appeal(scam)
    with time_machine.travel(now() + timedelta(days=900), tick=True):
        assert forget_words() == 0
    assert AppealWords.objects.get().statement == "It is a joke of mine."
    assert AppealFile.objects.count() == 1


def test_its_evidence_leaves_the_disk_when_it_is_forgotten_and_not_before(scam, settings, tmp_path):
    settings.MEDIA_ROOT = shelf = tmp_path / "media"

    def lying():
        """What lies there, as if put down two hours ago."""
        found = [path for path in shelf.rglob("*") if path.is_file()]
        for path in found:
            os.utime(path, (time.time() - 7200,) * 2)
        return len(found)

    appeal(scam)
    hear(person("senior"), FINE)
    kept = lying()
    assert kept > 0
    assert (forget_words(), let_go(), lying()) == (0, 0, kept)
    with time_machine.travel(now() + timedelta(days=366)):
        assert forget_words() == 1
    assert (let_go(), lying()) == (kept, 0)
