"""Letters and their versions: read, drafted, published."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.authority import operations, queries
from apps.authority.access import HANDLE
from apps.authority.forms import LANGUAGES, TemplateForm
from apps.authority.models import LetterTemplate
from apps.authority.placeholders import MEANING, REQUIRED
from apps.errors import DomainError, NotFound


@allow(*HANDLE)
@require_safe
def letters(request: PersonRequest) -> HttpResponse:
    """Every letter in every language: the version in use, and a draft beside it."""
    rows: dict[tuple[str, str], dict[str, LetterTemplate]] = {}
    for one in queries.letters_in_use():
        rows.setdefault((one.kind, one.language), {})["used" if one.published_at else "draft"] = one
    table = [
        {
            "kind": kind,
            "label": label,
            "languages": [(code, name, rows.get((kind, code), {})) for code, name in LANGUAGES],
        }
        for kind, label in LetterTemplate.Kind.choices
    ]
    return render(request, "authority/letters.html", {"table": table})


@allow(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: PersonRequest, kind: str, language: str) -> HttpResponse:
    """One letter: the draft of its next version, or the beginning of one from what is in use."""
    if kind not in REQUIRED or language not in dict(LANGUAGES):
        raise NotFound("There is no such letter.")
    if request.method == "POST":
        form = TemplateForm(request.POST)
        if form.is_valid():
            operations.write_letter(
                actor=request.user, kind=kind, language=language, body=form.cleaned_data["body"]
            )
            messages.success(request, "The draft is kept.")
            return redirect("authority:letter", kind, language)
        return _page(request, kind, language, form, status=422)
    return _page(request, kind, language)


@allow(*HANDLE)
@require_POST
def publish(request: PersonRequest, kind: str, language: str) -> HttpResponse:
    draft = LetterTemplate.objects.filter(kind=kind, language=language, published_at=None).first()
    if draft is None:
        raise NotFound("There is no draft to publish.")
    try:
        operations.publish_letter(actor=request.user, template=draft)
    except DomainError as refusal:
        form = TemplateForm({"body": draft.body})
        form.is_valid()
        form.refuse(refusal.errors, refusal.sentence)
        return _page(request, kind, language, form, status=refusal.status)
    messages.success(request, "The new version is in use.")
    return redirect("authority:letter", kind, language)


def _page(
    request: PersonRequest, kind: str, language: str, form: TemplateForm | None = None, status: int = 200
) -> HttpResponse:
    versions = list(LetterTemplate.objects.filter(kind=kind, language=language).order_by("-number")[:20])
    draft = next((one for one in versions if one.published_at is None), None)
    used = next((one for one in versions if one.published_at is not None), None)
    begins = draft or used
    context = {
        "kind": kind,
        "label": dict(LetterTemplate.Kind.choices)[kind],
        "language": language,
        "language_label": dict(LANGUAGES)[language],
        "form": form or TemplateForm(initial={"body": begins.body if begins else ""}),
        "draft": draft,
        "used": used,
        "needed": [(name, MEANING[name]) for name in REQUIRED[kind]],
        "others": [(name, meaning) for name, meaning in MEANING.items() if name not in REQUIRED[kind]],
    }
    return render(request, "authority/letter.html", context, status=status)
