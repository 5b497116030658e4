"""What people wrote is forgotten once it is no longer needed; that there was a notice, and what came of it, stays."""

from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from apps.lawful.models import CounterNotice, LawFile, LawNotice, LawWords

KEPT_FOR = timedelta(days=365)  # after the end: a judgement, so that a court may still ask
AT_ONCE = 200


@transaction.atomic
def forget_words() -> int:
    """Erase words, names and the record of files of notices that ended a year ago and hold nothing; how many notices."""
    before = now() - KEPT_FOR
    over = LawNotice.objects.filter(closed_at__lte=before).exclude(
        measure__isnull=False, measure_ended_at=None
    )
    over = over.exclude(measure_ended_at__gt=before).exclude(counter__state=CounterNotice.State.WAITING)
    ids = list(
        LawWords.objects.filter(erased_at=None, notice__in=over)
        .order_by("notice_id")
        .values_list("notice_id", flat=True)[:AT_ONCE]
    )
    words = LawWords.objects.filter(notice__in=ids, erased_at=None)
    words.update(name="", email="", concerned="", statement="", erased_at=now())
    LawFile.objects.filter(notice__in=ids).delete()
    return len(set(ids))
