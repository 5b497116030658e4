"""What a draft still lacks before anybody may be asked to decide by it. Pure reading of its parts."""

import re
from dataclasses import dataclass

from apps.guidelines import legal, parts
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.parts import Doc


@dataclass(frozen=True)
class Lack:
    """`part` is where to go, `code` what to call it, `reason` a sentence."""

    part: str
    code: str
    reason: str


def lacks(version: GuidelineVersion) -> list[Lack]:
    """Everything that keeps the draft from being reviewed and published, in reading order."""
    found: list[Lack] = []
    if not version.title.strip():
        found.append(Lack("head", "", "The guidelines need a title."))
    if not version.principles:
        found.append(Lack("head", "", "At least one principle is needed."))
    if not version.actions:
        found.append(Lack("head", "", "At least one action is needed."))
    policies = list(version.policies.order_by("position"))
    rules = list(version.rules.select_related("policy").order_by("position"))
    if not policies:
        found.append(Lack("head", "", "At least one policy is needed."))
    base = version.base
    of_base = {str(one) for one in base.rules.values_list("identity", flat=True)} if base else set()
    for policy in policies:
        part = parts.policy_part(policy.identity)
        doc = parts.policy_doc(policy)
        for reason in _policy(doc):
            found.append(Lack(part, policy.code, reason))
        of_policy = [rule for rule in rules if rule.policy_id == policy.pk]
        if not of_policy:
            found.append(Lack(part, policy.code, f"{policy.code} has no rule."))
        for rule in of_policy:
            reasons = rule_lacks(parts.rule_doc(rule), policy.code, version.actions, has_base=bool(of_base))
            found.extend(Lack(parts.rule_part(rule.identity), rule.code, reason) for reason in reasons)
    kept = {rule.code for rule in rules}
    for gone in version.retired_rules.all():
        if unknown := [one for one in gone.successors if one not in kept]:
            part = parts.rule_part(gone.identity)
            found.append(
                Lack(part, gone.code, f"{gone.code} is followed by {', '.join(unknown)}, which is not there.")
            )
    return found


def _policy(doc: Doc) -> list[str]:
    code = doc["code"]
    told = [f"{code} needs a {name}." for name in ("title", "description") if not doc[name].strip()]
    if not re.fullmatch(r"[A-Z]{2,8}", code):
        told.append(f"The code “{code}” of a policy should be two to eight capital letters, like YS.")
    if doc["dsa_category"] not in legal.CATEGORIES:
        told.append(f"{code} needs a legal category.")
    return told


def rule_lacks(doc: Doc, policy: str, actions: dict[str, object], *, has_base: bool) -> list[str]:
    """What one rule lacks, a sentence each."""
    code = doc["code"]
    told = [f"{code} needs a {name}." for name in ("title", "description") if not doc[name].strip()]
    if not re.fullmatch(rf"{re.escape(policy)}-[0-9A-Za-z]+", code):
        told.append(f"The code “{code}” should be its policy's code and a number: {policy}-1.")
    if not doc["violating_examples"]:
        told.append(f"{code} needs an example of what breaks it.")
    if not doc["allowed_examples"]:
        told.append(f"{code} needs an example of what is allowed.")
    if not doc["actions"]:
        told.append(f"{code} needs an action.")
    told.extend(
        f"{code} names the action {one}, which does not exist."
        for one in doc["actions"]
        if one not in actions
    )
    if doc["dsa_category"] not in legal.CATEGORIES:
        told.append(f"{code} needs a legal category.")
    for question in doc["questions"]:
        if len(question["options"]) < 2:
            told.append(f"A question of {code} needs at least two answers: “{question['text']}”.")
    if has_base and not doc["compatibility"]:
        told.append(
            f"Say how {code} relates to its wording before: same meaning, narrowed, widened, split or merged."
        )
    if doc["compatibility"] in ("split", "merged") and not doc["predecessors"]:
        told.append(f"Say which rules {code} comes from.")
    return told
