"""What authors wrote is forgotten once nobody needs it; that a measure was contested, and what came of it, stays."""

from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from apps.authority.models import Contest, ContestFile, ContestWords

KEPT_FOR = timedelta(days=365)  # after the end, as with appeals: so that a court may still ask
AT_ONCE = 200


@transaction.atomic
def forget_words() -> int:
    """Erase statements and the record of files of contests that ended a year ago; how many. Open ones are left."""
    over = Contest.objects.exclude(state=Contest.State.OPEN).filter(decided_at__lte=now() - KEPT_FOR)
    old = ContestWords.objects.filter(erased_at=None, contest__in=over).order_by("contest_id")
    ids = list(old.values_list("contest_id", flat=True)[:AT_ONCE])
    ContestFile.objects.filter(contest__in=ids).delete()
    return ContestWords.objects.filter(contest__in=ids, erased_at=None).update(statement="", erased_at=now())
