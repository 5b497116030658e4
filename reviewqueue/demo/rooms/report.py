"""The public report about the quarter before this one, counted by one person and published by another."""

from django.utils.timezone import localdate

from apps.disclosure.models import NoticesFolded, Period
from apps.disclosure.operations import draft, fold_answers, fold_notices, publish
from apps.disclosure.periods import midnight
from apps.intake.models import Report
from apps.ledger.operations import drain
from reviewqueue.demo.history import last_quarter
from reviewqueue.demo.rooms.stage import Stage

WORDS = (
    "This report is part of the demonstration: the posts, people and offices in it are invented, and so are its "
    "numbers. They are counted from the demonstration’s own decisions in the last days of the quarter, in the way in "
    "which real ones would be."
)


def can_be_counted() -> bool:
    """Whether all reports of that quarter are among the sums: a figure that is too small is not published."""
    drain()
    fold_notices()
    folded = NoticesFolded.objects.values_list("report_id", flat=True).first() or 0
    _, ends = last_quarter(localdate())
    return not Report.objects.filter(received_at__lt=midnight(ends), id__gt=folded).exists()


def fill(stage: Stage) -> None:
    fold_answers()
    begins, ends = last_quarter(localdate())
    policy = stage.person("policy")
    made = draft(actor=policy, kind=Period.Kind.QUARTER, begins=begins, ends=ends, words=WORDS)
    publish(actor=stage.person("policy2"), edition_id=made.pk, seen=made.sha256)
