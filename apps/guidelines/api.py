"""The guidelines for platforms and help centres: versions that are or were in force, in every language there is."""

from datetime import datetime
from typing import Annotated, cast

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from apps.accounts.api import Bearer
from apps.accounts.schemas import READING
from apps.errors import NotFound
from apps.guidelines import queries, reading
from apps.guidelines.access import published_version
from apps.guidelines.errors import NothingInForce
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.queries import Edition
from apps.guidelines.reading import Reading
from apps.guidelines.schemas import (
    ActionAnswer,
    DocumentAnswer,
    GuidelinesAnswer,
    LanguageAnswer,
    PolicyAnswer,
    RuleAnswer,
    RuleOverTimeAnswer,
    VersionAnswer,
    WordingAnswer,
)

router = Router(tags=["guidelines"])
Language = Annotated[
    str, Query(max_length=8, description="Such as km. Left out: the language the guidelines are written in")
]


@router.get("/guidelines", auth=Bearer("read"), response={200: GuidelinesAnswer, **READING})
def get_guidelines(request: HttpRequest) -> GuidelinesAnswer:
    """Every version that is or was in force, and the languages there are."""
    try:
        edition = queries.in_force()
    except NothingInForce:
        return GuidelinesAnswer(in_force=None, languages=[], versions=[])
    spoken = [
        LanguageAnswer(language=edition.language, source=True, translated=len(edition.rules)),
        *(
            LanguageAnswer(
                language=one, source=False, translated=reading.reading(edition, one).translated_rules
            )
            for one in reading.languages()
            if one != edition.language
        ),
    ]
    return GuidelinesAnswer(
        in_force=edition.number,
        languages=spoken,
        versions=[
            VersionAnswer(
                version=row.number,
                title=row.title,
                state=row.state,
                published_at=cast(datetime, row.published_at),  # no draft is among them
                retired_at=row.retired_at,
                reason=row.reason,
                rules=row.rule_count,  # type: ignore[attr-defined]
                url=_address(f"versions/{row.number}/"),
            )
            for row in queries.all_versions()
        ],
    )


@router.get("/guidelines/{version}", auth=Bearer("read"), response={200: DocumentAnswer, **READING})
def get_version(request: HttpRequest, version: str, language: Language = "") -> DocumentAnswer:
    """One version, whole: its number, or `current` for the one in force."""
    row = published_version(queries.in_force().number if version == "current" else version)
    edition = queries.edition(row.pk)
    text = _reading(edition, language)
    return DocumentAnswer(
        version=edition.number,
        title=text.title,
        language=text.language,
        source_language=edition.language,
        state=row.state,
        published_at=cast(datetime, row.published_at),
        retired_at=row.retired_at,
        principles=list(text.principles),
        actions=[
            ActionAnswer(code=code, title=text.actions[code], dsa=dict(action.dsa))
            for code, action in edition.actions.items()
        ],
        policies=[
            PolicyAnswer(
                code=policy.code,
                title=text.policies[policy.code].title,
                description=text.policies[policy.code].description,
                severity=policy.severity,
                dsa_category=policy.dsa_category,
                rules=[_rule(edition, text, rule.code) for rule in policy.rules],
            )
            for policy in edition.policies
        ],
        url=_address(f"versions/{edition.number}/"),
    )


@router.get("/rules/{code}", auth=Bearer("read"), response={200: RuleOverTimeAnswer, **READING})
def get_rule(request: HttpRequest, code: str, language: Language = "") -> RuleOverTimeAnswer:
    """A rule as it is worded now, or as the last version that had it worded it; and when its words changed."""
    code = code.upper()
    told = queries.wordings(code)
    if not told:
        raise NotFound(f"There is no rule {code[:40]} in any version that is or was in force.")
    edition = queries.edition(told[0].version.pk)
    return RuleOverTimeAnswer(
        version=edition.number,
        in_force=told[0].version.state == GuidelineVersion.State.PUBLISHED,
        rule=_rule(edition, _reading(edition, language), code),
        wordings=[
            WordingAnswer(
                version=wording.version.number,
                published_at=cast(datetime, wording.version.published_at),
                reworded=wording.reworded,
                url=_address(f"versions/{wording.version.number}/rules/{code}/"),
            )
            for wording in told
        ],
    )


def _reading(edition: Edition, language: str) -> Reading:
    language = language or edition.language
    if language != edition.language and language not in reading.languages():
        raise NotFound(f"There is no translation into “{language}”.")
    return reading.reading(edition, language)


def _rule(edition: Edition, text: Reading, code: str) -> RuleAnswer:
    rule, words = edition.rules[code], text.rules[code]
    return RuleAnswer(
        code=code,
        policy=rule.policy_code,
        language=text.language,
        title=words.title,
        description=words.description,
        violating_examples=list(words.violating_examples),
        allowed_examples=list(words.allowed_examples),
        severity=rule.severity,
        actions=list(rule.actions),
        dsa_category=rule.dsa_category,
        dsa_keywords=list(rule.dsa_keywords),
        translated=words.translated,
        stale=words.stale,
        reviewed=words.reviewed,
        untranslated=sorted(words.missing | words.newer),
        url=_address(f"versions/{edition.number}/rules/{code}/"),
    )


def _address(rest: str) -> str:
    return f"{settings.PUBLIC_URL}/community-guidelines/{rest}"
