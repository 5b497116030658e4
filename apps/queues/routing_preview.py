"""Where the cases of the last seven days would have gone under another routing: the dry run.

Both routings are asked about what is known of each case today (views and reports may have grown since it was
routed), so that the difference is the change's alone. Rows are read newest first in short reads by key:
no snapshot stays open, however many cases there are.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import connection
from django.utils.timezone import now

from apps.guidelines.queries import Edition, in_force
from apps.queues.models import Queue, RoutingRule
from apps.queues.queries import Said, said_by
from apps.queues.routing import Traits, asks_for_content, first_match
from apps.queues.routing_words import ROUTED

NOTHING = Said()
DAYS = 7
CASES_AT_MOST = 50_000
ROWS_A_READ = 2_000
SECONDS_A_ROUND = 0.7  # one answer; what is left is counted in the next
SAMPLES = 5
TALLY_LASTS = timedelta(hours=1)

# LIMIT 1 keeps the joins at one index probe a row: a read of two thousand must not look through all items or reports.
READ = """
SELECT cs.id, cs.opened_at, cs.purpose, cs.rule_codes, item.language, item.country, item.kind, cs.detection_source,
       cs.severity, item.views, item.views_per_hour, author.followers, COALESCE(author.public_figure, false),
       item.minors, notice.trusted IS NOT NULL, author.source || ':' || author.external_id, item.id
FROM (SELECT * FROM queues_case WHERE id < %s ORDER BY id DESC LIMIT %s) cs
JOIN LATERAL (SELECT * FROM intake_item WHERE id = cs.item_id LIMIT 1) item ON true
LEFT JOIN LATERAL (SELECT * FROM intake_author WHERE id = item.author_id LIMIT 1) author ON true
LEFT JOIN LATERAL (SELECT true AS trusted FROM intake_report report
                   WHERE report.item_id = item.id AND report.trusted LIMIT 1) notice ON true
ORDER BY cs.id DESC
"""


@dataclass
class Tally:
    """A count under way. `moves` by (from, to) queue ids; `below`: the id under which to read on."""

    seen: int = 0
    moves: Counter[tuple[int, int]] = field(default_factory=Counter)
    samples: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    before: Counter[int] = field(default_factory=Counter)
    after: Counter[int] = field(default_factory=Counter)
    below: int = 2**62
    read: int = 0
    done: bool = False

    @property
    def capped(self) -> bool:
        """There are more cases in these days than are looked at."""
        return self.done and self.read >= CASES_AT_MOST

    @property
    def moved(self) -> int:
        return sum(self.moves.values())

    def pack(self, about: str) -> str:
        """The count as text for a form field, sealed together with the change it is about."""
        pairs = [[*pair, count, self.samples[pair]] for pair, count in self.moves.items()]
        state = [
            self.seen,
            pairs,
            [*self.before.items()],
            [*self.after.items()],
            self.below,
            self.read,
            self.done,
        ]
        return signing.dumps(state, salt=_salt(about), compress=True)

    @classmethod
    def unpack(cls, text: str, about: str) -> "Tally":
        """The count again; a fresh one when the text is not of this change, damaged or old."""
        try:
            state = signing.loads(text, salt=_salt(about), max_age=TALLY_LASTS)
        except signing.BadSignature:
            return cls()
        seen, pairs, before, after, below, read, done = state
        return cls(
            seen,
            Counter({(source, target): count for source, target, count, _ in pairs}),
            {(source, target): ids for source, target, _, ids in pairs},
            Counter(dict(before)),
            Counter(dict(after)),
            below,
            read,
            done,
        )


def _salt(about: str) -> str:
    return f"routing dry run of {about}"


def count_on(
    tally: Tally,
    *,
    before: Sequence[RoutingRule],
    after: Sequence[RoutingRule],
    seconds: float = SECONDS_A_ROUND,
    at: datetime | None = None,
) -> Tally:
    """Count until all is seen or the time is up; the same tally, further on."""
    started = time.monotonic()
    edition, default = in_force(), Queue.objects.values_list("id", flat=True).get(is_default=True)
    since = (at or now()) - timedelta(days=DAYS)
    old, new = _asked(before), _asked(after)
    while not tally.done:
        rows = _rows(tally.below, min(ROWS_A_READ, CASES_AT_MOST - tally.read))
        tally.read += len(rows)
        recent = [row for row in rows if row[1] >= since]
        said = said_by([row[-1] for row in recent]) if recent and asks_for_content([*old, *new]) else {}
        for row in recent:
            if row[2] in ROUTED:
                _count(tally, row[0], _traits(row, edition, said), old, new, default)
        # Ids follow the opening time closely, not exactly: one read without a recent case is the end of the days.
        tally.done = not recent or tally.read >= CASES_AT_MOST
        tally.below = rows[-1][0] if rows else 0
        if time.monotonic() - started > seconds:
            break
    return tally


def _asked(rules: Sequence[RoutingRule]) -> list[RoutingRule]:
    return [rule for rule in rules if rule.active and rule.queue.active]


def _count(
    tally: Tally, case: int, traits: Traits, old: list[RoutingRule], new: list[RoutingRule], default: int
) -> None:
    source, target = (
        match.queue_id if (match := first_match(rules, traits)) else default for rules in (old, new)
    )
    tally.seen += 1
    tally.before[source] += 1
    tally.after[target] += 1
    if source != target:
        tally.moves[source, target] += 1
        samples = tally.samples.setdefault((source, target), [])
        if len(samples) < SAMPLES:
            samples.append(case)


def _rows(below: int, limit: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [below, limit])
        return cursor.fetchall()


def _traits(row: tuple[Any, ...], edition: Edition, said: dict[int, Said]) -> Traits:
    (
        _, _, purpose, codes, language, country, kind, source, severity, views, views_per_hour, followers,
        public_figure, minors, trusted, author, item,
    ) = row  # fmt: skip
    rules = [edition.rules[code] for code in codes if code in edition.rules]
    return Traits(
        purpose=purpose,
        rules=tuple(rule.code for rule in rules),
        policies=tuple(sorted({rule.policy_code for rule in rules})),
        language=language,
        country=country,
        kind=kind,
        detected_by=source,
        severity=severity,
        views=views,
        views_per_hour=views_per_hour,
        followers=followers,
        public_figure=public_figure,
        minors=minors,
        trusted=trusted,
        author=author or "",
        said=said.get(item, NOTHING).text,
        files=said.get(item, NOTHING).files,
    )
