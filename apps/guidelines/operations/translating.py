"""Translating guideline texts, and reading a translation over: the writers of `Translation`."""

from collections.abc import Mapping
from typing import Any

import yaml
from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.guidelines import reading
from apps.guidelines.errors import (
    GuidelinesUnreadable,
    InvalidTranslation,
    NotYourLanguage,
    OwnTranslation,
    ReviewedMeanwhile,
    SourceMoved,
)
from apps.guidelines.models import Translation
from apps.guidelines.queries import Edition
from apps.ledger.operations import record

LISTS = ("violating_examples", "allowed_examples", "principles")
TITLE_AT_MOST = 200
TEXT_AT_MOST = 5_000
KEYS = {"title", "description", "violating_examples", "allowed_examples"}


def thing_of(edition: Edition, kind: str, code: str) -> Any:
    """The rule, policy or edition a translation would be of; None when there is no such thing."""
    if kind == Translation.Kind.RULE:
        return edition.rules.get(code)
    if kind == Translation.Kind.POLICY:
        return next((policy for policy in edition.policies if policy.code == code), None)
    return edition


def translate(
    *,
    edition: Edition,
    kind: str,
    code: str,
    language: str,
    texts: Mapping[str, Any],
    actor: User,
    source_sha256: str = "",
) -> Translation:
    """Write a translation of one text as `edition` words it. It is unreviewed until somebody else has read it.

    `texts` holds the source's fields in the other language; an empty one is read in the source's own words.
    `source_sha256` names the words the translator saw. Raises InvalidTranslation with a reason a field, or
    SourceMoved when the source has other words by now. Nothing is overwritten: the earlier translation stays.
    """
    source = reading.source_of(kind, thing_of(edition, kind, code))
    moved = bool(source_sha256) and source_sha256 != reading.fingerprint(source)
    if moved:
        raise SourceMoved
    kept = _checked(source, texts, language, edition.language)
    with transaction.atomic():
        return _write(kind, code, language, source, kept, actor)


def _write(
    kind: str, code: str, language: str, source: dict[str, Any], texts: dict[str, Any], actor: User | None
) -> Translation:
    row = Translation.objects.create(
        kind=kind,
        code=code,
        language=language,
        source=source,
        source_sha256=reading.fingerprint(source),
        texts=texts,
        translated_by=actor,
        translated_at=now(),
    )
    record(
        "guidelines.translated",
        actor=actor,
        translation=row.pk,
        text=f"{kind} {code}".strip(),
        language=language,
    )
    transaction.on_commit(reading.forget)
    return row


def _checked(
    source: Mapping[str, Any], texts: Mapping[str, Any], language: str, own_language: str
) -> dict[str, Any]:
    errors: list[dict[str, str]] = []
    kept: dict[str, Any] = {}
    if language == own_language or not 2 <= len(language) <= 8 or not language.replace("-", "").isalpha():
        errors.append(
            {"field": "language", "reason": "Choose another language than the text’s own, such as km."}
        )
    for name, own in source.items():
        given = texts.get(name)
        if isinstance(own, list):
            lines = [str(line).strip() for line in given or []]
            if any(lines) and (len(lines) != len(own) or not all(lines)):
                errors.append(
                    {
                        "field": name,
                        "reason": f"The source has {len(own)} of these; this has {len(list(filter(None, lines)))}.",
                    }
                )
            kept[name] = lines if any(lines) else []
        elif isinstance(own, dict):
            kept[name] = {
                key: str(value).strip() for key, value in (given or {}).items() if key in own and value
            }
        else:
            kept[name] = str(given or "").strip()
        longest = max(
            (len(text) for text in (kept[name] if isinstance(kept[name], list) else [str(kept[name])])),
            default=0,
        )
        most = TITLE_AT_MOST if name == "title" else TEXT_AT_MOST
        if longest > most and not isinstance(own, dict):
            errors.append({"field": name, "reason": f"At most {most:,} characters; this has {longest:,}."})
    if not kept.get("title"):
        errors.append({"field": "title", "reason": "A translation has at least a title."})
    if errors:
        raise InvalidTranslation(errors=errors)
    return {name: value for name, value in kept.items() if value}


@transaction.atomic
def review(*, translation_id: int, actor: User) -> Translation:
    """Say, as somebody with the language, that a translation says what its source says. Once, by another person.

    Raises NotYourLanguage, OwnTranslation or ReviewedMeanwhile; the database has the last word on all three.
    """
    row = Translation.objects.select_for_update().get(pk=translation_id)
    if row.language not in actor.languages:
        raise NotYourLanguage
    if row.translated_by_id == actor.pk:
        raise OwnTranslation
    if row.reviewed_at is not None:
        raise ReviewedMeanwhile
    row.reviewed_by, row.reviewed_at = actor, now()
    row.save(update_fields=["reviewed_by", "reviewed_at"])
    record("guidelines.translation_reviewed", actor=actor, translation=row.pk, language=row.language)
    transaction.on_commit(reading.forget)
    return row


@transaction.atomic
def load_translations(data: str | bytes, *, edition: Edition, actor: User | None) -> int:
    """Take in a file of translations (see `starter/km.yaml`) for an edition; how many were new.

    A text whose newest translation is word for word the same is passed over, so loading twice changes
    nothing. Raises GuidelinesUnreadable naming every unknown code and key; then nothing is written.
    """
    given = _file(data)
    language = given["language"]
    around: dict[str, Any] = {
        name: given[name] for name in ("title", "principles", "actions") if name in given
    }
    wanted: list[tuple[str, str, dict[str, Any]]] = (
        [(str(Translation.Kind.SET), "", around)] if around else []
    )
    wanted += [(Translation.Kind.POLICY, code, texts) for code, texts in given.get("policies", {}).items()]
    wanted += [(Translation.Kind.RULE, code, texts) for code, texts in given.get("rules", {}).items()]
    problems = [
        {"field": code, "reason": "There is no rule or policy with this code."}
        for kind, code, _ in wanted
        if thing_of(edition, kind, code) is None
    ]
    problems += [
        {"field": f"{code}.{key}", "reason": "This is no field of a translation."}
        for kind, code, texts in wanted
        for key in texts
        if kind != Translation.Kind.SET and key not in KEYS
    ]
    if problems:
        raise GuidelinesUnreadable(errors=problems)
    newest = {
        (row.kind, row.code): row
        for row in Translation.objects.filter(language=language)
        .order_by("kind", "code", "-id")
        .distinct("kind", "code")
    }
    written = 0
    for kind, code, texts in wanted:
        source = reading.source_of(kind, thing_of(edition, kind, code))
        kept = _checked(source, texts, language, edition.language)
        before = newest.get((kind, code))
        if before is None or before.texts != kept or before.source_sha256 != reading.fingerprint(source):
            _write(kind, code, language, source, kept, actor)
            written += 1
    return written


def _file(data: str | bytes) -> dict[str, Any]:
    try:
        given = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError) as trouble:
        raise GuidelinesUnreadable(f"This is not a YAML text file: {str(trouble).splitlines()[0]}.") from None
    if not isinstance(given, dict) or not isinstance(given.get("language"), str):
        raise GuidelinesUnreadable("A file of translations begins with its language, such as “language: km”.")
    for part in ("policies", "rules"):
        if not isinstance(given.get(part, {}), dict) or not all(
            isinstance(texts, dict) for texts in given.get(part, {}).values()
        ):
            raise GuidelinesUnreadable(f"“{part}” holds codes, each with its texts below it.")
    return given
