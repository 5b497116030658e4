"""Adding misses to their days, and taking them away."""

from collections import defaultdict
from datetime import date

from django.db import connection
from django.utils.timezone import localdate

from apps.misses.models import Miss

ADD = """
    INSERT INTO misses_missday AS known (day, cause, rule_code, n, confirmed, views, views_known)
    SELECT * FROM unnest(%s::date[], %s::varchar[], %s::varchar[], %s::int[], %s::int[], %s::bigint[], %s::int[])
    ON CONFLICT (day, cause, rule_code) DO UPDATE SET n = known.n + excluded.n, confirmed = known.confirmed + excluded.confirmed,
        views = known.views + excluded.views, views_known = known.views_known + excluded.views_known
"""


class Days:
    """Amounts gathered first and written in one statement, in one order."""

    def __init__(self) -> None:
        self.amounts: dict[tuple[date, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def count(self, miss: Miss, sign: int) -> None:
        """Add a miss as it is now (1), or take it away (-1). A dropped one counts nowhere."""
        if miss.dropped_at is not None:
            return
        for rule in ("", *dict.fromkeys(miss.rule_codes)):
            row = self.amounts[localdate(miss.found_at), miss.stands_as, rule]
            amounts = (1, int(bool(miss.cause)), miss.views or 0, int(miss.views is not None))
            for place, amount in enumerate(amounts):
                row[place] += sign * amount

    def write(self) -> None:
        rows = sorted((*key, *row) for key, row in self.amounts.items() if any(row))
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])
        self.amounts.clear()
