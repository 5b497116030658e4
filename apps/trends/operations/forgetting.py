"""Words that nobody but an erased item bore are not counted any more: a rare word may tell what it said."""

from datetime import UTC
from typing import Any

from django.db import connection

from apps.decisions.models import Decision
from apps.intake.models import Item, ItemContent, Report
from apps.trends.models import Kind, Stream
from apps.trends.signs import signs_of_text

# Whoever counts one of these up at this moment bears it too: it is not this item's alone.
FORGET = """
    WITH alone AS (
        SELECT known.id FROM {table} known
        JOIN unnest(%(kinds)s::text[], %(keys)s::text[]) AS said (kind, key) ON said.kind = known.kind AND said.key = known.key
        WHERE known.stream = ANY(%(streams)s) AND known.language = %(language)s
          AND known.{when} = ANY(%(times)s::int[]) AND known.n <= 1
        FOR UPDATE OF known SKIP LOCKED
    )
    DELETE FROM {table} gone USING alone WHERE gone.id = alone.id
"""
WORDS = (Kind.TERM, Kind.HASHTAG, Kind.LINK)


def forget_words(item: Item) -> int:
    """Take out of the counts the words, hashtags and hosts that were counted for this item alone; how many counts went.

    Called before its texts are emptied, in the same transaction, under the item's lock. Shared words stay, without anything
    that says whose they are.
    """
    texts = ItemContent.objects.filter(item=item, erased_at=None).values_list("text", flat=True)
    signs = {sign for text in texts for sign in signs_of_text(text, item.language) if sign[0] in WORDS}
    counted = [
        *Report.objects.filter(item=item).order_by("id").values_list("received_at", flat=True)[:1],
        *Decision.objects.filter(item=item).values_list("decided_at", flat=True),
    ]
    if not signs or not counted:
        return 0
    hours = {int(at.astimezone(UTC).timestamp()) // 3600 for at in counted}
    kinds, keys = zip(*sorted(signs), strict=True)
    asked: dict[str, Any] = {
        "kinds": list(kinds), "keys": list(keys), "streams": list(Stream.values), "language": item.language,
    }  # fmt: skip
    gone = 0
    with connection.cursor() as cursor:
        for table, when, times in (
            ("trends_signhour", "hour", hours),
            ("trends_signday", "day", {hour // 24 for hour in hours}),
        ):
            cursor.execute(FORGET.format(table=table, when=when), {**asked, "times": sorted(times)})
            gone += cursor.rowcount
    return gone
