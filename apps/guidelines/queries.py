"""Reading guidelines. A published version never changes, so each is read once and kept in the process."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils.timezone import now

from apps.guidelines.errors import NothingInForce
from apps.guidelines.models import GuidelineVersion, RuleVersion
from apps.guidelines.parts import WORDING

# A publication is written longer than this before it takes effect (operations.publishing.LEAD): what was
# looked up this long ago still tells which version is in force at any moment until now.
IN_FORCE_KNOWN_FOR = 2.0  # seconds
EDITIONS_KEPT = 12
RECENT = timedelta(minutes=10)  # a retired version is still known this long, for decisions just being written


@dataclass(frozen=True, slots=True)
class Action:
    """Something that may be done under a rule. `dsa` says what it means in a statement of reasons."""

    code: str
    title: str
    dsa: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What a moderator must answer when she cites the rule: one of `options`. `key` is its name in the rule."""

    key: str
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as one version words it. `id` is the RuleVersion a decision cites."""

    id: int
    code: str
    policy_code: str
    policy_title: str
    title: str
    description: str
    severity: int
    exposure: int
    violating_examples: tuple[str, ...]
    allowed_examples: tuple[str, ...]
    actions: tuple[str, ...]
    dsa_category: str
    dsa_keywords: tuple[str, ...]
    handling: Mapping[str, Any]
    position: int
    identity: UUID
    questions: tuple[Question, ...] = ()
    check_required: bool = False
    compatibility: str = ""
    note: str = ""

    @property
    def usual_action(self) -> str:
        return self.actions[0]

    @property
    def needs_second_person(self) -> bool:
        return bool(self.handling.get("dual_review"))

    @property
    def specialist_only(self) -> bool:
        return bool(self.handling.get("specialist_only"))


@dataclass(frozen=True, slots=True)
class PolicySection:
    code: str
    title: str
    description: str
    severity: int
    dsa_category: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Edition:
    """One guideline version, whole and unchangeable. Rules by code and by id, policies in reading order."""

    id: int
    code: str
    number: str
    title: str
    language: str
    state: str
    principles: tuple[str, ...]
    published_at: datetime | None
    base_id: int | None  # the version in force before it
    policies: tuple[PolicySection, ...]
    rules: Mapping[str, Rule]
    rules_by_id: Mapping[int, Rule]
    actions: Mapping[str, Action]


_editions: dict[int, Edition] = {}
_in_force: tuple[list[tuple[int, datetime, datetime | None]], float] | None = None
_lock = Lock()


def in_force(at: datetime | None = None) -> Edition:
    """The edition in force at a moment, by default now; not for moments long past.

    Usually no query: which version is in force when, is known for 2 s, what it says for good. Raises
    NothingInForce when no version was ever published.
    """
    global _in_force
    at = at or now()
    known = _in_force
    if known is None or known[1] < time.monotonic():
        rows = (
            GuidelineVersion.objects.filter(published_at__isnull=False)
            .filter(Q(retired_at=None) | Q(retired_at__gt=at - RECENT))
            .order_by("published_at")
            .values_list("id", "published_at", "retired_at")
        )
        spans = [(pk, start, end) for pk, start, end in rows if start is not None]
        if not spans:
            raise NothingInForce()
        _in_force = known = (spans, time.monotonic() + IN_FORCE_KNOWN_FOR)
        for version_id, start, _ in spans:
            if start > at:  # read while it is still to come, so that nobody waits for it then
                edition(version_id)
    for version_id, start, end in known[0]:
        if start <= at and (end is None or at < end):
            return edition(version_id)
    return edition(known[0][0][0])  # the first version ever, a breath before its moment


def forget_in_force() -> None:
    """Look the version in force up again at the next question."""
    global _in_force
    _in_force = None


def edition(version_id: int) -> Edition:
    """Any version by its id, read once per process. Raises GuidelineVersion.DoesNotExist."""
    found = _editions.get(version_id)
    if found is None:
        version = GuidelineVersion.objects.get(pk=version_id)
        if version.published_at is None:  # a draft may still change
            return _read(version)
        with _lock:  # all threads ask for a new version in the same moment: one reads it
            found = _editions.get(version_id)
            if found is None:
                found = _read(version)
                while len(_editions) >= EDITIONS_KEPT:
                    _editions.pop(next(iter(_editions)))
                _editions[version_id] = found
    return found


def _read(version: GuidelineVersion) -> Edition:
    policies = {policy.pk: policy for policy in version.policies.order_by("position")}
    rules = [_rule(row, policies[row.policy_id].title) for row in version.rules.select_related("policy")]
    return Edition(
        id=version.pk,
        code=version.code,
        number=version.number,
        title=version.title,
        language=version.language,
        # A version kept in memory may be retired meanwhile; only "draft or not" is asked of this.
        state=version.state,
        principles=tuple(version.principles),
        published_at=version.published_at,
        base_id=version.base_id,
        policies=tuple(
            PolicySection(
                code=policy.code,
                title=policy.title,
                description=policy.description,
                severity=policy.severity,
                dsa_category=policy.dsa_category,
                rules=tuple(rule for rule in rules if rule.policy_code == policy.code),
            )
            for policy in policies.values()
        ),
        rules=MappingProxyType({rule.code: rule for rule in rules}),
        rules_by_id=MappingProxyType({rule.id: rule for rule in rules}),
        actions=MappingProxyType(
            {
                code: Action(code, entry["title"], MappingProxyType(entry.get("dsa") or {}))
                for code, entry in version.actions.items()
            }
        ),
    )


def _rule(row: RuleVersion, policy_title: str) -> Rule:
    return Rule(
        id=row.pk,
        code=row.code,
        policy_code=row.policy.code,
        policy_title=policy_title,
        title=row.title,
        description=row.description,
        severity=row.severity,
        exposure=row.exposure,
        violating_examples=tuple(row.violating_examples),
        allowed_examples=tuple(row.allowed_examples),
        actions=tuple(row.actions),
        dsa_category=row.dsa_category,
        dsa_keywords=tuple(row.dsa_keywords),
        handling=MappingProxyType(row.handling),
        position=row.position,
        identity=row.identity,
        questions=tuple(Question(one["key"], one["text"], tuple(one["options"])) for one in row.questions),
        check_required=row.check_required,
        compatibility=row.compatibility,
        note=row.note,
    )


def rules_likely(codes: Iterable[str], limit: int = 9, edition: Edition | None = None) -> list[Rule]:
    """The rules to offer first for a case: those named, their neighbours, then one of every other policy.

    `codes` in order of likelihood; unknown ones are passed over. Never more than `limit`.
    """
    edition = edition or in_force()
    named = [edition.rules[code] for code in dict.fromkeys(codes) if code in edition.rules]
    of_named = list(dict.fromkeys(rule.policy_code for rule in named))
    sections = {section.code: section for section in edition.policies}
    neighbours = [rule for code in of_named for rule in sections[code].rules]
    others = [section.rules[0] for section in edition.policies if section.code not in of_named]
    return list({rule.id: rule for rule in [*named, *neighbours, *others]}.values())[:limit]


@dataclass(frozen=True, slots=True)
class Wording:
    """A rule in one version; `reworded` says whether it reads otherwise than in the version before."""

    version: GuidelineVersion
    code: str
    reworded: bool


def all_versions(*, drafts: bool = False) -> list[GuidelineVersion]:
    """Versions that are or were in force, newest first; with drafts, those lead the list."""
    versions = GuidelineVersion.objects.select_related("published_by").annotate(rule_count=Count("rules"))
    if not drafts:
        versions = versions.filter(published_at__isnull=False)
    return list(versions.order_by(F("published_at").desc(nulls_first=True), "-id"))


def versions_of_rule(code: str) -> list[RuleVersion]:
    """A rule in every version that is or was in force, newest first, whatever its code was there."""
    named = RuleVersion.objects.filter(code=code, version__published_at__isnull=False)
    identity = named.values_list("identity", flat=True).first()
    if identity is None:
        return []
    return list(
        RuleVersion.objects.filter(identity=identity, version__published_at__isnull=False)
        .select_related("version")
        .order_by("-version__published_at", "-version_id")
    )


def wordings(code: str) -> list[Wording]:
    """The history of a rule, newest first. The oldest counts as reworded: it was new."""
    rows = versions_of_rule(code)
    earlier: list[RuleVersion | None] = [*rows[1:], *([None] if rows else [])]
    return [
        Wording(row.version, row.code, before is None or _reads(row) != _reads(before))
        for row, before in zip(rows, earlier, strict=True)
    ]


def _reads(row: RuleVersion) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in WORDING)


@dataclass(frozen=True, slots=True)
class Account:
    """Who published a version, when, why and how; for ever on its page."""

    publication: str
    how: str
    emergency: bool
    published_by: str
    seconded_by: str
    authors: tuple[str, ...]
    approved_by: tuple[str, ...]
    reason: str
    before: str
    after: str
    restores: str


def account_of(version: GuidelineVersion) -> Account | None:
    """The account of a published version; None for one that is still being written."""
    if version.published_at is None:
        return None
    given = version.approvals.filter(revision=version.revision, withdrawn_at=None).select_related("person")
    edits = version.edits.filter(person__isnull=False).order_by()
    wrote = set(edits.values_list("person__pseudonym", flat=True).distinct())
    if version.created_by:
        wrote.add(version.created_by.pseudonym)
    following = (
        GuidelineVersion.objects.filter(published_at=version.retired_at).first()
        if version.retired_at
        else None
    )
    return Account(
        publication=version.publication,
        how=version.get_publication_display(),
        emergency=version.publication == GuidelineVersion.Publication.EMERGENCY,
        published_by=version.published_by.pseudonym if version.published_by else "",
        seconded_by=version.seconded_by.pseudonym if version.seconded_by else "",
        authors=tuple(sorted(wrote)),
        approved_by=tuple(one.person.pseudonym for one in given),
        reason=version.reason,
        before=version.base.number if version.base else "",
        after=following.number if following else "",
        restores=version.restores.number if version.restores else "",
    )
