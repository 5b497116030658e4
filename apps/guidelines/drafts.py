"""What the editor's pages show of a draft."""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import Count

from apps.accounts.models import User
from apps.guidelines import parts
from apps.guidelines.completeness import lacks, rule_lacks
from apps.guidelines.forms import RuleForm
from apps.guidelines.models import DraftEdit, GuidelineVersion, LeadNotice, Policy, RuleVersion, Schedule
from apps.guidelines.parts import Doc
from apps.guidelines.queries import Action, Question, Rule


@dataclass(frozen=True)
class Row:
    """A rule in the outline. `change`: "", new, changed or renamed; `lacks` are sentences."""

    identity: str
    code: str
    title: str
    severity: int
    change: str
    lacks: list[str]
    comments: int


@dataclass(frozen=True)
class Section:
    identity: str
    code: str
    title: str
    lacks: list[str]
    rules: list[Row]


def outline(version: GuidelineVersion, person: User) -> dict[str, Any]:
    """The draft at a glance: what stands where, what changed, what is missing, what can be undone."""
    missing: dict[str, list[str]] = {}
    for lack in lacks(version):
        missing.setdefault(lack.part, []).append(lack.reason)
    rules = list(version.rules.select_related("policy").order_by("position"))
    before = _docs(version.base)
    open_comments = (
        version.comments.filter(resolved_at=None).values("rule").annotate(n=Count("id")).order_by()
    )
    comments = {str(row["rule"]): row["n"] for row in open_comments}
    sections = [
        Section(
            str(policy.identity),
            policy.code,
            policy.title,
            missing.get(parts.policy_part(policy.identity), []),
            [
                Row(
                    str(rule.identity),
                    rule.code,
                    rule.title,
                    rule.severity,
                    _change(parts.rule_doc(rule), before.get(str(rule.identity))),
                    missing.get(parts.rule_part(rule.identity), []),
                    comments.get(str(rule.identity), 0),
                )
                for rule in rules
                if rule.policy_id == policy.pk
            ],
        )
        for policy in version.policies.order_by("position")
    ]
    edits = list(version.edits.select_related("person").order_by("-id")[:12])
    mine = version.edits.filter(person=person)
    return {
        "sections": sections,
        "retired": list(version.retired_rules.all()),
        "missing": missing,
        "head_lacks": missing.get("head", []),
        "lack_count": sum(len(reasons) for reasons in missing.values()),
        "edits": [(edit, part_words(edit)) for edit in edits],
        "can_undo": mine.filter(undone_by=None).exclude(kind=DraftEdit.Kind.UNDO).exists(),
        "can_redo": mine.filter(undone_by=None, kind=DraftEdit.Kind.UNDO).exists(),
        "planned": planned_for(version),
        "lead_notices": unseen(person),
        "open_comments": sum(comments.values()),
    }


def _docs(version: GuidelineVersion | None) -> dict[str, Doc]:
    rows = version.rules.select_related("policy") if version else []
    return {str(rule.identity): parts.rule_doc(rule) for rule in rows}


def _change(doc: Doc, was: Doc | None) -> str:
    if was is None:
        return "new"
    if any(doc[name] != was[name] for name in (*parts.WORDING, "check_required")):
        return "changed"
    return "renamed" if doc["code"] != was["code"] else ""


def part_words(edit: DraftEdit) -> str:
    """What an edit was about, in words: “VX-1”, “the order”, “policy VX”."""
    kind, _, _ = edit.part.partition(":")
    if kind == "head":
        return "title, principles and actions"
    if kind == "order":
        return "the order"
    code = (edit.after or edit.before or {}).get("code", "")
    name = f"policy {code}" if kind == "policy" else code
    if edit.before is None:
        return f"{name} (new)"
    if edit.after is None:
        return f"{name} (deleted)"
    if edit.after.get("retired"):
        return f"{name} (retired)"
    return name


def planned_for(version: GuidelineVersion) -> Schedule | None:
    """The publication that is planned for this version, if any."""
    found = Schedule.objects.filter(version=version, state=Schedule.State.PENDING).select_related("asked_by")
    return found.first()


def planned() -> Schedule | None:
    """The publication that is planned, whatever version it is of."""
    return Schedule.objects.filter(state=Schedule.State.PENDING).select_related("asked_by", "version").first()


def in_review() -> list[GuidelineVersion]:
    """Drafts that wait for somebody to read them, the oldest first."""
    return list(GuidelineVersion.objects.filter(state=GuidelineVersion.State.IN_REVIEW).order_by("pk"))


def unseen(person: User) -> list[LeadNotice]:
    """What this lead was told and has not marked as seen, newest first."""
    return list(
        LeadNotice.objects.filter(person=person, seen_at=None).select_related("version").order_by("-id")[:10]
    )


def moved(order: Doc, data: Mapping[str, Any]) -> Doc | None:
    """The order after one step (`move` = "IDENTITY:up") or after dragging (`order`, JSON as `order_doc` writes it).

    None when there is nowhere to go, or when what was dragged is not the same set of rules.
    """
    if given := data.get("order"):
        try:
            wanted = json.loads(given)
            flat = {(e["policy"], r) for e in wanted["policies"] for r in [*e["rules"], ""]}
            count = sum(len(e["rules"]) for e in wanted["policies"])
        except (ValueError, TypeError, KeyError):
            return None
        known = {(e["policy"], r) for e in order["policies"] for r in [*e["rules"], ""]}
        whole = count == sum(len(e["rules"]) for e in order["policies"])
        clean = {"policies": [{"policy": e["policy"], "rules": list(e["rules"])} for e in wanted["policies"]]}
        return clean if flat == known and whole and len(clean["policies"]) == len(order["policies"]) else None
    identity, _, way = data.get("move", "").partition(":")
    rows = [[e["policy"] for e in order["policies"]], *(e["rules"] for e in order["policies"])]
    for number, row in enumerate(rows):
        if identity not in row:
            continue
        place = row.index(identity)
        other = place - 1 if way == "up" else place + 1
        if not 0 <= other < len(row):
            return None
        policies = [{"policy": e["policy"], "rules": list(e["rules"])} for e in order["policies"]]
        target = policies if number == 0 else policies[number - 1]["rules"]
        target[place], target[other] = target[other], target[place]
        return {"policies": policies}
    return None


def next_code(policy: Policy) -> str:
    """The next free number of a policy: free in every version there ever was."""
    taken = RuleVersion.objects.filter(code__startswith=f"{policy.code}-").values_list("code", flat=True)
    numbers = [int(found[1]) for code in taken if (found := re.match(rf"{policy.code}-(\d+)", code))]
    return f"{policy.code}-{max(numbers, default=0) + 1}"


def free_policy_code(version: GuidelineVersion) -> str:
    taken = set(version.policies.values_list("code", flat=True))
    return next(code for code in (f"NEW{chr(65 + n)}" for n in range(26)) if code not in taken)


def was_published(identity: uuid.UUID) -> bool:
    """Whether the rule was ever part of a published version: then it is retired, not deleted."""
    return RuleVersion.objects.filter(identity=identity, version__published_at__isnull=False).exists()


def code_before(version: GuidelineVersion, identity: uuid.UUID) -> str:
    rule = version.base.rules.filter(identity=identity).first() if version.base else None
    return rule.code if rule else version.rules.get(identity=identity).code


def unchanged(version: GuidelineVersion, identity: uuid.UUID, doc: Doc) -> bool:
    """Whether a rule of the draft says what it says in the version before."""
    before = words_before(version, identity)
    return before is not None and all(doc[name] == before[name] for name in parts.WORDING)


def words_before(version: GuidelineVersion, identity: uuid.UUID) -> Doc | None:
    """The rule as the version before words it, ready to be written into the draft; its policy must be there."""
    rule = (
        version.base.rules.select_related("policy").filter(identity=identity).first()
        if version.base
        else None
    )
    if rule is None or not version.policies.filter(identity=rule.policy.identity).exists():
        return None
    return {**parts.rule_doc(rule), "compatibility": "", "predecessors": [], "was": "", "note": ""}


@dataclass(frozen=True)
class Shown:
    """As much of an edition as the card of a rule needs."""

    actions: Mapping[str, Action]
    language: str

    @classmethod
    def of(cls, version: GuidelineVersion) -> "Shown":
        actions = {
            code: Action(code, one["title"], one.get("dsa") or {}) for code, one in version.actions.items()
        }
        return cls(MappingProxyType(actions), version.language)


def as_read(form: RuleForm) -> Rule:
    """What is being typed, as readers will see it; what cannot be used yet is shown as it was."""
    form.is_valid()
    doc = {**form.current}
    given = form.cleaned_data if hasattr(form, "cleaned_data") else {}
    if given.keys() >= {"usual", "others", "handling", "questions"}:
        for name in parts.WORDING:
            if name in given:
                doc[name] = given[name]
        usual = [given["usual"]] if given["usual"] else []
        doc["actions"] = [*usual, *(code for code in given["others"] if code != given["usual"])]
    return Rule(
        id=0,
        code=str(given.get("code") or form.current["code"]),
        policy_code="",
        policy_title="",
        title=doc["title"],
        description=doc["description"],
        severity=doc["severity"],
        exposure=doc["exposure"],
        violating_examples=tuple(doc["violating_examples"]),
        allowed_examples=tuple(doc["allowed_examples"]),
        actions=tuple(doc["actions"]),
        dsa_category=doc["dsa_category"],
        dsa_keywords=tuple(doc["dsa_keywords"]),
        handling=doc["handling"],
        position=0,
        identity=uuid.UUID(int=0),
        questions=tuple(Question(one["key"], one["text"], tuple(one["options"])) for one in doc["questions"]),
    )


def rule_page(version: GuidelineVersion, identity: uuid.UUID, current: Doc) -> dict[str, Any]:
    """What stands beside the form of a rule: its neighbours, comments, what it lacks, and its first preview."""
    order = [row for entry in parts.order_doc(version)["policies"] for row in entry["rules"]]
    place = order.index(str(identity)) if str(identity) in order else 0
    policy = version.policies.filter(identity=current["policy"]).first() if current["policy"] else None
    comments = version.comments.filter(rule=identity).select_related("person", "resolved_by")
    return {
        "identity": identity,
        "current": current,
        "known": was_published(identity),
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place + 1 < len(order) else None,
        "comments": list(comments),
        "lacks": rule_lacks(current, policy.code, version.actions, has_base=version.base_id is not None)
        if policy
        else [],
        "rule": as_read(RuleForm(version=version, current=current)),
        "edition": Shown.of(version),
        "base": "",
        "codes": frozenset(),
    }
