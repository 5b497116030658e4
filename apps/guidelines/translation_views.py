"""Translating the guidelines in force: what there is, what is missing or behind, and each text beside its source."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import NotAllowed, NotFound
from apps.guidelines import reading, translation_fields
from apps.guidelines.access import TRANSLATORS, may_translate
from apps.guidelines.errors import InvalidTranslation, SourceMoved
from apps.guidelines.models import Translation
from apps.guidelines.operations.translating import review, thing_of, translate
from apps.guidelines.queries import Edition, in_force


@allow(*TRANSLATORS)
@require_safe
def languages(request: PersonRequest) -> HttpResponse:
    """The languages there are, with how far each has come; a new one is begun by its code."""
    edition = in_force()
    if wanted := request.GET.get("language", "").strip().lower():
        return redirect("guidelines:translations", wanted)
    rows = []
    for language in reading.languages():
        text = reading.reading(edition, language)
        parts = [text.around, *text.policies.values(), *text.rules.values()]
        rows.append(
            {
                "language": language,
                "name": reading.NAMES.get(language, language),
                "of": len(parts),
                "translated": sum(part.translated for part in parts),
                "stale": sum(part.stale for part in parts),
                "unread": sum(part.unread and not part.stale for part in parts),
            }
        )
    return render(request, "guidelines/translations.html", {"rows": rows, "edition": edition})


@allow(*TRANSLATORS)
@require_safe
def translations(request: PersonRequest, language: str) -> HttpResponse:
    """Every text of the guidelines in force and how its translation stands."""
    edition = in_force()
    if language == edition.language:
        raise NotFound("The guidelines are written in this language.")
    text = reading.reading(edition, language)
    rows = [{"kind": "set", "code": "all", "title": edition.title, "text": text.around}]
    for policy in edition.policies:
        rows.append(
            {"kind": "policy", "code": policy.code, "title": policy.title, "text": text.policies[policy.code]}
        )
        rows += [
            {"kind": "rule", "code": rule.code, "title": rule.title, "text": text.rules[rule.code]}
            for rule in policy.rules
        ]
    context = {"rows": rows, "edition": edition, **_names(language)}
    return render(request, "guidelines/translation_list.html", context)


@allow(*TRANSLATORS)
@require_http_methods(["GET", "HEAD", "POST"])
def translation(request: PersonRequest, language: str, kind: str, code: str) -> HttpResponse:
    """One text beside its source: read, written anew, and, by somebody else with the language, read over."""
    edition = in_force()
    thing = thing_of(edition, kind, code) if kind in Translation.Kind.values else None
    if thing is None or language == edition.language:
        raise NotFound("There is no such text to translate.")
    source = reading.source_of(kind, thing)
    row = _newest(language, kind, code)
    errors: dict[str, str] = {}
    notice, status = "", 200
    texts = translation_fields.carried(row.texts, row.source, source) if row else {}
    if request.method == "POST":
        may_translate(request.user, language)
        texts = translation_fields.sent(request.POST, source)
        try:
            translate(
                edition=edition,
                kind=kind,
                code="" if kind == "set" else code,
                language=language,
                texts=texts,
                actor=request.user,
                source_sha256=request.POST.get("source_sha256", ""),
            )
            return redirect("guidelines:translation", language, kind, code)
        except InvalidTranslation as refusal:
            errors, status = {error["field"]: error["reason"] for error in refusal.errors}, 422
        except SourceMoved as refusal:
            notice, status = refusal.sentence, 409
    context = _page(request, edition, kind, row, source, texts, errors)
    context |= {"kind": kind, "code": code, "notice": notice, **_names(language)}
    return render(request, "guidelines/translation.html", context, status=status)


@allow(*TRANSLATORS)
@require_POST
def read_over(request: PersonRequest, pk: int) -> HttpResponse:
    """Somebody with the language says that a translation says what its source says."""
    row = Translation.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such translation.")
    review(translation_id=pk, actor=request.user)
    return redirect("guidelines:translation", row.language, row.kind, row.code or "all")


def _newest(language: str, kind: str, code: str) -> Translation | None:
    rows = Translation.objects.filter(language=language, kind=kind, code="" if kind == "set" else code)
    return rows.select_related("translated_by", "reviewed_by").order_by("-id").first()


def _stale(row: Translation | None, source: dict[str, Any]) -> bool:
    return row is not None and row.source_sha256 != reading.fingerprint(source)


def _page(
    request: PersonRequest,
    edition: Edition,
    kind: str,
    row: Translation | None,
    source: dict[str, Any],
    texts: dict[str, Any],
    errors: dict[str, str],
) -> dict[str, Any]:
    language = row.language if row else ""
    stale = _stale(row, source)
    earlier = row.source if row and stale else None
    return {
        "edition": edition,
        "row": row,
        "fields": translation_fields.fields(
            kind=kind, source=source, texts=texts, earlier=earlier, errors=errors
        ),
        "errors": [(translation_fields.part(kind, name), reason) for name, reason in errors.items()],
        "stale": stale,
        "source_sha256": reading.fingerprint(source),
        "may_write": _may(
            request, request.resolver_match.kwargs["language"] if request.resolver_match else ""
        ),
        "may_review": row is not None
        and row.reviewed_at is None
        and not stale
        and language in request.user.languages
        and row.translated_by_id != request.user.pk,
    }


def _may(request: PersonRequest, language: str) -> bool:
    try:
        may_translate(request.user, language)
    except NotAllowed:
        return False
    return True


def _names(language: str) -> dict[str, str]:
    return {"language": language, "language_name": reading.NAMES.get(language, language)}
