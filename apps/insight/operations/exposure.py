"""The days of exposure, summed over everybody: written anew from the looks themselves, today and yesterday."""

from datetime import date, timedelta

from django.db import connection, transaction
from django.utils.timezone import localdate

from apps.insight.models import ExposureDay

ONE_AT_A_TIME = 727_002  # advisory lock: two ticks that sum the same day would meet in its unique rows

DAY = """
    INSERT INTO insight_exposureday
        (day, source, rule_code, people, looks, heavy, units, spared, skipped, auto, propagated)
    SELECT %(day)s, source, rule, max(people), sum(looks), sum(heavy), sum(units), sum(spared), sum(skipped),
           sum(auto), sum(propagated)
    FROM (
        SELECT COALESCE(item.source, '') AS source, COALESCE(cs.rule_codes[1], '') AS rule,
               count(DISTINCT entry.user_id) AS people, count(*) AS looks,
               count(*) FILTER (WHERE entry.exposure >= 3) AS heavy, sum(entry.units) AS units,
               COALESCE(sum(entry.units) FILTER (WHERE entry.reported AND entry.seconds_revealed = 0), 0) AS spared,
               count(*) FILTER (WHERE claim.ending = 'skipped') AS skipped, 0 AS auto, 0 AS propagated
        FROM wellbeing_exposureentry entry
        LEFT JOIN queues_claim claim ON claim.id = entry.claim_id
        LEFT JOIN queues_case cs ON cs.id = claim.case_id
        LEFT JOIN intake_item item ON item.id = cs.item_id
        WHERE entry.at >= %(begins)s AND entry.at < %(ends)s GROUP BY 1, 2
        UNION ALL
        SELECT item.source, COALESCE(decision.rule_codes[1], ''), 0, 0, 0, 0, 0, 0,
               count(*) FILTER (WHERE decision.origin = 'auto'),
               count(*) FILTER (WHERE decision.origin = 'hash_propagated')
        FROM decisions_decision decision JOIN intake_item item ON item.id = decision.item_id
        WHERE decision.decided_at >= %(begins)s AND decision.decided_at < %(ends)s
          AND decision.origin <> 'human' AND NOT decision.withdraws
        GROUP BY 1, 2
    ) parts GROUP BY source, rule
"""


def fold_exposure_days(today: date | None = None) -> int:
    """Sum today and yesterday anew; how many cells there are. Days are those of UTC, as the database keeps time."""
    today = today or localdate()
    written = 0
    for day in (today - timedelta(days=1), today):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
            ExposureDay.objects.filter(day=day).delete()
            cursor.execute(DAY, {"day": day, "begins": day, "ends": day + timedelta(days=1)})
            written += cursor.rowcount
    return written
