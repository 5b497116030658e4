"""What must be true after a run, asked of the database."""

import time
from datetime import datetime
from typing import Any

from django.db import connection

from apps.ledger.sealing import verify

OWED = """
    SELECT (SELECT count(*) FROM ledger_handoff) + (SELECT count(*) FROM delivery_delivery WHERE state = 'pending')
"""
# What it says -> how many break it.
NEVER = {
    "cases with two live claims":
        "SELECT count(*) FROM (SELECT case_id FROM queues_claim WHERE ended_at IS NULL GROUP BY 1 HAVING count(*) > 1) x",
    "people with two live claims":
        "SELECT count(*) FROM (SELECT holder_id FROM queues_claim WHERE ended_at IS NULL GROUP BY 1 HAVING count(*) > 1) x",
    "claims decided twice":
        "SELECT count(*) FROM (SELECT claim_id FROM decisions_decision WHERE claim_id IS NOT NULL AND NOT withdraws "
        "GROUP BY 1 HAVING count(*) > 1) x",
    "cases decided twice":
        "SELECT count(*) FROM (SELECT case_id FROM decisions_decision WHERE NOT withdraws GROUP BY 1 HAVING count(*) > 1) x",
    "decisions by someone who did not hold the case":
        "SELECT count(*) FROM decisions_decision d LEFT JOIN queues_claim c ON c.id = d.claim_id "
        "WHERE NOT d.withdraws AND (c.holder_id, c.case_id) IS DISTINCT FROM (d.decider_id, d.case_id)",
    "decided cases that are still open":
        "SELECT count(*) FROM decisions_decision d JOIN queues_case c ON c.id = d.case_id "
        "WHERE NOT d.withdraws AND c.state <> 'done'",
    "claimed cases that nobody holds":
        "SELECT count(*) FROM queues_case c WHERE state = 'claimed' AND NOT EXISTS "
        "(SELECT 1 FROM queues_claim l WHERE l.case_id = c.id AND l.ended_at IS NULL)",
    "shifts over their budget": "SELECT count(*) FROM wellbeing_shift WHERE spent + reserved > budget",
    "shifts whose spending is not the sum of their entries":
        "SELECT count(*) FROM wellbeing_shift s WHERE spent <> "
        "(SELECT COALESCE(sum(units), 0) FROM wellbeing_exposureentry e WHERE e.shift_id = s.id)",
    "shifts whose reservation is not that of their live claim":
        "SELECT count(*) FROM wellbeing_shift s WHERE reserved <> "
        "(SELECT COALESCE(sum(reserved), 0) FROM queues_claim c WHERE c.shift_id = s.id AND c.ended_at IS NULL)",
    "claims without an exposure entry":
        "SELECT count(*) FROM queues_claim c WHERE ended_at IS NOT NULL AND NOT owed AND NOT EXISTS "
        "(SELECT 1 FROM wellbeing_exposureentry e WHERE e.claim_id = c.id)",
    "decisions without their event":
        "SELECT count(*) FROM decisions_decision d WHERE NOT d.withdraws AND NOT EXISTS (SELECT 1 FROM ledger_event e "
        "WHERE e.case_id = d.case_id AND e.kind = 'decision.made' AND (e.data->>'decision')::bigint = d.id)",
    "queues whose rollup of waiting cases is wrong":
        "SELECT count(*) FROM (SELECT queue_id, count(*) FILTER (WHERE state = 'waiting') AS waiting, "
        "count(*) FILTER (WHERE state = 'claimed') AS claimed FROM queues_case WHERE state <> 'done' GROUP BY 1) t "
        "JOIN insight_queuenow now USING (queue_id) WHERE (now.waiting, now.claimed) <> (t.waiting, t.claimed)",
    "decisions missing in the rollup":
        "SELECT abs((SELECT count(*) FROM decisions_decision d WHERE NOT withdraws AND NOT EXISTS (SELECT 1 FROM "
        "decisions_decision u WHERE u.supersedes_id = d.id AND u.withdraws)) - "
        "(SELECT COALESCE(sum(n), 0) FROM insight_decisionday WHERE rule_code = ''))",
}  # fmt: skip


def settle(within: float = 240) -> dict[str, Any]:
    """Wait until nothing is owed to anybody; how long that took. What undo allows for is waited out too."""
    began = time.monotonic()
    while (owed := ask(OWED)) and time.monotonic() - began < within:
        time.sleep(0.5)
    return {"seconds": round(time.monotonic() - began, 1), "still_owed": owed}


def check() -> dict[str, Any]:
    """Every sentence with how many break it; `sealed` is what the chain says. Nobody may be working meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    broken = {sentence: ask(sql) for sentence, sql in NEVER.items()}
    chain = verify()
    unsealed = ask("SELECT count(*) FROM ledger_event") - chain.events
    return {
        "broken": broken,
        "sealed": {
            "seals": chain.seals,
            "events": chain.events,
            "unsealed": unsealed,
            "trouble": chain.trouble,
        },
        "good": not any(broken.values()) and not unsealed and not chain.trouble,
    }


def decided_since(at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM decisions_decision WHERE decided_at >= %s AND NOT withdraws", [at]
        )
        return int(cursor.fetchone()[0])


def ask(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
