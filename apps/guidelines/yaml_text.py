"""A guideline version as YAML text, in the format that `load` reads; what is read back says exactly the same."""

from typing import Any

import yaml

from apps.guidelines import parts
from apps.guidelines.models import GuidelineVersion

LEFT_OUT_WHEN_EMPTY = (
    "dsa_keywords",
    "handling",
    "questions",
    "check_required",
    "was",
    "compatibility",
    "from",
    "note",
)


class _Text(yaml.SafeDumper):
    """Lists stand under their name's indentation; nothing is folded or aliased, so that a diff shows one change."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def dump(version: GuidelineVersion) -> str:
    """The whole version, drafts too, as a file one can edit and load again under a new number."""
    base_codes = {str(one.identity): one.code for one in version.base.policies.all()} if version.base else {}
    rules: dict[int, list[dict[str, Any]]] = {}
    for rule in version.rules.select_related("policy").order_by("position"):
        rules.setdefault(rule.policy_id, []).append(_rule(parts.rule_doc(rule)))
    policies = []
    for policy in version.policies.order_by("position"):
        was = base_codes.get(str(policy.identity), policy.code)
        policies.append(
            {
                **parts.policy_doc(policy),
                **({"was": was} if was != policy.code else {}),
                "rules": rules.get(policy.pk, []),
            }
        )
    whole: dict[str, Any] = {
        "schema_version": 1,
        "guideline_set": {
            "code": version.code,
            "title": version.title,
            "version": version.number,
            "language": version.language,
            "principles": version.principles,
        },
        "actions_catalog": version.actions,
        "policies": policies,
    }
    if gone := [_retired(parts.retired_doc(one)) for one in version.retired_rules.order_by("code")]:
        whole["retired"] = gone
    return yaml.dump(whole, Dumper=_Text, sort_keys=False, allow_unicode=True, width=10_000)


def _rule(doc: parts.Doc) -> dict[str, Any]:
    named = {"from" if name == "predecessors" else name: doc[name] for name in parts.RULE}
    return {name: value for name, value in named.items() if value or name not in LEFT_OUT_WHEN_EMPTY}


def _retired(doc: parts.Doc) -> dict[str, Any]:
    return {name: doc[name] for name in ("code", "successors", "note") if doc[name]}
