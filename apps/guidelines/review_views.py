"""Review, publication and comparison."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import EVERYONE, PersonRequest, allow
from apps.errors import DomainError
from apps.guidelines import comparing, operations, reviews
from apps.guidelines.access import AUTHORS, draft_for, version_for
from apps.guidelines.forms import WhenForm
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.yaml_text import dump


@allow(*AUTHORS)
@require_safe
def review(request: PersonRequest, number: str) -> HttpResponse:
    """The draft as a reviewer reads it: what it changes, word by word, with comments, approvals and what is next."""
    return _page(request, draft_for(request.user, number))


def _page(request: PersonRequest, version: GuidelineVersion, status: int = 200, **more: Any) -> HttpResponse:
    changes = comparing.compare(version.base, version)
    context = {
        "version": version,
        "changes": changes,
        "changed_rules": {one.part[5:] for one in changes if one.is_rule and one.kind != "retired"},
        "when": WhenForm(),
        **reviews.standing(version, request.user),
        **more,
    }
    return render(request, "guidelines/review.html", context, status=status)


def _revision(request: PersonRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


ACTS: dict[str, Callable[..., Any]] = {
    "ask": operations.ask_for_review,
    "back": operations.back_to_draft,
    "approve": operations.approve,
    "withdraw": operations.withdraw_approval,
    "call-off": operations.call_off,
    "update": operations.bring_up_to_date,
    "emergency": operations.call_emergency,
    "confirm": operations.confirm_emergency,
}
SAID = {
    "ask": "The draft is in review.",
    "back": "The draft is back in your hands.",
    "approve": "You approved this revision.",
    "withdraw": "Your approval is withdrawn.",
    "call-off": "The planned publication is called off.",
    "update": "The draft is based on the version in force now.",
    "emergency": "The call stands for fifteen minutes. It takes a second person to confirm it.",
}


@allow(*AUTHORS)
@require_POST
def act(request: PersonRequest, number: str, what: str) -> HttpResponse:
    """One step of the review; refused with the reason on the page itself."""
    version = draft_for(request.user, number)
    given: dict[str, Any] = {"actor": request.user, "version_id": version.pk}
    if what in ("approve", "emergency", "confirm"):
        given["revision"] = _revision(request)
    if what == "emergency":
        given["reason"] = request.POST.get("reason", "")
    try:
        done = ACTS[what](**given)
    except DomainError as refusal:
        version.refresh_from_db()
        more = {"refused": what, "refusal": refusal, "reason": request.POST.get("reason", "")}
        return _page(request, version, refusal.status, **more)
    if what == "confirm":
        messages.success(request, _in_force_words(done))
        return redirect("guidelines:version", number)
    messages.success(request, SAID[what])
    if what == "update" and done:
        messages.warning(request, f"Both changed {', '.join(done)}: each has a comment to resolve.")
    return redirect("writing:review", number)


def _in_force_words(version: GuidelineVersion) -> str:
    return f"Version {version.number} takes effect in a few seconds."


@allow(*AUTHORS)
@require_POST
def publish(request: PersonRequest, number: str) -> HttpResponse:
    """Publish the approved revision now or, with a day and a time, then."""
    version = draft_for(request.user, number)
    reason = request.POST.get("reason", "")
    later = request.POST.get("when") == "later"
    form = WhenForm(request.POST) if later else WhenForm()
    try:
        if later and form.is_valid():
            operations.schedule(
                actor=request.user,
                version_id=version.pk,
                effective_at=form.moment(),
                reason=reason,
                revision=_revision(request),
            )
            messages.success(request, "The publication is planned.")
            return redirect("writing:review", number)
        if later:
            return _page(request, version, 422, when=form, reason=reason, later=True)
        published = operations.publish(
            version, actor=request.user, reason=reason, revision=_revision(request)
        )
    except DomainError as refusal:
        version.refresh_from_db()
        more = {"refused": "publish", "refusal": refusal, "reason": reason, "when": form, "later": later}
        return _page(request, version, refusal.status, **more)
    messages.success(request, _in_force_words(published))
    return redirect("guidelines:version", number)


@allow(*AUTHORS)
@require_POST
def comment(request: PersonRequest, number: str) -> HttpResponse:
    """Comment on the draft, or on the rule named by its identity."""
    version = draft_for(request.user, number)
    rule = request.POST.get("rule") or None
    back = redirect("writing:review", number)
    try:
        if rule:
            rule = str(uuid.UUID(rule))
            back = redirect(f"{back.url}#comments-{rule}")
        operations.comment(
            actor=request.user, version_id=version.pk, text=request.POST.get("text", ""), rule=rule
        )
    except ValueError:
        return _page(request, version, 422)
    except DomainError as refusal:
        more = {"refused": f"comment-{rule or ''}", "refusal": refusal, "typed": request.POST.get("text", "")}
        return _page(request, version, refusal.status, **more)
    return back


@allow(*AUTHORS)
@require_POST
def resolve(request: PersonRequest, number: str, comment_id: int) -> HttpResponse:
    version = draft_for(request.user, number)
    operations.resolve(actor=request.user, version_id=version.pk, comment_id=comment_id)
    return redirect("writing:review", number)


@allow(*AUTHORS)
@require_POST
def notice_seen(request: PersonRequest, notice_id: int) -> HttpResponse:
    operations.mark_seen(actor=request.user, notice_id=notice_id)
    return redirect("guidelines:versions")


@allow(*EVERYONE)
@require_http_methods(["GET", "HEAD"])
def compare(request: PersonRequest) -> HttpResponse:
    """Any two versions, whole or one rule of them (`rule`, a code), to the word."""
    versions = reviews.comparable(request.user)
    after = _chosen(request, "to", versions[0].number if versions else "")
    before = _chosen(request, "from", after.base.number if after and after.base else "")
    code = request.GET.get("rule", "").strip().upper()
    changes = comparing.compare(before, after) if before and after else []
    if code:
        changes = [one for one in changes if code in (one.code, one.code_before)]
    context = {"versions": versions, "before": before, "after": after, "changes": changes, "code": code}
    return render(request, "guidelines/compare.html", context)


def _chosen(request: PersonRequest, name: str, default: str) -> GuidelineVersion | None:
    number = request.GET.get(name, "").strip() or default
    return version_for(request.user, number) if number else None


@allow(*EVERYONE)
@require_safe
def yaml(request: PersonRequest, number: str) -> HttpResponse:
    """The version as a file that `load` reads."""
    version = version_for(request.user, number)
    answer = HttpResponse(dump(version), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="guidelines-{version.number}.yaml"'
    return answer
