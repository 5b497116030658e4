"""The editor: an outline of the draft, and a page for each part of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError, NotFound
from apps.guidelines import drafts, merging, operations, parts
from apps.guidelines.access import AUTHORS, draft_for, version_for
from apps.guidelines.comparing import compare
from apps.guidelines.errors import EditedMeanwhile, NothingToUndo, UndoOvertaken
from apps.guidelines.forms import EMPTY_RULE, HeadForm, PolicyForm, RetireForm, RuleForm
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.parts import Doc

SALT = "guidelines.merge"


@allow(*AUTHORS)
@require_POST
def new_draft(request: PersonRequest) -> HttpResponse:
    """Open a draft from what is in force, or, with `restore`, from an earlier version."""
    restore = version_for(request.user, request.POST["restore"]) if request.POST.get("restore") else None
    if restore is not None and restore.is_being_written:
        raise NotFound("Only a published version can be restored.")
    version = operations.open_draft(actor=request.user, restore=restore)
    return redirect("writing:outline", version.number)


@allow(*AUTHORS)
@require_safe
def outline(request: PersonRequest, number: str) -> HttpResponse:
    version = draft_for(request.user, number)
    context = {"version": version, **drafts.outline(version, request.user)}
    context["changes_something"] = bool(compare(version.base, version))
    template = "guidelines/outline.html#list" if request.htmx else "guidelines/outline.html"
    return render(request, template, context)


@allow(*AUTHORS)
@require_POST
def discard(request: PersonRequest, number: str) -> HttpResponse:
    version = draft_for(request.user, number)
    operations.discard(actor=request.user, version_id=version.pk)
    messages.success(request, f"The draft {number} was thrown away.")
    return redirect("guidelines:versions")


@allow(*AUTHORS)
@require_POST
def step_back(request: PersonRequest, number: str, way: str) -> HttpResponse:
    """Undo or redo one's own last change."""
    version = draft_for(request.user, number)
    act = operations.undo if way == "undo" else operations.redo
    try:
        edit = act(actor=request.user, version_id=version.pk)
    except (NothingToUndo, UndoOvertaken) as refusal:
        messages.warning(request, refusal.sentence)
    else:
        done = "Undone" if way == "undo" else "Done again"
        messages.success(request, f"{done}: {drafts.part_words(edit)}.")
    return redirect("writing:outline", number)


@allow(*AUTHORS)
@require_POST
def order(request: PersonRequest, number: str) -> HttpResponse:
    """Move a policy or a rule one step, or take over an order made by dragging."""
    version = draft_for(request.user, number)
    wanted = drafts.moved(parts.order_doc(version), request.POST)
    if wanted is not None:
        try:
            operations.save_part(
                actor=request.user, version_id=version.pk, part="order", doc=wanted, seen=_seen(request)
            )
        except EditedMeanwhile as conflict:
            messages.warning(
                request, f"{conflict.by} changed the order a moment ago. Look at it, then move again."
            )
    if request.htmx:
        version.refresh_from_db()
        return render(
            request,
            "guidelines/outline.html#list",
            {"version": version, **drafts.outline(version, request.user)},
        )
    return redirect("writing:outline", number)


def _seen(request: PersonRequest) -> int:
    given = request.POST.get("seen", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


@allow(*AUTHORS)
@require_POST
def add(request: PersonRequest, number: str) -> HttpResponse:
    """A new policy, or a new rule of the policy named; its page opens to be written."""
    version = draft_for(request.user, number)
    identity = str(uuid.uuid4())
    if owner := request.POST.get("policy"):
        policy = version.policies.filter(identity=_uuid(owner)).first()
        if policy is None:
            raise NotFound("This policy is not in the draft any more.")
        doc: Doc = {**EMPTY_RULE, "policy": str(policy.identity), "code": drafts.next_code(policy)}
        doc |= {"dsa_category": policy.dsa_category, "severity": policy.severity, "compatibility": "new"}
        part, name = parts.rule_part(identity), "writing:rule"
    else:
        doc = {
            "code": drafts.free_policy_code(version),
            "title": "",
            "severity": 3,
            "description": "",
            "dsa_category": "",
        }
        part, name = parts.policy_part(identity), "writing:policy"
    operations.save_part(actor=request.user, version_id=version.pk, part=part, doc=doc, seen=version.revision)
    return redirect(name, number, identity)


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise NotFound("There is no such part of the draft.") from None


@allow(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
def head(request: PersonRequest, number: str) -> HttpResponse:
    version = draft_for(request.user, number)
    form = HeadForm(request.POST or None, initial=HeadForm.initial_of(parts.head_doc(version)))
    return _part(request, version, "head", form, lambda: form.doc(version), "guidelines/head_editor.html", {})


@allow(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: PersonRequest, number: str, identity: uuid.UUID) -> HttpResponse:
    version = draft_for(request.user, number)
    part = parts.policy_part(identity)
    current = parts.read(version, part)
    if current is None and request.method != "POST":
        raise NotFound("This policy is not in the draft any more.")
    form = PolicyForm(request.POST or None, initial=current)
    if request.POST.get("step") == "preview":
        return render(request, "guidelines/parts/preview.html", {"text": request.POST.get("description", "")})
    context = {"identity": identity, "current": current}
    return _part(request, version, part, form, form.doc, "guidelines/policy_editor.html", context)


@allow(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: PersonRequest, number: str, identity: uuid.UUID) -> HttpResponse:
    version = draft_for(request.user, number)
    part = parts.rule_part(identity)
    current = parts.read(version, part)
    if current is None and request.method != "POST":
        raise NotFound("This rule is not in the draft any more.")
    if current and current.get("retired") and request.method != "POST":
        context = {"version": version, "identity": identity, "current": current}
        return render(request, "guidelines/retired_editor.html", context)
    live = current if current and not current.get("retired") else EMPTY_RULE
    form = RuleForm(request.POST or None, version=version, current=live)
    if live["compatibility"] == "same" and drafts.unchanged(version, identity, live):
        form.initial["compatibility"] = (
            ""  # nobody said so: words that change now are still to be asked about
        )
    if request.POST.get("step") == "preview":
        context = {
            "rule": drafts.as_read(form),
            "edition": drafts.Shown.of(version),
            "base": "",
            "codes": frozenset(),
        }
        return render(request, "guidelines/parts/preview.html", context)
    context = drafts.rule_page(version, identity, live)
    return _part(request, version, part, form, form.doc, "guidelines/rule_editor.html", context)


def _part(
    request: PersonRequest,
    version: GuidelineVersion,
    part: str,
    form: Any,
    doc: Any,
    template: str,
    more: dict[str, Any],
) -> HttpResponse:
    """Show a part, save it, save it while it is being typed, or show both texts when two people wrote."""
    seen = _seen(request) if request.method == "POST" else version.revision
    context = {"version": version, "form": form, "seen": seen, **more}
    if request.method != "POST":
        return render(request, template, context)
    autosave = bool(request.htmx)
    if not form.is_valid():
        if autosave:
            return render(request, "guidelines/parts/saved.html", {"errors": form.errors, "seen": seen})
        return render(request, template, context, status=422)
    try:
        operations.save_part(actor=request.user, version_id=version.pk, part=part, doc=doc(), seen=seen)
    except EditedMeanwhile as conflict:
        if autosave:
            return render(request, "guidelines/parts/saved.html", {"conflict": conflict, "seen": seen})
        return _merge_page(request, version, conflict)
    except DomainError as refusal:
        if autosave:
            return render(request, "guidelines/parts/saved.html", {"refusal": refusal, "seen": seen})
        form.add_error(None, refusal.sentence)
        return render(request, template, context, status=refusal.status)
    version.refresh_from_db()
    if autosave:
        return render(request, "guidelines/parts/saved.html", {"saved": True, "seen": version.revision})
    messages.success(request, "Saved.")
    return redirect("writing:outline", version.number)


def _merge_page(request: PersonRequest, version: GuidelineVersion, conflict: EditedMeanwhile) -> HttpResponse:
    kept = {"part": conflict.part, "base": conflict.base, "yours": conflict.yours}
    context = {
        "version": version,
        "conflict": conflict,
        "rows": merging.rows(conflict.part, conflict.base, conflict.theirs, conflict.yours),
        "kept": signing.dumps(kept, salt=SALT, compress=True),
        "gone": conflict.theirs is None or bool(conflict.theirs.get("retired")),
    }
    return render(request, "guidelines/merge.html", context, status=409)


@allow(*AUTHORS)
@require_POST
def merge(request: PersonRequest, number: str) -> HttpResponse:
    """Save what was chosen on the merge page, field by field."""
    version = draft_for(request.user, number)
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=SALT)
    except signing.BadSignature:
        raise NotFound("This comparison cannot be read any more. Open the part again.") from None
    theirs = parts.read(version, kept["part"])
    doc = merging.chosen(kept["part"], theirs, kept["yours"], request.POST)
    try:
        operations.save_part(
            actor=request.user, version_id=version.pk, part=kept["part"], doc=doc, seen=_seen(request)
        )
    except EditedMeanwhile as conflict:
        return _merge_page(request, version, conflict)
    messages.success(request, "Both texts were looked at, and your choice is saved.")
    return redirect("writing:outline", doc["number"] if doc and kept["part"] == "head" else version.number)


@allow(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: PersonRequest, number: str, identity: uuid.UUID) -> HttpResponse:
    """Give a rule up: retired when it was ever in force, else deleted."""
    version = draft_for(request.user, number)
    part = parts.rule_part(identity)
    current = parts.read(version, part)
    if current is None or current.get("retired"):
        raise NotFound("This rule is not in the draft any more.")
    codes = set(version.rules.exclude(identity=identity).values_list("code", flat=True))
    form = RetireForm(request.POST or None, codes=codes)
    known = drafts.was_published(identity)
    context = {"version": version, "current": current, "identity": identity, "form": form, "known": known}
    context["seen"] = version.revision
    if request.method != "POST" or not form.is_valid():
        return render(request, "guidelines/retire.html", context, status=422 if form.errors else 200)
    doc = None
    if known:
        doc = {"retired": True, "code": drafts.code_before(version, identity), "title": current["title"]} | {
            name: form.cleaned_data[name] for name in ("successors", "note")
        }
    try:
        operations.save_part(
            actor=request.user, version_id=version.pk, part=part, doc=doc, seen=_seen(request)
        )
    except EditedMeanwhile as conflict:
        form.add_error(None, f"{conflict.by} changed this rule a moment ago. Look at it first.")
        return render(request, "guidelines/retire.html", context, status=409)
    messages.success(request, f"{current['code']} is {'retired' if known else 'deleted'} in this draft.")
    return redirect("writing:outline", number)


@allow(*AUTHORS)
@require_POST
def restore(request: PersonRequest, number: str, identity: uuid.UUID) -> HttpResponse:
    """Bring a retired rule back, worded as in the version before."""
    version = draft_for(request.user, number)
    doc = drafts.words_before(version, identity)
    if doc is None:
        raise NotFound("The version before has no such rule.")
    operations.save_part(
        actor=request.user,
        version_id=version.pk,
        part=parts.rule_part(identity),
        doc=doc,
        seen=_seen(request),
    )
    return redirect("writing:rule", number, identity)


@allow(*AUTHORS)
@require_POST
def delete_policy(request: PersonRequest, number: str, identity: uuid.UUID) -> HttpResponse:
    version = draft_for(request.user, number)
    try:
        operations.save_part(
            actor=request.user,
            version_id=version.pk,
            part=parts.policy_part(identity),
            doc=None,
            seen=_seen(request),
        )
    except EditedMeanwhile as conflict:
        messages.warning(request, conflict.sentence)
    except DomainError as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("writing:outline", number)


@allow(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: PersonRequest) -> HttpResponse:
    """A draft from a YAML file or text; every fault with its line, and nothing loaded when there is one."""
    text = request.POST.get("text", "")
    if request.method != "POST":
        return render(request, "guidelines/load.html", {"text": ""})
    data: str | bytes = text
    if upload := request.FILES.get("file"):
        raw: bytes = upload.read(2_000_001)
        data, text = raw, raw.decode("utf-8", "replace")
    try:
        version = operations.load(data, actor=request.user)
    except DomainError as refusal:
        context = {"refusal": refusal, "text": text[:2_000_000]}
        return render(request, "guidelines/load.html", context, status=refusal.status)
    messages.success(request, f"Loaded as the draft {version.number}.")
    return redirect("writing:outline", version.number)
