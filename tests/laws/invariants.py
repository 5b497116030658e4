"""What must hold whatever anybody did: one query each, and every row of its answer is a breach."""

from django.db import connection

LAWS = {
    "no two live claims on a case, none twice with one person": """
        SELECT case_id FROM queues_claim WHERE ended_at IS NULL GROUP BY case_id HAVING count(*) > 1
        UNION ALL SELECT holder_id FROM queues_claim WHERE ended_at IS NULL GROUP BY holder_id HAVING count(*) > 1
    """,
    "a case is claimed exactly while somebody holds it": """
        SELECT cs.id FROM queues_case cs LEFT JOIN queues_claim live ON live.case_id = cs.id AND live.ended_at IS NULL
        WHERE (cs.state = 'claimed') <> (live.id IS NOT NULL)
    """,
    "a shift reserves what its live claims reserve": """
        SELECT shift.id FROM wellbeing_shift shift
        WHERE shift.reserved <> (SELECT COALESCE(sum(claim.reserved), 0) FROM queues_claim claim
                                 WHERE claim.shift_id = shift.id AND claim.ended_at IS NULL)
    """,
    "a shift has spent what its ledger says": """
        SELECT shift.id FROM wellbeing_shift shift
        WHERE shift.spent <> (SELECT COALESCE(sum(units), 0) FROM wellbeing_exposureentry e WHERE e.shift_id = shift.id)
    """,
    "only light cases carry a shift over its budget": """
        SELECT shift.id FROM wellbeing_shift shift
        WHERE shift.budget < (
            SELECT COALESCE(sum(units), 0) FROM wellbeing_exposureentry e WHERE e.shift_id = shift.id AND e.exposure >= 2)
          + (SELECT COALESCE(sum(reserved), 0) FROM queues_claim c
             WHERE c.shift_id = shift.id AND c.ended_at IS NULL AND c.exposure >= 2)
    """,
    "nothing heavy was handed out beyond the budget or the ceiling": """
        SELECT claim.id FROM queues_claim claim JOIN wellbeing_shift shift ON shift.id = claim.shift_id
        WHERE claim.exposure > shift.max_exposure
           OR claim.exposure >= 2 AND claim.used_before + claim.reserved > claim.budget
    """,
    "no claim is above the level that was allowed at its moment": """
        SELECT id FROM queues_claim WHERE exposure > level
    """,
    "after a run of heavy cases comes lighter work": """
        SELECT shift_id FROM (
            SELECT shift_id, exposure >= 3 AS high, row_number() OVER (PARTITION BY shift_id ORDER BY id)
                - row_number() OVER (PARTITION BY shift_id, exposure >= 3 ORDER BY id) AS run
            FROM wellbeing_exposureentry WHERE shift_id IS NOT NULL) looks
        WHERE high GROUP BY shift_id, run HAVING count(*) > 6
    """,
    "a shift never has more than its set of limits": """
        SELECT shift.id FROM wellbeing_shift shift JOIN wellbeing_limitset limits ON limits.id = shift.limit_set_id
        WHERE shift.budget > GREATEST(limits.budget, limits.specialist_budget) OR shift.max_exposure > 4
    """,
    "a look never costs more than was reserved for it": """
        SELECT claim.id FROM queues_claim claim JOIN wellbeing_exposureentry e ON e.claim_id = claim.id
        WHERE e.units > claim.reserved AND NOT claim.owed
    """,
    "an ended claim is settled once, a live one not yet": """
        SELECT claim.id FROM queues_claim claim
        WHERE (claim.ended_at IS NOT NULL AND NOT claim.owed)
           <> EXISTS (SELECT 1 FROM wellbeing_exposureentry e WHERE e.claim_id = claim.id)
    """,
    "the decisions on an item are one chain": """
        SELECT item_id FROM decisions_decision d
        GROUP BY item_id
        HAVING count(*) FILTER (WHERE supersedes_id IS NULL) <> 1 OR count(supersedes_id) <> count(DISTINCT supersedes_id)
    """,
    "a decision supersedes one of the same item": """
        SELECT d.id FROM decisions_decision d JOIN decisions_decision before ON before.id = d.supersedes_id
        WHERE before.item_id <> d.item_id
    """,
    "an item is open for one review at most, and once for each purpose": """
        SELECT item_id FROM queues_case WHERE state <> 'done' AND purpose IN ('review', 're_review')
        GROUP BY item_id HAVING count(*) > 1
        UNION ALL
        SELECT item_id FROM queues_case WHERE state <> 'done' GROUP BY item_id, purpose HAVING count(*) > 1
    """,
    "a second person never decided the item before": """
        SELECT d.id FROM decisions_decision d
        WHERE d.purpose IN ('second_opinion', 'approval', 'appeal', 'second_look') AND NOT d.withdraws
          AND EXISTS (
            SELECT 1 FROM decisions_decision e
            WHERE e.item_id = d.item_id AND e.id < d.id AND e.decider_id = d.decider_id AND NOT e.withdraws
              AND NOT EXISTS (SELECT 1 FROM decisions_decision u WHERE u.supersedes_id = e.id AND u.withdraws))
    """,
    "a hold waits exactly while a second person is asked": """
        SELECT hold.id FROM decisions_hold hold
        WHERE (hold.state = 'pending') <> EXISTS (
            SELECT 1 FROM queues_case cs
            WHERE cs.about_decision_id = hold.decision_id AND cs.purpose = 'approval' AND cs.state <> 'done')
    """,
    "the state of a case is what its last event says": """
        SELECT cs.id FROM queues_case cs
        LEFT JOIN LATERAL (
            SELECT kind, data FROM ledger_event e WHERE e.case_id = cs.id AND e.kind IN
                ('case.opened', 'case.claimed', 'case.returned', 'case.escalated', 'case.closed', 'case.reopened')
            ORDER BY e.id DESC LIMIT 1) last ON true
        WHERE cs.state <> CASE last.kind
            WHEN 'case.opened' THEN CASE WHEN cs.state = 'preparing' THEN 'preparing' ELSE 'waiting' END
            WHEN 'case.claimed' THEN 'claimed' WHEN 'case.closed' THEN 'done'
            WHEN 'case.reopened' THEN CASE WHEN (last.data ->> 'returned')::boolean THEN 'waiting' ELSE 'claimed' END
            WHEN 'case.returned' THEN 'waiting' WHEN 'case.escalated' THEN 'waiting' ELSE 'nothing said' END
    """,
    "a decided case has a decision or was closed with the one it was about": """
        SELECT cs.id FROM queues_case cs
        WHERE cs.state = 'done'
          AND NOT EXISTS (SELECT 1 FROM decisions_decision d WHERE d.case_id = cs.id AND NOT d.withdraws
                          AND NOT EXISTS (SELECT 1 FROM decisions_decision u WHERE u.supersedes_id = d.id AND u.withdraws))
          AND cs.about_decision_id IS NULL
    """,
    "nobody is given what she must not have": """
        SELECT claim.id FROM queues_claim claim
        JOIN queues_barred barred ON barred.case_id = claim.case_id AND barred.user_id = claim.holder_id
        WHERE claim.ended_at IS NULL AND claim.started_at > barred.since AND barred.why <> 'decided'
    """,
}


def breaches() -> dict[str, list[int]]:
    """The laws that do not hold now, with the ids of the rows that break them; one round trip."""
    parts = [f"SELECT {n}, breach.* FROM ({law}) breach" for n, law in enumerate(LAWS.values())]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        found: dict[str, list[int]] = {}
        for n, row in cursor.fetchall():
            found.setdefault(list(LAWS)[n], []).append(row)
    return found
