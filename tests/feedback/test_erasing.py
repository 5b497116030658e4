"""What was erased is in no later export, and every holder of an earlier one is told."""

import json
import threading
from datetime import timedelta

import time_machine
from django.db import connection
from django.utils.timezone import now

from apps.decisions.models import DecisionWords
from apps.feedback.models import Label, PendingLabel
from apps.feedback.operations import forget_erased
from apps.feedback.operations.exporting import export
from apps.intake.models import ItemContent
from apps.ledger.models import Event
from tests import make
from tests.feedback.conftest import read_jsonl
from tests.feedback.test_labels import heard_of


def test_content_that_is_erased_becomes_a_tombstone_and_leaves_the_export(decided, tmp_path):
    gone, words_gone, other = decided(), decided(), decided()
    older = decided(item=make.item(revision=2), item_revision=1)
    ItemContent.objects.create(item=older.item, revision=1, text="Before.")
    heard_of(gone, words_gone, other, older)
    ItemContent.objects.filter(item=gone.item).update(text="", context=[], erased_at=now())
    ItemContent.objects.filter(item=older.item, revision=2).update(text="", erased_at=now())
    DecisionWords.objects.filter(decision=words_gone).update(evidence={}, erased_at=now())
    assert forget_erased() == 2
    with time_machine.travel(now() + timedelta(minutes=2)):
        export(tmp_path, formats=["jsonl"], actor=None)
    assert {row["decision_id"] for row in read_jsonl(tmp_path)} == {other.pk, older.pk}
    stones = [json.loads(line) for line in (tmp_path / "tombstones.jsonl").read_text().splitlines()]
    assert [(one["decision_id"], one["because"]) for one in stones] == [
        (gone.pk, "erased"),
        (words_gone.pk, "erased"),
    ]
    assert set(PendingLabel.objects.values_list("pk", flat=True)) == {other.pk, older.pk}
    [event] = Event.objects.filter(kind="feedback.labels_removed")
    assert event.data["decisions"] == [gone.pk, words_gone.pk]


def test_nothing_erased_changes_nothing_and_what_is_out_stays_out(decided):
    gone = decided()
    decided(origin="auto", by=None, case=gone.case)  # never exported: nobody holds it
    assert forget_erased() == 0
    ItemContent.objects.filter(item=gone.item).update(text="", erased_at=now())
    assert [forget_erased(), forget_erased()] == [1, 0]
    assert list(Label.objects.values_list("decision_id", "state", "because")) == [
        (gone.pk, "removed", "erased")
    ]


def test_two_who_look_at_once_remove_a_label_once(transactional_db, moderator):
    make.house()
    from apps.decisions.models import Decision
    from apps.guidelines.queries import in_force

    made = []
    for _ in range(3):
        case = make.case(item=make.item(), queue="fraud")
        made.append(
            Decision.objects.create(
                case=case, item=case.item, item_revision=1, decider=moderator, guideline_version_id=in_force().id,
                outcome="no_violation", purpose="review", evidence_sha256="0" * 64, decided_at=now(),
            )
        )  # fmt: skip
    ItemContent.objects.update(text="", erased_at=now())
    gate, removed = threading.Barrier(4), []

    def look():
        gate.wait()
        removed.append(forget_erased())
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(removed) == [0, 0, 0, 3]
    assert Label.objects.count() == 3
