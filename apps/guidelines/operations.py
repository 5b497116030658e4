"""Loading a guideline set as a draft, and putting a draft in force."""

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.guidelines import queries, starter_format
from apps.guidelines.errors import NotADraft, PublishedMeanwhile, ReasonNeeded, VersionExists
from apps.guidelines.models import GuidelineVersion, Policy, RuleVersion
from apps.ledger.operations import record


def load(data: str | bytes, *, actor: User | None) -> GuidelineVersion:
    """A new draft from the starter format (YAML text).

    Raises GuidelinesUnreadable with the line of every problem, or VersionExists when its number
    is taken. Nothing is written unless everything is right. `actor` is None for the command line.
    """
    draft = starter_format.read(data)
    try:
        with transaction.atomic():
            version = GuidelineVersion.objects.create(
                code=draft.code,
                title=draft.title,
                number=draft.number,
                language=draft.language,
                principles=draft.principles,
                actions=draft.actions,
            )
            _write_policies(version, draft.policies)
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
    return version


def _write_policies(version: GuidelineVersion, drafts: list[starter_format.PolicyDraft]) -> None:
    policies = Policy.objects.bulk_create(
        Policy(
            version=version,
            code=draft.code,
            title=draft.title,
            description=draft.description,
            severity=draft.severity,
            dsa_category=draft.dsa_category,
            position=position,
        )
        for position, draft in enumerate(drafts)
    )
    pairs = [(policy, rule) for policy, draft in zip(policies, drafts, strict=True) for rule in draft.rules]
    RuleVersion.objects.bulk_create(
        RuleVersion(version=version, policy=policy, position=position, **vars(rule))
        for position, (policy, rule) in enumerate(pairs)
    )


@transaction.atomic
def publish(version: GuidelineVersion, *, actor: User | None, reason: str) -> GuidelineVersion:
    """Put a draft in force and retire the version before it, in one step.

    Decisions pin the rule versions they cite, so nothing decided changes. Raises NotADraft,
    ReasonNeeded, or PublishedMeanwhile when another version came first.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded()
    locked = GuidelineVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state != GuidelineVersion.State.DRAFT:
        raise NotADraft()
    at = now()
    before = (
        GuidelineVersion.objects.select_for_update().filter(state=GuidelineVersion.State.PUBLISHED).first()
    )
    if before:
        before.state, before.retired_at = GuidelineVersion.State.RETIRED, at
        before.save(update_fields=["state", "retired_at"])
    locked.state, locked.published_at = GuidelineVersion.State.PUBLISHED, at
    locked.published_by, locked.reason = actor, reason
    try:
        with transaction.atomic():
            locked.save(update_fields=["state", "published_at", "published_by", "reason"])
    except IntegrityError as trouble:
        if "guideline_version_one_in_force" in str(trouble):
            raise PublishedMeanwhile() from None
        raise
    record(
        "guidelines.published",
        actor=actor,
        version=locked.pk,
        number=locked.number,
        before=before.pk if before else None,
    )
    queries.forget_in_force()
    transaction.on_commit(queries.forget_in_force)
    return locked
