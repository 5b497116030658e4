"""Loading a guideline set as a draft."""

import uuid

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.guidelines import parts, starter_format
from apps.guidelines.errors import VersionExists
from apps.guidelines.lines import unreadable
from apps.guidelines.models import GuidelineVersion, Policy, RetiredRule, RuleVersion
from apps.guidelines.operations.drafting import stated
from apps.ledger.operations import record


def load(data: str | bytes, *, actor: User | None) -> GuidelineVersion:
    """A new draft from the starter format (YAML text).

    A code that was ever published stays the same rule; `was` names a renamed one. Rules of the version in force
    that the file does not name are retired in the draft. Raises GuidelinesUnreadable with the line of every problem,
    or VersionExists when its number is taken. Nothing is written unless everything is right. `actor` is None for
    the command line.
    """
    draft = starter_format.read(data)
    base = GuidelineVersion.objects.filter(state=GuidelineVersion.State.PUBLISHED).first()
    try:
        with transaction.atomic():
            version = GuidelineVersion.objects.create(
                code=draft.code,
                title=draft.title,
                number=draft.number,
                language=draft.language,
                principles=draft.principles,
                actions=draft.actions,
                base=base,
                created_by=actor,
            )
            _write(version, draft, base)
            record(
                "guidelines.loaded",
                actor=actor,
                version=version.pk,
                number=version.number,
                policies=len(draft.policies),
                rules=sum(len(policy.rules) for policy in draft.policies),
            )
    except IntegrityError as trouble:
        if "guideline_version_number_once" in str(trouble):
            raise VersionExists(
                f"Version {draft.number} exists already. Versions never change; give this one a new number."
            ) from None
        raise
    version.refresh_from_db()
    return version


def _write(version: GuidelineVersion, draft: starter_format.SetDraft, base: GuidelineVersion | None) -> None:
    known = _identities(RuleVersion)
    of_policies = _identities(Policy)
    _refuse_borrowed_names(draft, known)
    policies = Policy.objects.bulk_create(
        Policy(
            version=version,
            identity=of_policies.get(one.was or one.code) or uuid.uuid4(),
            position=position,
            **{name: getattr(one, name) for name in parts.POLICY},
        )
        for position, one in enumerate(draft.policies)
    )
    before = (
        {rule.identity: parts.rule_doc(rule) for rule in base.rules.select_related("policy")} if base else {}
    )
    made = []
    pairs = [
        (policy, rule) for policy, one in zip(policies, draft.policies, strict=True) for rule in one.rules
    ]
    for position, (policy, rule) in enumerate(pairs):
        fields = {name: getattr(rule, name) for name in parts.RULE}
        identity = known.get(rule.was or rule.code) or uuid.uuid4()
        if not rule.compatibility:
            was = before.get(identity)
            fields["compatibility"], fields["predecessors"] = stated(fields, was) if was else ("new", [])
            fields["predecessors"] = rule.predecessors or fields["predecessors"]
        made.append(
            RuleVersion(version=version, policy=policy, identity=identity, position=position, **fields)
        )
    RuleVersion.objects.bulk_create(made)
    kept = {rule.identity for rule in made}
    titles = {doc["code"]: doc["title"] for doc in before.values()}
    named = {one.code for one in draft.retired}
    RetiredRule.objects.bulk_create(
        [
            RetiredRule(
                version=version,
                identity=known.get(one.code) or uuid.uuid4(),
                code=one.code,
                title=titles.get(one.code, ""),
                successors=one.successors,
                note=one.note,
            )
            for one in draft.retired
        ]
        + [
            RetiredRule(version=version, identity=identity, code=doc["code"], title=doc["title"])
            for identity, doc in before.items()
            if identity not in kept and doc["code"] not in named
        ]
    )


def _identities(model: type[RuleVersion] | type[Policy]) -> dict[str, uuid.UUID]:
    """What every code ever published names; the newest version has the last word."""
    rows = model._default_manager.filter(version__published_at__isnull=False).order_by(
        "version__published_at"
    )
    return dict(rows.values_list("code", "identity"))


def _refuse_borrowed_names(draft: starter_format.SetDraft, known: dict[str, uuid.UUID]) -> None:
    """A rule may not take a code that names another rule, nor two rules continue one."""
    problems, continued = [], dict[uuid.UUID, str]()
    for policy in draft.policies:
        for rule in policy.rules:
            identity = known.get(rule.was or rule.code)
            if rule.was and rule.code in known and known[rule.code] != identity:
                problems.append(
                    (rule.line, f"The code “{rule.code}” named another rule once. Choose another.")
                )
            if identity in continued:
                problems.append((rule.line, f"{rule.code} and {continued[identity]} both continue one rule."))
            elif identity:
                continued[identity] = rule.code
    if problems:
        raise unreadable(problems)
