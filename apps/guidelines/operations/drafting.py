"""Writing a draft: opening one, changing a part of it, undoing, bringing it up to date."""

import re

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.guidelines import parts
from apps.guidelines.access import may_write
from apps.guidelines.errors import (
    CodeTaken,
    EditedMeanwhile,
    NotADraft,
    NothingInForce,
    NothingToUndo,
    UndoOvertaken,
    VersionExists,
)
from apps.guidelines.models import DraftEdit, GuidelineVersion, Policy, RetiredRule, RuleVersion
from apps.guidelines.operations.telling import call_off_because
from apps.guidelines.parts import Doc
from apps.ledger.operations import record

HEAD, ORDER = "head", "order"


def lock_draft(version_id: int) -> GuidelineVersion:
    """The draft, its row locked until the end of the transaction. Raises NotADraft."""
    version = GuidelineVersion.objects.select_for_update().get(pk=version_id)
    if not version.is_being_written:
        raise NotADraft()
    return version


@transaction.atomic
def open_draft(*, actor: User, number: str = "", restore: GuidelineVersion | None = None) -> GuidelineVersion:
    """A new draft that says what the version in force says, or, with `restore`, what an earlier version said.

    Restoring is how one goes back: nothing published is touched, and the draft takes the ordinary way to being
    published. Raises NothingInForce, VersionExists, NotAllowed.
    """
    may_write(actor)
    base = GuidelineVersion.objects.filter(state=GuidelineVersion.State.PUBLISHED).first()
    if base is None:
        raise NothingInForce()
    source = restore or base
    number = number.strip() or next_number(base.number)
    try:
        with transaction.atomic():
            version = GuidelineVersion.objects.create(
                code=base.code,
                title=source.title,
                number=number,
                language=source.language,
                principles=source.principles,
                actions=source.actions,
                base=base,
                restores=restore,
                created_by=actor,
            )
    except IntegrityError as trouble:
        if "guideline_version_number_once" in str(trouble):
            raise VersionExists(f"Version {number} exists already. Give this one a new number.") from None
        raise
    copy_rules(source, version, base=base)
    record(
        "guidelines.draft_opened",
        actor=actor,
        version=version.pk,
        number=version.number,
        base=base.pk,
        restores=restore.pk if restore else None,
    )
    version.refresh_from_db()
    return version


def next_number(number: str) -> str:
    """The number after `number` that nobody has taken: 1.4.0 → 1.5.0, 7 → 8, spring → spring-2."""
    found = re.fullmatch(r"(\d+)\.(\d+)(\..+)?", number)
    taken = set(GuidelineVersion.objects.values_list("number", flat=True))
    for step in range(1, len(taken) + 2):
        if found:
            candidate = f"{found[1]}.{int(found[2]) + step}" + (".0" if found[3] else "")
        elif number.isdigit():
            candidate = str(int(number) + step)
        else:
            candidate = f"{number[:15]}-{step + 1}"
        if candidate not in taken:
            return candidate
    raise AssertionError("unreachable: one of more candidates than numbers is free")


def copy_rules(source: GuidelineVersion, version: GuidelineVersion, *, base: GuidelineVersion) -> None:
    """Copy policies and rules into a draft. What the base says word for word is marked as the same."""
    before = {rule.identity: parts.rule_doc(rule) for rule in base.rules.select_related("policy")}
    policies: dict[int, Policy] = {}
    for policy in source.policies.order_by("position"):
        old, policy.pk = policy.pk, None
        policy.version, policy._state.adding = version, True
        policies[old] = policy
    Policy.objects.bulk_create(policies.values())
    copies = []
    for rule in source.rules.select_related("policy").order_by("position"):
        doc, was = parts.rule_doc(rule), before.get(rule.identity)
        rule.compatibility, rule.predecessors = stated(doc, was) if was else ("new", [])
        rule.policy, rule.version, rule.note = policies[rule.policy_id], version, ""
        rule.was = was["code"] if was and was["code"] != rule.code else ""
        rule.pk, rule._state.adding = None, True
        copies.append(rule)
    RuleVersion.objects.bulk_create(copies)
    kept = {rule.identity for rule in copies}
    RetiredRule.objects.bulk_create(
        RetiredRule(version=version, identity=identity, code=doc["code"], title=doc["title"])
        for identity, doc in before.items()
        if identity not in kept
    )


def stated(doc: Doc, was: Doc) -> tuple[str, list[str]]:
    """What goes without saying of a rule's compatibility: unchanged words mean the same; else the author says."""
    unchanged = all(doc[name] == was[name] for name in parts.WORDING)
    return ("same" if unchanged else "", [was["code"]])


@transaction.atomic
def save_part(*, actor: User, version_id: int, part: str, doc: Doc | None, seen: int) -> DraftEdit | None:
    """Write one part of a draft, as long as nobody changed it after revision `seen`.

    None when it says so already. `doc` None takes a policy or a new rule away; a rule that was ever published is
    retired instead. Raises EditedMeanwhile with both texts, CodeTaken, NotADraft, NotAllowed.
    """
    may_write(actor)
    version = lock_draft(version_id)
    current = parts.read(version, part)
    if parts.same(doc, current) or parts.same(_stated(version, part, doc), current):
        return None
    later = version.edits.filter(part=part, revision__gt=seen).select_related("person").order_by("id")
    if later:
        last = list(later)[-1]
        raise EditedMeanwhile(
            part=part,
            base=later[0].before,
            theirs=current,
            yours=doc,
            by=last.person.pseudonym if last.person else "Somebody",
            revision=version.revision,
        )
    return write_part(version, actor, part, doc, current)


def write_part(
    version: GuidelineVersion,
    actor: User,
    part: str,
    doc: Doc | None,
    current: Doc | None,
    undoes: DraftEdit | None = None,
    kind: str = DraftEdit.Kind.EDIT,
    check: bool = True,
) -> DraftEdit:
    """Write the part, keep what was before, and say so. The caller holds the lock."""
    kept = None if current is None else {**current, "place": parts.place_of(version, part)}
    if undoes is None:
        doc = _stated(version, part, doc)
    if check:
        _refuse_taken(version, part, doc)
    parts.write(version, part, doc)
    version.refresh_from_db()
    edit = DraftEdit.objects.create(
        version=version,
        revision=version.revision,
        part=part,
        kind=kind,
        before=kept,
        after=parts.read(version, part),
        person=actor,
        undoes=undoes,
    )
    record(
        "guidelines.edited", actor=actor, version=version.pk, part=part, revision=version.revision, how=kind
    )
    call_off_because(
        version, f"{actor.pseudonym} changed version {version.number} after its publication was planned."
    )
    return edit


def _stated(version: GuidelineVersion, part: str, doc: Doc | None) -> Doc | None:
    """A part with what goes without saying; only rules have something."""
    if doc is None or not part.startswith("rule:") or doc.get("retired"):
        return doc
    return _with_compatibility(version, part, doc)


def _with_compatibility(version: GuidelineVersion, part: str, doc: Doc) -> Doc:
    """Unchanged words mean the same without anybody saying so; for changed words the author's choice stands."""
    identity = part.partition(":")[2]
    base = (
        version.base.rules.select_related("policy").filter(identity=identity).first()
        if version.base
        else None
    )
    if base is None:
        return {**doc, "compatibility": doc["compatibility"] or "new"}
    was = parts.rule_doc(base)
    doc = {**doc, "was": was["code"] if was["code"] != doc["code"] else ""}
    unchanged = all(doc[name] == was[name] for name in parts.WORDING)
    if unchanged and doc["compatibility"] in ("", "same"):
        return {**doc, "compatibility": "same", "predecessors": [was["code"]]}
    return {**doc, "predecessors": doc["predecessors"] or [was["code"]]}


def _refuse_taken(version: GuidelineVersion, part: str, doc: Doc | None) -> None:
    kind, _, identity = part.partition(":")
    if doc is None:
        if kind == "policy" and version.rules.filter(policy__identity=identity).exists():
            raise CodeTaken("This policy still has rules. Move or retire them first.")
        if (
            kind == "rule"
            and RuleVersion.objects.filter(identity=identity, version__published_at__isnull=False).exists()
        ):
            raise CodeTaken("This rule has been in force, and decisions may cite it. Retire it instead.")
        return
    if (
        kind == "head"
        and GuidelineVersion.objects.filter(number=doc["number"]).exclude(pk=version.pk).exists()
    ):
        raise VersionExists(f"Version {doc['number']} exists already. Give this one a new number.")
    if kind == "policy" and version.policies.filter(code=doc["code"]).exclude(identity=identity).exists():
        raise CodeTaken(f"The code {doc['code']} belongs to another policy of this draft.")
    if kind == "rule" and not doc.get("retired"):
        others = RuleVersion.objects.filter(code=doc["code"]).exclude(identity=identity)
        if others.filter(version=version).exists():
            raise CodeTaken(f"The code {doc['code']} belongs to another rule of this draft.")
        if others.filter(version__published_at__isnull=False).exists():
            raise CodeTaken(
                f"The code {doc['code']} named another rule once, and old decisions cite it. Choose another."
            )


@transaction.atomic
def undo(*, actor: User, version_id: int) -> DraftEdit:
    """Take back the actor's last change of this draft. Raises NothingToUndo, UndoOvertaken."""
    may_write(actor)
    version = lock_draft(version_id)
    mine = version.edits.filter(person=actor, undone_by=None)
    last = mine.exclude(kind=DraftEdit.Kind.UNDO).order_by("-id").first()
    if last is None:
        raise NothingToUndo()
    return _back(version, actor, last, DraftEdit.Kind.UNDO)


@transaction.atomic
def redo(*, actor: User, version_id: int) -> DraftEdit:
    """Make the actor's last undone change again, as long as she changed nothing since."""
    may_write(actor)
    version = lock_draft(version_id)
    mine = version.edits.filter(person=actor)
    last = mine.filter(kind=DraftEdit.Kind.UNDO, undone_by=None).order_by("-id").first()
    if last is None or mine.filter(kind=DraftEdit.Kind.EDIT, id__gt=last.pk).exists():
        raise NothingToUndo("There is nothing to do again.")
    return _back(version, actor, last, DraftEdit.Kind.REDO)


def _back(version: GuidelineVersion, actor: User, edit: DraftEdit, kind: str) -> DraftEdit:
    current = parts.read(version, edit.part)
    if not parts.same(current, edit.after):
        raise UndoOvertaken()
    if edit.part == ORDER and {p["policy"] for p in (edit.before or {})["policies"]} != {
        p["policy"] for p in (current or {})["policies"]
    }:
        raise UndoOvertaken()
    return write_part(version, actor, edit.part, edit.before, current, undoes=edit, kind=kind)


@transaction.atomic
def discard(*, actor: User, version_id: int) -> None:
    """Throw a draft away, with its edits and comments. What was published stays. Raises NotADraft."""
    may_write(actor)
    version = lock_draft(version_id)
    call_off_because(version, f"{actor.pseudonym} threw the draft {version.number} away.")
    record("guidelines.draft_discarded", actor=actor, version=version.pk, number=version.number)
    version.delete()
