"""Bringing a draft up to date with what was published after it was begun."""

from django.db import transaction

from apps.accounts.models import User
from apps.guidelines import parts
from apps.guidelines.access import may_write
from apps.guidelines.models import Comment, GuidelineVersion, RuleVersion
from apps.guidelines.operations.drafting import HEAD, lock_draft, stated, write_part
from apps.guidelines.parts import Doc
from apps.ledger.operations import record

OF_ITS_PAST = ("compatibility", "predecessors", "was", "note")


@transaction.atomic
def bring_up_to_date(*, actor: User, version_id: int) -> list[str]:
    """Base a draft on the version in force now, and say which rules both changed.

    Per policy, rule and head: what only the newer version changed is taken over; what only the draft changed
    stays; where both did, the draft's words stay and an open comment shows that there is something to merge.
    """
    may_write(actor)
    version = lock_draft(version_id)
    current = GuidelineVersion.objects.filter(state=GuidelineVersion.State.PUBLISHED).first()
    if current is None or version.base_id == current.pk:
        return []
    clashes: list[str] = []
    before, theirs, ours = (_all_parts(one) for one in (version.base, current, version))
    GuidelineVersion.objects.filter(pk=version.pk).update(base=current)
    version.refresh_from_db()
    # Policies first: a rule that comes in needs its policy.
    for part in sorted(before.keys() | theirs.keys() | ours.keys()):
        was, now_there, mine = before.get(part), theirs.get(part), ours.get(part)
        if parts.same(_text(was), _text(now_there)) or parts.same(_text(mine), _text(now_there)):
            continue
        if parts.same(_text(was), _text(mine)):
            taken = _taken_over(part, now_there)
            write_part(version, actor, part, taken, parts.read(version, part), check=taken is not None)
        elif part != HEAD:
            doc = now_there or mine or {}
            clashes.append(doc.get("code", part))
            Comment.objects.create(
                version=version,
                rule=part.partition(":")[2] if part.startswith("rule:") else None,
                revision=version.revision,
                person=actor,
                text=f"Version {current.number} changed {doc.get('code', 'this')} as well. Compare and merge, then resolve this.",
            )
    _state_anew(version)
    record(
        "guidelines.brought_up_to_date",
        actor=actor,
        version=version.pk,
        base=current.pk,
        clashes=len(clashes),
    )
    return clashes


def _state_anew(version: GuidelineVersion) -> None:
    """With a new base, unchanged words mean "same" again, and what the base has must be kept or retired."""
    base = version.base
    assert base is not None
    before = {rule.identity: parts.rule_doc(rule) for rule in base.rules.select_related("policy")}
    for rule in version.rules.select_related("policy"):
        was = before.get(rule.identity)
        if was is None:
            continue
        compatibility, predecessors = stated(parts.rule_doc(rule), was)
        if compatibility == "same" or rule.compatibility in ("same", "new"):
            RuleVersion.objects.filter(pk=rule.pk).update(
                compatibility=compatibility, predecessors=predecessors
            )
    version.retired_rules.exclude(identity__in=before).delete()


def _all_parts(version: GuidelineVersion | None) -> dict[str, Doc]:
    if version is None:
        return {}
    found = {
        parts.policy_part(policy.identity): parts.policy_doc(policy) for policy in version.policies.all()
    }
    for rule in version.rules.select_related("policy"):
        found[parts.rule_part(rule.identity)] = parts.rule_doc(rule)
    for gone in version.retired_rules.all():
        found[parts.rule_part(gone.identity)] = parts.retired_doc(gone)
    return found


def _text(doc: Doc | None) -> Doc | None:
    """What counts when two versions are compared: the words, not what they say of their own past."""
    if doc is None or doc.get("retired"):
        return None
    return {key: value for key, value in doc.items() if key not in OF_ITS_PAST}


def _taken_over(part: str, doc: Doc | None) -> Doc | None:
    if not part.startswith("rule:"):
        return doc
    if doc is None or doc.get("retired"):
        return None
    return {**doc, "compatibility": "same", "predecessors": [doc["code"]], "was": "", "note": ""}
