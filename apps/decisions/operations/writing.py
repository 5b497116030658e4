"""Writing a decision with everything that belongs to it, in one statement."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.decisions.evidence import Evidence
from apps.decisions.models import UNDO_WITHIN
from apps.decisions.queries import superseded_by
from apps.decisions.verdict import ACCOUNT_ACTIONS, Verdict, ground
from apps.guidelines.queries import Edition, Rule
from apps.ledger.operations import Entry
from apps.notices.composing import compose
from apps.queues.models import Case
from apps.queues.queries import case_facts
from apps.statements import Statement

WRITE = Statement(
    "decisions_write",
    """
WITH decision AS (
    INSERT INTO decisions_decision (
        case_id, item_id, item_revision, purpose, claim_id, decider_id, origin, outcome, ground,
        guideline_version_id, rule_codes, actions, rationale, confidence, language, detection_source,
        reveal_state, evidence_sha256, views_at_decision, supersedes_id, withdraws, measures, held, demo, decided_at)
    VALUES (%(case)s, %(item)s, %(revision)s, %(purpose)s, %(claim)s, %(decider)s, %(origin)s, %(outcome)s, %(ground)s,
        %(version)s, %(codes)s::varchar[], %(actions)s::varchar[], %(rationale)s::varchar[], %(confidence)s,
        %(language)s, %(source)s, %(reveal)s, %(sha256)s, %(views)s, %(supersedes)s, false,
        %(measures)s, %(held)s, %(demo)s, %(at)s)
    RETURNING id
),
words AS (
    INSERT INTO decisions_decisionwords (decision_id, explanation, private_note, parameters, evidence)
    SELECT id, %(explanation)s::text, %(note)s::text, %(parameters)s::jsonb, %(evidence)s::jsonb FROM decision
),
cited AS (
    INSERT INTO decisions_decisionrule (decision_id, rule_version_id)
    SELECT decision.id, rule FROM decision, unnest(%(rules)s::bigint[]) rule
),
told AS (
    INSERT INTO decisions_notice (decision_id, audience, language, text)
    SELECT decision.id, n.* FROM decision, unnest(%(audiences)s::text[], %(spoken)s::text[], %(texts)s::text[]) n
),
in_force AS (
    SELECT e.* FROM decisions_enforcement e
    JOIN decisions_decision by ON by.id = e.decision_id
    WHERE %(settles)s::boolean AND e.item_id = %(item)s AND e.reverses_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = by.id AND undo.withdraws)
      AND NOT EXISTS (
          SELECT 1 FROM decisions_enforcement r WHERE r.reverses_id = e.id
            AND NOT EXISTS (SELECT 1 FROM decisions_decision undo
                            WHERE undo.supersedes_id = r.decision_id AND undo.withdraws))
),
reversed AS (
    INSERT INTO decisions_enforcement (decision_id, item_id, action, parameters, reverses_id, due_at, decided_by,
                                       detection_source, posted_at, first_report_at, first_flag_at)
    SELECT decision.id, e.item_id, e.action, e.parameters, e.id, %(due)s::timestamptz, %(origin)s::varchar, %(source)s::varchar,
           %(posted)s::timestamptz, %(first_report)s::timestamptz, %(first_flag)s::timestamptz
    FROM decision, in_force e
    WHERE NOT EXISTS (SELECT 1 FROM unnest(%(enforced)s::varchar[], %(enforced_parameters)s::text[]) todo (action, parameters)
                      WHERE todo.action = e.action AND todo.parameters::jsonb = e.parameters)
    RETURNING id, action, reverses_id
),
enforced AS (
    INSERT INTO decisions_enforcement (decision_id, item_id, action, parameters, due_at, decided_by,
                                       detection_source, posted_at, first_report_at, first_flag_at)
    SELECT decision.id, %(item)s::bigint, todo.action, todo.parameters::jsonb, %(due)s::timestamptz, %(origin)s::varchar,
           %(source)s::varchar, %(posted)s::timestamptz, %(first_report)s::timestamptz, %(first_flag)s::timestamptz
    FROM decision, unnest(%(enforced)s::varchar[], %(enforced_parameters)s::text[]) todo (action, parameters)
    WHERE NOT EXISTS (SELECT 1 FROM in_force e
                      WHERE e.action = todo.action AND e.parameters = todo.parameters::jsonb)
    RETURNING id, action
)
SELECT decision.id,
       (SELECT array_agg(id || ':' || action) FROM enforced),
       (SELECT array_agg(id || ':' || action || ':' || reverses_id) FROM reversed)
FROM decision
""",
)


@dataclass(frozen=True)
class Draft:
    """A decision about to be written. `enforced` False: decided but not carried out (held, or nobody is sure).

    `closes`: the case was open until now. Without a claim it was never taken up. `measures`: nothing follows from
    it, whatever it says.
    """

    case: Case
    claim_id: int | None
    decider_id: int | None
    verdict: Verdict
    edition: Edition
    evidence: Evidence
    held: bool
    revealed: bool
    at: datetime
    origin: str = "human"
    demo: bool = False
    closes: bool = True
    measures: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def cited(self) -> list[Rule]:
        return [self.edition.rules[code] for code in dict.fromkeys(self.verdict.rules)]

    @property
    def settles(self) -> bool:
        """Whether it changes what is in force: not while it is held, or nobody is sure, nor when it only measures."""
        return not (self.held or self.measures or self.verdict.outcome == "unsure")

    @property
    def supersedes(self) -> int | None:
        return None if self.measures else self.evidence.head


def write(draft: Draft) -> tuple[int, list[Entry]]:
    """Write the decision, its words, citations, notices and enforcement; its id and the events it makes.

    An action already in force is not ordered twice; one that the new decision no longer asks for, or asks for with
    other parameters (fewer days, other countries), is reversed, and ordered anew as it is to be now.
    The caller holds the locks of shift, case, claim and item.
    """
    verdict, case, evidence = draft.verdict, draft.case, draft.evidence
    actions = verdict.effective_actions
    enforced = actions if draft.settles else []
    texts = _notices(draft) if draft.settles else []
    row = WRITE.run(
        {
            "case": case.pk,
            "item": case.item_id,
            "revision": evidence.revision,
            "purpose": case.purpose,
            "claim": draft.claim_id,
            "decider": draft.decider_id,
            "origin": draft.origin,
            "outcome": verdict.outcome,
            "ground": ground(verdict, draft.edition),
            "version": draft.edition.id,
            "codes": list(dict.fromkeys(verdict.rules)),
            "actions": actions,
            "rationale": list(verdict.rationale),
            "confidence": verdict.confidence,
            "language": evidence.language,
            "source": case.detection_source,
            "reveal": "revealed" if draft.revealed else "veiled",
            "sha256": evidence.sha256,
            "views": evidence.views,
            "supersedes": draft.supersedes,
            "measures": draft.measures,
            "held": draft.held,
            "demo": draft.demo,
            "at": draft.at,
            "explanation": verdict.explanation,
            "note": verdict.private_note,
            "parameters": json.dumps(verdict.parameters),
            "evidence": json.dumps(evidence.snapshot, default=str),
            "rules": [rule.id for rule in draft.cited],
            "audiences": [text[0] for text in texts],
            "spoken": [text[1] for text in texts],
            "texts": [text[2] for text in texts],
            "settles": draft.settles,
            "due": draft.at + UNDO_WITHIN,
            "posted": evidence.posted_at,
            "first_report": evidence.first_report_at,
            "first_flag": evidence.first_flag_at,
            "enforced": enforced,
            "enforced_parameters": [json.dumps(_parameters(action, verdict)) for action in enforced],
        }
    )
    assert row is not None
    decision_id, ordered, reversals = row
    facts = {
        "decision": decision_id,
        "outcome": verdict.outcome,
        "rules": list(verdict.rules),
        "actions": actions,
        "queue": case.queue_id,
        "held": draft.held,
        "language": evidence.language,
        "views": evidence.views,
        "supersedes": draft.supersedes,
        "measures": draft.measures,
        "opened": int(case.opened_at.timestamp()),
        "purpose": case.purpose,
        # Under which rules it was looked at, whatever came of it: how rules fare is counted from this.
        "considered": sorted({*case.rule_codes, *verdict.rules}),
        "detection_source": case.detection_source,
        "origin": draft.origin,
        "revision": evidence.revision,
        **draft.extra,
    }

    def entry(kind: str, data: dict[str, Any]) -> Entry:
        return Entry(kind, draft.decider_id, case.pk, case.item_id, data=data)

    entries = [entry("decision.made", facts)]
    if draft.closes:
        unattended = {} if draft.claim_id else {"unclaimed": True}
        entries.append(entry("case.closed", {**case_facts(case), **unattended}))
    if draft.supersedes is not None and draft.settles:
        replaced = superseded_by([decision_id]).get(decision_id)
        if replaced is not None:
            data = {
                "decision": replaced,
                "by": decision_id,
                "purpose": case.purpose,
                "outcome": verdict.outcome,
            }
            entries.append(entry("decision.superseded", data))
    for line in ordered or []:
        enforcement, action = line.split(":")
        data = {"enforcement": int(enforcement), "decision": decision_id, "action": action}
        entries.append(entry("enforcement.due", data))
    for line in reversals or []:
        enforcement, action, earlier = line.split(":")
        data = {
            "enforcement": int(enforcement),
            "decision": decision_id,
            "action": action,
            "reverses": int(earlier),
        }
        entries.append(entry("enforcement.reversed", data))
    return decision_id, entries


def _notices(draft: Draft) -> list[tuple[str, str, str]]:
    return compose(
        outcome=draft.verdict.outcome,
        language=draft.evidence.language,
        edition=draft.edition,
        rules=[rule.code for rule in draft.cited],
        actions=draft.verdict.effective_actions,
        rationale=draft.verdict.rationale,
        detection_source=draft.case.detection_source,
        origin=draft.origin,
        reported=draft.evidence.reported,
        on_appeal=draft.case.purpose == Case.Purpose.APPEAL,
        case_id=draft.case.pk,
        decided_at=draft.at,
    )


def _parameters(action: str, verdict: Verdict) -> dict[str, Any]:
    """What one action needs to be carried out: its target, and only its own parameters."""
    wanted = {
        "account_suspend": ("days",),
        "feature_suspend": ("days",),
        "geo_restrict": ("countries",),
        "label": ("label",),
    }.get(action, ())
    given = {name: verdict.parameters[name] for name in wanted if verdict.parameters.get(name)}
    return {"target": "account" if action in ACCOUNT_ACTIONS else "item", **given}
