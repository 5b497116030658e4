"""A draft as parts that are read and written whole: "head", "order", "policy:<identity>", "rule:<identity>".

A part is a plain document (JSON), so that an edit can keep what was before and after, two people's texts can be
laid side by side, and undoing is writing an older document. A retired rule is a document with "retired".
"""

import uuid
from typing import Any

from apps.guidelines.models import GuidelineVersion, Policy, RetiredRule, RuleVersion

Doc = dict[str, Any]

HEAD = ("title", "number", "language", "principles", "actions")
POLICY = ("code", "title", "severity", "description", "dsa_category")
# What a moderator reads and what decides how a case is handled. Compatibility speaks about this.
WORDING = (
    "title", "description", "severity", "exposure", "violating_examples", "allowed_examples", "actions",
    "dsa_category", "dsa_keywords", "handling", "questions",
)  # fmt: skip
RULE = ("code", *WORDING, "check_required", "compatibility", "predecessors", "was", "note")
RETIRED = ("code", "title", "successors", "note")
NEVER_EDITED = "place"  # where a rule stood in its policy; helps an undo, says nothing of the text


def rule_part(identity: uuid.UUID | str) -> str:
    return f"rule:{identity}"


def policy_part(identity: uuid.UUID | str) -> str:
    return f"policy:{identity}"


def head_doc(version: GuidelineVersion) -> Doc:
    return {name: getattr(version, name) for name in HEAD}


def policy_doc(policy: Policy) -> Doc:
    return {name: getattr(policy, name) for name in POLICY}


def rule_doc(rule: RuleVersion) -> Doc:
    return {
        "policy": str(rule.policy.identity),
        **{name: getattr(rule, name) for name in RULE},
    }


def retired_doc(gone: RetiredRule) -> Doc:
    return {"retired": True, **{name: getattr(gone, name) for name in RETIRED}}


def order_doc(version: GuidelineVersion) -> Doc:
    """Which rules stand in which policy, in reading order."""
    rules: dict[int, list[str]] = {}
    for policy_id, identity in version.rules.order_by("position").values_list("policy_id", "identity"):
        rules.setdefault(policy_id, []).append(str(identity))
    return {
        "policies": [
            {"policy": str(policy.identity), "rules": rules.get(policy.pk, [])}
            for policy in version.policies.order_by("position")
        ]
    }


def same(one: Doc | None, other: Doc | None) -> bool:
    """Whether two documents say the same, wherever they stood."""

    def text(doc: Doc | None) -> Doc | None:
        return None if doc is None else {key: doc[key] for key in doc if key != NEVER_EDITED}

    return text(one) == text(other)


def read(version: GuidelineVersion, part: str) -> Doc | None:
    """The part as it is now; None when there is no such thing."""
    kind, _, identity = part.partition(":")
    if kind == "head":
        return head_doc(version)
    if kind == "order":
        return order_doc(version)
    if kind == "policy":
        policy = version.policies.filter(identity=identity).first()
        return policy_doc(policy) if policy else None
    rule = version.rules.select_related("policy").filter(identity=identity).first()
    if rule:
        return rule_doc(rule)
    gone = version.retired_rules.filter(identity=identity).first()
    return retired_doc(gone) if gone else None


def place_of(version: GuidelineVersion, part: str) -> int | None:
    """Where a rule stands in its policy, from 0; None for anything else."""
    kind, _, identity = part.partition(":")
    if kind != "rule":
        return None
    for entry in order_doc(version)["policies"]:
        if identity in entry["rules"]:
            return int(entry["rules"].index(identity))
    return None


def write(version: GuidelineVersion, part: str, doc: Doc | None) -> None:
    """Make the part say what the document says. The caller holds the version's row and has checked the rest."""
    kind, _, identity = part.partition(":")
    if kind == "head":
        assert doc is not None
        for name in HEAD:
            setattr(version, name, doc[name])
        version.save(update_fields=list(HEAD))
    elif kind == "order":
        assert doc is not None
        _reorder(version, doc)
    elif kind == "policy":
        _write_policy(version, identity, doc)
    else:
        _write_rule(version, identity, doc)


def _write_policy(version: GuidelineVersion, identity: str, doc: Doc | None) -> None:
    if doc is None:
        version.policies.filter(identity=identity).delete()
        return
    fields = {name: doc[name] for name in POLICY}
    if not version.policies.filter(identity=identity).update(**fields):
        Policy.objects.create(version=version, identity=identity, position=version.policies.count(), **fields)


def _write_rule(version: GuidelineVersion, identity: str, doc: Doc | None) -> None:
    rules = version.rules.filter(identity=identity)
    if doc is None or doc.get("retired"):
        rules.delete()
        version.retired_rules.filter(identity=identity).delete()
        if doc is not None:
            RetiredRule.objects.create(
                version=version, identity=identity, **{name: doc[name] for name in RETIRED}
            )
        return
    policy = version.policies.get(identity=doc["policy"])
    fields = {name: doc[name] for name in RULE} | {"policy": policy}
    rule = rules.select_related("policy").first()
    moved = rule is None or rule.policy_id != policy.pk
    if rule is None:
        version.retired_rules.filter(identity=identity).delete()
        RuleVersion.objects.create(version=version, identity=identity, position=9_999, **fields)
    else:
        rules.update(**fields, **({"position": 9_999} if moved else {}))
        _follow_the_name(version, rule.code, doc["code"])
    if moved:
        order = order_doc(version)
        for entry in order["policies"]:
            if entry["policy"] == str(policy.identity) and doc.get(NEVER_EDITED) is not None:
                entry["rules"].remove(identity)
                entry["rules"].insert(doc[NEVER_EDITED], identity)
        _reorder(version, order)


def _follow_the_name(version: GuidelineVersion, old: str, new: str) -> None:
    for gone in version.retired_rules.filter(successors__contains=[old]) if old != new else ():
        gone.successors = [new if code == old else code for code in gone.successors]
        gone.save(update_fields=["successors"])


def _reorder(version: GuidelineVersion, order: Doc) -> None:
    """Only rows that move are written: a change of order is one change, not fifty."""
    places = {entry["policy"]: number for number, entry in enumerate(order["policies"])}
    for policy in version.policies.all():
        place = places[str(policy.identity)]
        if policy.position != place:
            Policy.objects.filter(pk=policy.pk).update(position=place)
    flat = [identity for entry in order["policies"] for identity in entry["rules"]]
    wanted = {identity: number for number, identity in enumerate(flat)}
    for pk, identity, position in version.rules.values_list("pk", "identity", "position"):
        if position != wanted[str(identity)]:
            RuleVersion.objects.filter(pk=pk).update(position=wanted[str(identity)])
