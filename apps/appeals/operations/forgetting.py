"""What people wrote in an appeal is forgotten once nobody needs it; that there was one, and what came of it, stays."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils.timezone import now

KEPT_FOR = timedelta(
    days=365
)  # after it was decided: a judgement, so that an out-of-court body or a court may still ask
AT_ONCE = 500

FORGET = """
    WITH old AS (
        SELECT words.id, words.appeal_id FROM appeals_appealwords words
        JOIN appeals_appeal appeal ON appeal.id = words.appeal_id
        WHERE words.erased_at IS NULL AND appeal.state = 'decided' AND appeal.decided_at <= %(before)s
        ORDER BY words.appeal_id LIMIT %(most)s FOR UPDATE OF words SKIP LOCKED
    ), files AS (
        DELETE FROM appeals_appealfile WHERE appeal_id IN (SELECT appeal_id FROM old)
    )
    UPDATE appeals_appealwords words SET statement = '', erased_at = %(now)s FROM old WHERE words.id = old.id
"""


@transaction.atomic
def forget_words() -> int:
    """Erase statements and the record of files of appeals decided a year ago; how many appeals. Open ones are left."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"before": at - KEPT_FOR, "most": AT_ONCE, "now": at})
        return cursor.rowcount
