"""Publishing two hundred rules over five million decisions while twenty people decide, and what it would change before.

The decisions are written straight into the tables: one for each of the loaded items in turn, over the last ninety days.
"""

import json
import statistics
import threading
import time
from typing import Any

import yaml
from django.db import connection
from django.utils.timezone import now

from apps.accounts.models import User
from apps.guidelines import operations, parts
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.queries import forget_in_force, in_force
from apps.guidelines.yaml_text import dump
from apps.rehearsal.operations import rebuild
from apps.rehearsal.queries import impact
from bench import invariants
from bench.decide import drive, ratio, surroundings
from bench.load import CASES, DECISIONS, ITEMS, as_owner_of_everything
from bench.people import moderators
from bench.system import System
from bench.targets import at_most, none, reported

RULES = 200
PAST = 5_000_000
DAYS = 90
PEOPLE = 20
RATE = 20.0  # decisions a second of twenty people: one each every second, many times what people do
SECONDS, TURNS = 30, 3
EVERY = 15.0  # seconds between two publications while they decide; no organisation publishes so often
PUBLISH_SECONDS, IMPACT_SECONDS, SLOWER = 2.0, 3.0, 20.0
CHUNK = 250_000


def run(system: System, scale: float) -> dict[str, Any]:
    """Load, preview, then decide with and without publications, in turns."""
    lead, reviewer = _leads()
    _two_hundred_rules()
    past = int(PAST * scale)
    loaded = _past_decisions(past)
    since = time.perf_counter()
    rebuild()
    counted = time.perf_counter() - since
    every_rule, some_rules = _preview(lead, RULES), _preview(lead, 20)
    people = moderators(PEOPLE)
    seconds = max(8.0, SECONDS * scale)
    quiet, busy, published = [], [], []
    with surroundings(system, dashboards=1) as around:
        drive(system, people, seconds=3, rate=RATE)
        for _ in range(TURNS):
            quiet.append(drive(system, people, seconds=seconds, rate=RATE))
            invariants.settle()
            with _Publisher(lead, reviewer, published):
                busy.append(drive(system, people, seconds=seconds, rate=RATE))
            invariants.settle()
        around.end()
    without = statistics.median(one["milliseconds"]["p95"] for one in quiet)
    with_them = statistics.median(one["milliseconds"]["p95"] for one in busy)
    slower = round((ratio(with_them, without) - 1) * 100, 1)
    errors = sum(sum(one["errors"].values()) for one in [*quiet, *busy])
    wrong = _decided_under_another_version()
    return {
        "rules": RULES,
        "past_decisions": past,
        "loading_seconds": loaded,
        "counting_anew_seconds": round(counted, 2),
        "open_cases": _count("SELECT count(*) FROM queues_case WHERE NOT (state = 'done')"),
        "without": quiet,
        "with": busy,
        "publishing_seconds": published,
        "preview_seconds": {"all rules changed": every_rule, "twenty rules changed": some_rules},
        "targets": [
            at_most(f"publishing {RULES} rules, the slowest", max(published), PUBLISH_SECONDS, " s", 2),
            at_most("the preview when every rule changes", every_rule["seconds"], IMPACT_SECONDS, " s", 2),
            at_most("deciding is slower while publishing (p95)", slower, SLOWER, " %", 1),
            none("errors", errors),
            none("decisions under a version not in force", wrong),
            reported("p95 without and with publications", f"{without:.0f} ms and {with_them:.0f} ms"),
            reported("publications while they decided", str(len(published))),
        ],
    }


def _leads() -> tuple[User, User]:
    made = [
        User.objects.get_or_create(
            username=name,
            defaults={"pseudonym": name, "roles": ["policy_lead"], "languages": ["en"], "password": "!"},
        )[0]
        for name in ("bench-lead", "bench-lead2")
    ]
    return made[0], made[1]


def _two_hundred_rules() -> None:
    """The set in force with as many rules more as make two hundred; installed as an operator would."""
    edition = in_force()
    if len(edition.rules) >= RULES:
        return
    text = yaml.safe_load(dump(GuidelineVersion.objects.get(pk=edition.id)))
    model = text["policies"][0]["rules"][0]
    text["guideline_set"]["version"] = f"{edition.number}-bench"
    extra = [
        {**model, "code": f"BENCH-{n}", "exposure": 0, "compatibility": "new", "from": [], "handling": {}}
        for n in range(1, RULES - len(edition.rules) + 1)
    ]
    text["policies"].append({**text["policies"][0], "code": "BENCH", "rules": extra})
    version = operations.load(json.dumps(text, ensure_ascii=False), actor=None)  # JSON is YAML
    operations.publish(version, actor=None, reason="For the benchmark.")
    time.sleep(operations_lead())
    forget_in_force()


def operations_lead() -> float:
    """Seconds until what was published is in force."""
    from apps.guidelines.operations.publishing import LEAD

    return LEAD.total_seconds() + 0.5


def _past_decisions(count: int) -> float:
    """Write `count` decisions over the loaded items, each citing one rule in force; seconds it took."""
    began = time.perf_counter()
    rules = [(rule.id, rule.code) for rule in in_force().rules.values()]
    with as_owner_of_everything() as cursor:
        cursor.execute("SELECT count(*) FROM queues_case WHERE id > %s", [CASES])
        loaded = cursor.fetchone()[0]
        cursor.execute("CREATE TEMP TABLE cited (n int PRIMARY KEY, rule bigint, code text)")
        for number, (rule, code) in enumerate(rules):
            cursor.execute("INSERT INTO cited VALUES (%s, %s, %s)", [number, rule, code])
        cursor.execute("SELECT count(*) FROM decisions_decision WHERE id > %s", [DECISIONS * 10])
        done = cursor.fetchone()[0]
        for first in range(done + 1, count + 1, CHUNK):
            values = {
                "first": first, "last": min(first + CHUNK - 1, count), "n": max(1, loaded), "rules": len(rules),
                "ids": DECISIONS * 10, "items": ITEMS, "cases": CASES, "version": in_force().id, "now": now(),
                "span": DAYS * 86_400, "count": count,
            }  # fmt: skip
            cursor.execute(PAST_DECISIONS, values)
        cursor.execute("ANALYZE decisions_decision; ANALYZE decisions_decisionrule")
    return round(time.perf_counter() - began, 1)


PAST_DECISIONS = """
    WITH made AS (
        INSERT INTO decisions_decision (id, case_id, item_id, item_revision, purpose, origin, outcome, ground,
            guideline_version_id, rule_codes, actions, rationale, confidence, language, detection_source, reveal_state,
            evidence_sha256, withdraws, held, demo, decided_at)
        SELECT %(ids)s + i, %(cases)s + 1 + i %% %(n)s, %(items)s + 1 + i %% %(n)s, 1, 'review', 'auto',
            CASE WHEN i %% 10 < 6 THEN 'violates' WHEN i %% 10 < 9 THEN 'no_violation' ELSE 'unsure' END, 'guideline',
            %(version)s, ARRAY[cited.code], ARRAY['remove'], '{}', 'sure',
            (ARRAY['en', 'vi', 'km', 'fr', 'de'])[1 + i %% 5],
            (ARRAY['user_report', 'auto_flag', 'trusted_flagger'])[1 + i %% 3], 'revealed', '0', false, false, false,
            %(now)s::timestamptz - ((1 - i::float / %(count)s) * %(span)s + 3600) * interval '1 second'
        FROM generate_series(%(first)s, %(last)s) i JOIN cited ON cited.n = (i::bigint * 7919) %% %(rules)s
        RETURNING id, rule_codes[1] AS code
    )
    INSERT INTO decisions_decisionrule (decision_id, rule_version_id)
    SELECT made.id, cited.rule FROM made JOIN cited USING (code)
"""


def _draft(lead: User, rules: int) -> GuidelineVersion:
    """A draft in which so many rules read otherwise."""
    version = operations.open_draft(actor=lead)
    for rule in version.rules.select_related("policy").order_by("position")[:rules]:
        doc = {**parts.rule_doc(rule), "compatibility": "narrowed"}
        doc["description"] = f"In version {version.number}: {doc['description']}"[:10_000]
        version.refresh_from_db()
        operations.save_part(
            actor=lead,
            version_id=version.pk,
            part=parts.rule_part(rule.identity),
            doc=doc,
            seen=version.revision,
        )
    version.refresh_from_db()
    return version


def _preview(lead: User, rules: int) -> dict[str, Any]:
    version = _draft(lead, rules)
    took = []
    for _ in range(3):
        since = time.perf_counter()
        found = impact(version, days=DAYS)
        took.append(time.perf_counter() - since)
    operations.discard(actor=lead, version_id=version.pk)
    return {
        "seconds": round(max(took), 3),
        "all": [round(one, 3) for one in took],
        "decisions": found.decisions,
        "open_cases": found.open_cases,
    }


class _Publisher:
    """Publishes one version after the other in a thread of its own; how long each took is put into `took`."""

    def __init__(self, lead: User, reviewer: User, took: list[float]) -> None:
        self.lead, self.reviewer, self.took = lead, reviewer, took
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._work)
        self.trouble: list[BaseException] = []

    def __enter__(self) -> "_Publisher":
        self.thread.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.stop.set()
        self.thread.join()
        if self.trouble:
            raise self.trouble[0]

    def _work(self) -> None:
        try:
            while not self.stop.wait(EVERY / 2):
                self.took.append(self._publish())
                self.stop.wait(EVERY / 2)
        except BaseException as trouble:
            self.trouble.append(trouble)
        finally:
            connection.close()

    def _publish(self) -> float:
        version = _draft(self.lead, 3)
        operations.ask_for_review(actor=self.lead, version_id=version.pk)
        operations.approve(actor=self.reviewer, version_id=version.pk, revision=version.revision)
        since = time.perf_counter()
        operations.publish(version, actor=self.lead, reason="Measured.")
        return round(time.perf_counter() - since, 3)


def _decided_under_another_version() -> int:
    return _count(f"""
        SELECT count(*) FROM decisions_decision d JOIN guidelines_guidelineversion v ON v.id = d.guideline_version_id
        WHERE d.id < {DECISIONS * 10} AND NOT d.withdraws AND NOT d.demo AND NOT (v.published_at <= d.decided_at
          AND (v.retired_at IS NULL OR d.decided_at < v.retired_at))
    """)


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
