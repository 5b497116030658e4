"""The wordings of notices, for those who write them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError
from apps.notices import queries
from apps.notices.access import AUTHORS, access_template
from apps.notices.composing import fill
from apps.notices.models import NEEDS, PLACEHOLDERS
from apps.notices.operations import publish
from apps.notices.phrases import BY, FACTS, LANGUAGES, weighed

NAMES = {"en": "English", "km": "Khmer", "vi": "Vietnamese"}
KINDS = {
    "author_restricted": "To the author: something was restricted",
    "author_restricted_appeal": "To the author, after an appeal: a rule is broken",
    "author_cleared_appeal": "To the author, after an appeal: no rule is broken",
    "reporter_restricted": "To those who reported: something was restricted",
    "reporter_cleared": "To those who reported: no rule is broken",
    "reporter_restricted_appeal": "To those who reported, after an appeal: a rule is broken",
    "reporter_cleared_appeal": "To those who reported, after an appeal: no rule is broken",
}
MEANS = {
    "rules": "the rules it breaks, with the version",
    "actions": "what was done",
    "facts": "how it was found",
    "automation": "whether a person decided",
    "reasons": "what weighed",
    "link": "the permanent address of the rule",
    "appeal": "the signed link to appeal",
    "until": "the last day to appeal",
}


@allow(*AUTHORS)
@require_safe
def templates(request: PersonRequest) -> HttpResponse:
    """Every wording in force, by kind and language."""
    found = queries.wordings()
    rows = [
        {"kind": kind, "title": title, "wordings": [found[kind, language] for language in LANGUAGES]}
        for kind, title in KINDS.items()
    ]
    return render(request, "notices/templates.html", {"rows": rows, "names": NAMES})


@allow(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: PersonRequest, kind: str, language: str) -> HttpResponse:
    """One wording: what it says now, with an example filled in; publishing another; what it said before."""
    kind, language = access_template(kind, language)
    status, errors, conflict = 200, [], ""
    text = None
    if request.method == "POST":
        text = request.POST.get("text", "")
        after = request.POST.get("after", "")
        try:
            publish(
                actor=request.user,
                kind=kind,
                language=language,
                text=text,
                after=int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0,
            )
            messages.success(request, "Published. Notices from now on say it so.")
            return redirect("notices:template", kind, language)
        except DomainError as refusal:
            status = refusal.status
            errors = [error["reason"] for error in refusal.errors]
            conflict = "" if errors else refusal.sentence
    current = queries.wordings()[kind, language]
    context = {
        "title": KINDS[kind],
        "current": current,
        "language": language,
        "language_name": NAMES[language],
        "text": current.text if text is None else text,
        "errors": errors,
        "conflict": conflict,
        "needs": [{"name": "{" + name + "}", "means": MEANS[name]} for name in NEEDS[kind]],
        "others": [
            {"name": "{" + name + "}", "means": MEANS[name]}
            for name in PLACEHOLDERS
            if name not in NEEDS[kind]
        ],
        "example": fill(current.text, _example(language)),
        "history": queries.history(kind, language),
    }
    return render(request, "notices/template.html", context, status=status)


def _example(language: str) -> dict[str, str]:
    return {
        "rules": "AU-4 … (1.1.0)",
        "actions": "…",
        "facts": FACTS["user_report"][language],
        "automation": BY["human"][language],
        "reasons": weighed(["intent_clear"], language),
        "link": "https://…/community-guidelines/versions/1.1.0/rules/AU-4/",
        "appeal": f"https://…/appeal/{language}/…/",
        "until": "2027-05-26",
    }
