"""A million waiting cases, written straight into the tables: what months of intake would have left behind.

Ids of each table begin at their own ten million, so that a number in a statement says what it names.
"""

import random
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils.timezone import now

from apps.guidelines.queries import in_force
from apps.queues.lanes import lanes_for
from apps.queues.models import Case, Queue
from apps.queues.operations.assessing import UNKNOWN_EXPOSURE, UNKNOWN_SEVERITY
from apps.queues.priority import DUE_AFTER, POINT_IN_SECONDS, SEVERITY_FLOOR
from apps.queues.starter import ROUTES
from apps.wellbeing.exposure import worst_units
from apps.wellbeing.harms import harms_of
from reviewqueue.embedded import postgres
from reviewqueue.embedded.places import places

ITEMS, CASES, REPORTS, FLAGS, CONTENTS, CLAIMS, DECISIONS = (n * 10_000_000 for n in range(1, 8))
DECK = 5_000  # different kinds of case; each is drawn two hundred times for a million
HIGHEST_EXPOSURE = 3  # 4 is for specialists who opted in; it would lie untouched
BACKLOG_HOURS = 72

# A judgement of what a short-video platform with text and live streams is sent; the sums need not be 1.
VOLUME = {
    "fraud": 22, "adult": 14, "hate": 14, "harassment": 14, "everything-else": 10, "integrity": 8, "graphic": 7,
    "threats": 6, "goods": 5, "self-harm": 4, "youth-safety": 4, "legal": 1, "escalations": 0.8, "second-person": 0.2,
}  # fmt: skip
KINDS = {"text": 55, "image": 22, "video": 12, "account": 6, "audio": 3, "live": 2}
LANGUAGES = {"en": 55, "vi": 22, "km": 20, "": 3}
SENTENCES = {
    "en": "You people never learn, and everyone in this group knows where you live and what you did last week. ",
    "km": "អ្នកទាំងអស់គ្នាមិនដែលរៀនសូត្រទេ ហើយគ្រប់គ្នានៅក្នុងក្រុមនេះដឹងពីអ្វីដែលអ្នកបានធ្វើ។ ",
    "vi": "Các người không bao giờ chịu học, và ai trong nhóm này cũng biết các người đã làm gì tuần trước. ",
    "": "lol ok 😂😂 check the link in bio, first ten only!! ",
}
FILLED = """
SELECT string_agg(oid::regclass::text, ', ') FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""


def load(cases: int, *, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Fill an empty, prepared database with `cases` waiting cases; seconds by step."""
    took: dict[str, Any] = {}
    began = time.monotonic()
    deck = _deck()
    with as_owner_of_everything() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE deck (n int PRIMARY KEY, queue_id bigint, lane_id bigint, rule text, "
            "severity int, exposure int, kind text, language text, units int, harms int, body text)"
        )
        for first in range(0, DECK, 1000):
            rows = deck[first : first + 1000]
            cursor.execute(
                "INSERT INTO deck VALUES "
                + ",".join(cursor.mogrify("(%s" + ",%s" * 10 + ")", row).decode() for row in rows)
            )
        cursor.execute("ANALYZE deck")
        for name, statement in _statements(cases):
            since = time.monotonic()
            cursor.execute(statement, _values(cases))
            took[name] = round(time.monotonic() - since, 2)
            say(f"  {name}: {took[name]} s")
        since = time.monotonic()
        # A table in which nothing is yet stays unmeasured, as it does wherever one begins: told that it is empty, PostgreSQL
        # would plan to read all of it, and do so until it looks again.
        cursor.execute(FILLED)
        cursor.execute(f"VACUUM (ANALYZE) {cursor.fetchone()[0]}")
        cursor.execute("CHECKPOINT")
        took["vacuum, analyse, checkpoint"] = round(time.monotonic() - since, 2)
    took["seconds"] = round(time.monotonic() - began, 1)
    say(f"  {cases:,} cases in {took['seconds']} s")
    return took


def holds(cases: int) -> bool:
    """Whether an earlier run left these cases in the folder."""
    return Case.objects.filter(pk=CASES + cases).exists()


class as_owner_of_everything:
    """A superuser session without foreign-key and event triggers: the rows are right by construction."""

    def __enter__(self) -> Any:
        name = connection.settings_dict["NAME"]
        self.session = postgres.connect(places(), "postgres", name)
        self.session.autocommit = True
        cursor = self.session.cursor()
        cursor.execute(
            "SET session_replication_role = replica; SET work_mem = '64MB'; SET synchronous_commit = off"
        )
        cursor.execute("SET statement_timeout = 0; SET maintenance_work_mem = '256MB'; SELECT setseed(0.5)")
        return cursor

    def __exit__(self, *error: Any) -> None:
        self.session.close()


def _deck() -> list[tuple[Any, ...]]:
    """The kinds of case there are, as often as their share. Always the same ones."""
    chance = random.Random(2)
    edition = in_force()
    queues = {queue.slug: queue.pk for queue in Queue.objects.all()}
    policy_queue = {code: slug for _, conditions, slug in ROUTES for code in conditions.get("policies", ())}
    rules: dict[str, list[Any]] = {slug: [] for slug in queues}
    for rule in edition.rules.values():
        if rule.exposure <= HIGHEST_EXPOSURE and rule.policy_code in policy_queue:
            rules[policy_queue[rule.policy_code]].append(rule)

    def draw(shares: dict[str, Any]) -> str:
        return chance.choices(list(shares), list(shares.values()))[0]

    hands: list[tuple[Any, ...]] = []
    for number in range(DECK):
        slug, kind, language = draw(VOLUME), draw(KINDS), draw(LANGUAGES)
        named = chance.choice(rules[slug]) if rules[slug] else None
        exposure = named.exposure if named else UNKNOWN_EXPOSURE[kind]
        severity = named.severity if named else UNKNOWN_SEVERITY
        body = SENTENCES[language] * chance.choice((1, 1, 2, 3, 6))
        units = worst_units(exposure=exposure, kind=kind)
        code, harms = (named.code, harms_of([named])) if named else (None, 0)
        hands.append((number, queues[slug], code, severity, exposure, kind, language, units, harms, body))
    lanes = lanes_for(
        {
            (queue, exposure, language, units, harms)
            for _, queue, _, _, exposure, _, language, units, harms, _ in hands
        }
    )
    return [
        (
            number,
            queue,
            lanes[queue, exposure, language, units, harms],
            code,
            severity,
            exposure,
            kind,
            language,
            units,
            harms,
            body,
        )
        for number, queue, code, severity, exposure, kind, language, units, harms, body in hands
    ]


def _values(cases: int) -> dict[str, Any]:
    return {
        "n": cases, "deck": DECK, "now": now(), "point": POINT_IN_SECONDS, "backlog": BACKLOG_HOURS * 3600,
        "authors": max(10, cases // 5), "reporters": max(10, cases // 10),
        "items": ITEMS, "cases": CASES, "reports": REPORTS, "flags": FLAGS, "contents": CONTENTS,
    }  # fmt: skip


def _statements(cases: int) -> list[tuple[str, str]]:
    floor = " ".join(f"WHEN {severity} THEN {points}" for severity, points in SEVERITY_FLOOR.items())
    due = " ".join(
        f"WHEN {severity} THEN {int(after.total_seconds())}" for severity, after in DUE_AFTER.items()
    )
    return [
        ("authors and reporters", """
            INSERT INTO intake_author (source, external_id, handle, followers, public_figure)
            SELECT 'bench', 'author-' || i, '@person' || i, (random() ^ 6 * 5000000)::bigint, i %% 2000 = 0
            FROM generate_series(1, %(authors)s) i;
            INSERT INTO intake_reporter (source, external_id, judged, upheld)
            SELECT 'bench', 'reporter-' || i, i %% 17, (i %% 17) / 2 FROM generate_series(1, %(reporters)s) i
        """),
        ("items", """
            INSERT INTO intake_item (id, source, external_id, kind, author_id, language, country, minors, posted_at,
                views, views_at, views_per_hour, content_sha256, text_sha256, received_at, updated_at)
            SELECT %(items)s + i, 'bench', 'post-' || i, deck.kind, 1 + i %% %(authors)s, deck.language,
                CASE deck.language WHEN 'km' THEN 'KH' WHEN 'vi' THEN 'VN' ELSE 'GB' END, i %% 50 = 0,
                %(now)s - (i::float / %(n)s * %(backlog)s + 7200) * interval '1 second',
                (random() ^ 4 * 100000)::bigint, %(now)s, random() ^ 4 * 2000,
                lpad(to_hex(i), 64, '0'), lpad(to_hex(i), 64, 'f'), %(now)s, %(now)s
            FROM generate_series(1, %(n)s) i JOIN deck ON deck.n = i %% %(deck)s
        """),
        ("contents", """
            INSERT INTO intake_itemcontent (id, item_id, revision, text, context)
            SELECT %(contents)s + i, %(items)s + i, 1, i || '. ' || deck.body, '[]'
            FROM generate_series(1, %(n)s) i JOIN deck ON deck.n = i %% %(deck)s
        """),
        ("reports", """
            INSERT INTO intake_report (id, item_id, item_revision, reporter_id, trusted, reason, rule_code, comment,
                key_id, idempotency_key, received_at)
            SELECT %(reports)s + row_number() OVER (), %(items)s + i, 1, 1 + (i * 3 + r * 7919) %% %(reporters)s, false,
                'It breaks the rules', COALESCE(deck.rule, ''), CASE WHEN i %% 3 = 0 THEN 'Please look at this.' ELSE '' END,
                NULL, NULL, %(now)s - (i::float / %(n)s * %(backlog)s) * interval '1 second'
            FROM generate_series(1, %(n)s) i JOIN deck ON deck.n = i %% %(deck)s
            CROSS JOIN LATERAL generate_series(1, CASE WHEN i %% 10 = 0 THEN 3 WHEN i %% 5 = 0 THEN 2 ELSE 1 END) r
        """),
        ("flags", """
            INSERT INTO intake_flag (id, item_id, item_revision, detector, detector_version, scores, over_threshold, received_at)
            SELECT %(flags)s + i, %(items)s + i, 1, 'bench-detector', '1.0',
                jsonb_build_array(jsonb_build_object('rule', deck.rule, 'score', round(random()::numeric, 3), 'threshold', 0.6)),
                true, %(now)s - (i::float / %(n)s * %(backlog)s) * interval '1 second'
            FROM generate_series(3, %(n)s, 3) i JOIN deck ON deck.n = i %% %(deck)s AND deck.rule IS NOT NULL
        """),
        ("cases", f"""
            INSERT INTO queues_case (id, item_id, purpose, state, queue_id, lane_id, severity, exposure, units, harms, priority,
                breakdown, rank, due_at, due_because, rule_codes, detection_source, language, item_revision,
                placed_by_hand, opened_at)
            SELECT %(cases)s + i, %(items)s + i, 'review', 'waiting', queue_id, lane_id, severity, exposure, units, harms, points,
                jsonb_build_array(
                    jsonb_build_object('label', 'Severity', 'points', floor, 'cap', 60,
                        'detail', 'severity ' || severity || ' of 5'),
                    jsonb_build_object('label', 'Reach', 'points', points - floor, 'cap', 10,
                        'detail', 'about 500 views an hour'),
                    jsonb_build_object('label', 'Reporters', 'points', 1, 'cap', 6, 'detail', '1 person reported it')),
                floor(extract(epoch FROM opened))::bigint + due - points * %(point)s,
                opened + due * interval '1 second', 'severity ' || severity,
                CASE WHEN rule IS NULL THEN '{{}}' ELSE ARRAY[rule] END, 'user_report', language, 1, false, opened
            FROM (
                SELECT i, deck.*, %(now)s - (i::float / %(n)s * %(backlog)s) * interval '1 second' AS opened,
                    CASE severity {floor} END AS floor, CASE severity {due} END AS due,
                    CASE severity {floor} END + i * 13 %% 11 AS points
                FROM generate_series(1, %(n)s) i JOIN deck ON deck.n = i %% %(deck)s
            ) one
        """),
        ("rollups", """
            INSERT INTO insight_horizon (id, minute) VALUES (1, extract(epoch FROM %(now)s)::bigint / 60)
            ON CONFLICT (id) DO UPDATE SET minute = excluded.minute;
            INSERT INTO insight_queuenow (queue_id, waiting, claimed, overdue)
            SELECT queue_id, count(*), 0, count(*) FILTER (WHERE floor(extract(epoch FROM due_at) / 60) < horizon.minute)
            FROM queues_case, insight_horizon horizon GROUP BY queue_id
            ON CONFLICT (queue_id) DO UPDATE SET waiting = excluded.waiting, overdue = excluded.overdue;
            INSERT INTO insight_openminute (queue_id, measure, minute, n)
            SELECT queue_id, measure, at.minute, count(*)
            FROM (SELECT queue_id, 'opened' AS measure, floor(extract(epoch FROM opened_at) / 60)::int AS minute
                  FROM queues_case
                  UNION ALL
                  SELECT queue_id, 'due', floor(extract(epoch FROM due_at) / 60)::int FROM queues_case) at,
                 insight_horizon horizon
            WHERE at.measure = 'opened' OR at.minute >= horizon.minute GROUP BY queue_id, measure, at.minute
        """),
        ("sequences", "; ".join(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})"
            for table, last in (
                ("intake_item", ITEMS + cases), ("queues_case", CASES + cases), ("intake_report", REPORTS + cases * 2),
                ("intake_flag", FLAGS + cases), ("intake_itemcontent", CONTENTS + cases),
                ("queues_claim", CLAIMS), ("decisions_decision", DECISIONS))
        )),
    ]  # fmt: skip
