"""Cases to be found and read about, and what a supervisor does with one. Content stays covered, media stay away."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import EVERYONE, allow
from apps.accounts.models import User
from apps.desk import cases as reading
from apps.desk.access import (
    PLANS_WORK,
    access_item,
    access_person,
    may_know_blind,
    may_open_text,
)
from apps.desk.case_forms import GiveForm, MoveForm, SearchForm
from apps.desk.seen import seen_before
from apps.errors import DomainError, NotAllowed
from apps.guidelines.queries import in_force
from apps.ledger.queries import timeline
from apps.matching.access import DISPUTES
from apps.matching.queries import banks
from apps.queues import operations
from apps.queues.access import access_case
from apps.queues.case_queries import holders_of, page_of, people_for, queues_for_moving
from apps.queues.errors import SearchTooWide
from apps.queues.models import Case
from apps.queues.queries import reach_ask
from apps.queues.reach_words import in_words
from apps.wellbeing.care.queries import available

READS = ("supervisor", "senior_moderator", "admin")
PLANS = ("supervisor", "admin")


@allow(*READS)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The list: found by key, a page at a time; never an item's words."""
    form = SearchForm(request.GET, edition=in_force())
    if not may_know_blind(_user(request)):
        form.without_blind()
    asked = form.asked()
    order = asked.get("order") or "newest"
    refusal = None
    rows: list[Case] = []
    following = ""
    try:
        rows, following = page_of(reading.cases_for(asked), order=order, after=request.GET.get("after", ""))
    except SearchTooWide as wide:
        refusal = wide
    holders = holders_of([row.pk for row in rows if row.state == Case.State.CLAIMED])
    kept = {name: value for name, value in request.GET.items() if value and name != "after"}
    context = {
        "form": form,
        "rows": [{"case": row, "holder": holders.get(row.pk)} for row in rows],
        "now": now(),
        "refusal": refusal,
        "order": order,
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
        "next_url": f"?{urlencode({**kept, 'after': following})}" if following else "",
        "plans": _user(request).has_role(*PLANS_WORK),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "cases/list.html", context, status=status)


@allow(*READS)
@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    found = access_case(_user(request), case_id)
    return _case_page(request, found)


def _case_page(
    request: HttpRequest, found: Case, *, refusal: DomainError | None = None, **more: Any
) -> HttpResponse:
    viewer = _user(request)
    entries, following = reading.told(timeline(case_id=found.pk), _before(request))
    context = {
        "case": found,
        "item": found.item,
        "now": now(),
        "holder": holders_of([found.pk]).get(found.pk) if found.state == Case.State.CLAIMED else None,
        "suspected": [in_force().rules.get(code) or {"code": code} for code in found.rule_codes],
        "about": reading.asked_about(found),
        "reach": in_words(ask) if (ask := reach_ask(found)) else "",
        "entries": entries,
        "earlier_url": f"?before={following}#timeline" if following else "",
        "claims": reading.claims_on(found),
        "decisions": reading.decisions_on(case=found),
        "reports": reading.reports_on(found.item),
        "scores": reading.scores_on(found.item),
        "account": reading.told_of(found.item),
        "media": reading.fingerprints_of(found.item),
        **seen_before(found.item),
        "banks": banks()[:100] if viewer.has_role(*DISPUTES) else (),
        "notes": reading.notes_on(found),
        "others": [one for one in reading.cases_of(found.item) if one.pk != found.pk],
        "actions": in_force().actions,
        "may_open_text": may_open_text(viewer, found),
        "plans": viewer.has_role(*PLANS_WORK),
        "refusal": refusal,
        **more,
    }
    if context["plans"]:
        context |= _placing(request, found, context["holder"])
    return render(request, "cases/case.html", context, status=refusal.status if refusal else 200)


def _placing(request: HttpRequest, found: Case, holder: User | None) -> dict[str, Any]:
    """The forms that fit the case's state; one that was just sent keeps what was typed."""
    sent: Any = request.POST if request.method == "POST" else None
    forms: dict[str, Any] = {}
    if found.state in (Case.State.WAITING, Case.State.PREPARING):
        typed = sent if sent and "move-queue" in sent else None
        forms["move_form"] = MoveForm(typed, queues=queues_for_moving(found))
    if found.state in (Case.State.WAITING, Case.State.CLAIMED):
        forms["give_form"] = GiveForm(
            initial={"person": sent and sent.get("give-person")}, people=people_for(found), holder=holder
        )
    return forms


@allow(*READS)
@require_POST
def text(request: HttpRequest, case_id: int) -> HttpResponse:
    """The item's text under a veil, when somebody asks for it; that she did is written down."""
    found = access_case(_user(request), case_id)
    if not may_open_text(_user(request), found):
        raise NotAllowed("This opens only at the desk, where your limits count what you see.")
    operations.note_text_opened(actor=_user(request), case=found)
    words = reading.text_of(found.item)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "cases/parts/text.html", {"case": found, "item": found.item, "text": words})
    return _case_page(request, found, text=words, text_opened=True)


@allow(*PLANS)
@require_POST
def move(request: HttpRequest, case_id: int) -> HttpResponse:
    found = access_case(_user(request), case_id)
    form = MoveForm(request.POST, queues=queues_for_moving(found))
    if not form.is_valid():
        return _again(request, case_id, DomainError("Choose the queue it should go to."), 422)
    queue, note = form.cleaned_data["queue"], form.cleaned_data["note"]
    try:
        operations.move(actor=_user(request), case_id=case_id, queue=queue, note=note)
    except DomainError as refusal:
        return _again(request, case_id, refusal)
    messages.success(request, f"The case is in “{queue.name}” now.")
    return redirect("cases:case", case_id)


@allow(*PLANS)
@require_POST
def give(request: HttpRequest, case_id: int) -> HttpResponse:
    people = people_for(access_case(_user(request), case_id))
    form = GiveForm(request.POST, people=people)
    if not form.is_valid():
        return _again(request, case_id, DomainError("Choose a person to give it to."), 422)
    holder = next(one for one in people if one.pk == form.cleaned_data["person"])
    try:
        taken_from = form.cleaned_data["taken_from"]
        operations.give(actor=_user(request), case_id=case_id, holder=holder, taken_from=taken_from)
    except DomainError as refusal:
        return _again(request, case_id, refusal)
    messages.success(request, f"The case is with {holder.pseudonym} now.")
    return redirect("cases:case", case_id)


@allow(*PLANS)
@require_POST
def take_back(request: HttpRequest, case_id: int) -> HttpResponse:
    access_case(_user(request), case_id)
    try:
        operations.take_away(actor=_user(request), case_id=case_id)
    except DomainError as refusal:
        return _again(request, case_id, refusal)
    messages.success(request, "The case waits in its queue again.")
    return redirect("cases:case", case_id)


def _again(
    request: HttpRequest, case_id: int, refusal: DomainError, status: int | None = None
) -> HttpResponse:
    """The page as it is now, with what was refused and what was typed."""
    if status:
        refusal.status = status
    return _case_page(request, access_case(_user(request), case_id), refusal=refusal)


@allow(*READS)
@require_safe
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item across all its cases."""
    found = access_item(_user(request), item_id)
    entries, following = reading.told(timeline(item_id=found.pk), _before(request))
    context = {
        "item": found,
        "erased_at": reading.erased(found),
        "erases": _user(request).has_role("admin"),
        "cases": reading.cases_of(found),
        "decisions": reading.decisions_on(item=found),
        "reports": reading.reports_on(found),
        "scores": reading.scores_on(found),
        "account": reading.told_of(found),
        "media": reading.fingerprints_of(found),
        **seen_before(found),
        "entries": entries,
        "earlier_url": f"?before={following}#timeline" if following else "",
        "actions": in_force().actions,
        "plans": _user(request).has_role(*PLANS_WORK),
    }
    return render(request, "cases/item.html", context)


@allow(*EVERYONE)
@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """What one person did at work; on her own page also what only she may see."""
    viewer = _user(request)
    found = access_person(viewer, person_id)
    entries, following = reading.told(reading.events_of_person(found, viewer), _before(request))
    context = {
        "person": found,
        "own": found.pk == viewer.pk,
        "entries": entries,
        "earlier_url": f"?before={following}" if following else "",
        "available": found.pk in available([found.pk]) if found.pk != viewer.pk else None,
        "plans": False,  # her own name on every line would say nothing
        "links": viewer.has_role(*READS),
    }
    return render(request, "cases/person.html", context)


def _before(request: HttpRequest) -> int | None:
    """Where a timeline goes on; what cannot be read is its beginning."""
    before = request.GET.get("before", "")
    return int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]
