from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import EVERYONE, PersonRequest, allow, public
from apps.board import access, operations, queries
from apps.board.access import HANDLE
from apps.board.forms import AnswerForm, BringForm, CarryOutForm, PrecedentForm, RulingForm
from apps.board.models import BoardCase, Ruling
from apps.board.sealing import path_of
from apps.decisions.verdict import Verdict
from apps.errors import DomainError, NotFound

FORMS: dict[str, Any] = {"carry-out": CarryOutForm, "answer": AnswerForm, "precedent": PrecedentForm}


@allow(*HANDLE)
@require_safe
def board(request: PersonRequest) -> HttpResponse:
    """What is before the board, and what its rulings still ask of us."""
    context = {"cases": queries.cases(), "due": queries.still_due(), "now": now()}
    return render(request, "board/board.html", context)


@allow(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        number = request.GET.get("decision", "")
        form = BringForm(initial={"decision_id": number if number.isdecimal() else ""})
        return render(request, "board/new.html", {"form": form})
    form = BringForm(request.POST)
    if form.is_valid():
        try:
            made = operations.bring(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            messages.success(request, "Its evidence is sealed as it stands now.")
            return redirect("board:case", made.pk)
    return render(request, "board/new.html", {"form": form}, status=422)


@allow(*HANDLE)
@require_safe
def case(request: PersonRequest, case_id: int) -> HttpResponse:
    return _page(request, access.board_case(case_id))


def _page(
    request: PersonRequest,
    found: BoardCase,
    *,
    status: int = 200,
    ruling_form: RulingForm | None = None,
    sent: tuple[int, str, Any] | None = None,
) -> HttpResponse:
    rulings = []
    precedents = []
    written = queries.rulings_of(found)
    suspensions = queries.suspensions_of(written)
    for one in written:
        precedents += list(one.precedents.all())
        step = "carry-out" if one.kind == Ruling.Kind.BINDING else "answer"
        forms = {"precedent": _form("precedent", one)} | ({"step": _form(step, one)} if one.is_due else {})
        if sent is not None and sent[0] == one.pk:
            forms["precedent" if sent[1] == "precedent" else "step"] = sent[2]
        suspension = suspensions.get(one.decision_id or 0)
        rulings.append({"ruling": one, "forms": forms, "url": f"board:{step}", "suspension": suspension})
    context = {
        "case": found,
        "sealed": found.sealed,
        "handovers": found.sealed.handovers.select_related("by"),
        "rulings": rulings,
        "codes": queries.codes_of(precedents),
        "form": ruling_form or RulingForm(),
        "now": now(),
    }
    return render(request, "board/case.html", context, status=status)


def _form(name: str, ruling: Ruling, data: Any = None) -> Any:
    return FORMS[name](data, prefix=f"{name}-{ruling.pk}")


@allow(*HANDLE)
@require_POST
@never_cache
def hand_over(request: PersonRequest, case_id: int) -> HttpResponse | FileResponse:
    """The sealed file as a download; that it was handed over is written down."""
    sealed = access.board_case(case_id).sealed
    place = path_of(sealed.sha256)
    if not place.exists():
        raise NotFound("The sealed file is not on this machine.")
    operations.hand_over(actor=request.user, sealed=sealed)
    return FileResponse(
        place.open("rb"), as_attachment=True, filename=f"board-{case_id}.zip", content_type="application/zip"
    )


@allow(*HANDLE)
@require_POST
def rule(request: PersonRequest, case_id: int) -> HttpResponse:
    """Write down what the board decided."""
    found = access.board_case(case_id)
    form = RulingForm(request.POST)
    if form.is_valid():
        try:
            operations.record_ruling(actor=request.user, case=found, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            return redirect("board:case", found.pk)
    return _page(request, found, status=422, ruling_form=form)


Do = Callable[[Ruling, dict[str, Any]], object]


def _take(request: PersonRequest, case_id: int, ruling_id: int, name: str, do: Do) -> HttpResponse:
    """Hand a form about a ruling to its operation; refused, the page comes back with what was typed."""
    found = access.ruling(case_id, ruling_id)
    form = _form(name, found, request.POST)
    status = 422
    if form.is_valid():
        try:
            do(found, form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal.errors, refusal.sentence)
            status = refusal.status
        else:
            return redirect(f"/board/{case_id}/#ruling-{ruling_id}")
    return _page(request, access.board_case(case_id), status=status, sent=(ruling_id, name, form))


@allow(*HANDLE)
@require_POST
def carry_out(request: PersonRequest, case_id: int, ruling_id: int) -> HttpResponse:
    def do(ruling: Ruling, data: dict[str, Any]) -> None:
        verdict = Verdict(
            outcome=data["outcome"],
            rules=data["rules"],
            actions=data["actions"],
            explanation=data["explanation"],
            parameters={"days": data["days"]} if data["days"] else {},
        )
        operations.carry_out(actor=request.user, ruling=ruling, verdict=verdict)

    return _take(request, case_id, ruling_id, "carry-out", do)


@allow(*HANDLE)
@require_POST
def answer(request: PersonRequest, case_id: int, ruling_id: int) -> HttpResponse:
    def do(ruling: Ruling, data: dict[str, Any]) -> None:
        operations.answer(actor=request.user, ruling=ruling, **data)

    return _take(request, case_id, ruling_id, "answer", do)


@allow(*HANDLE)
@require_POST
def precedent(request: PersonRequest, case_id: int, ruling_id: int) -> HttpResponse:
    def do(ruling: Ruling, data: dict[str, Any]) -> None:
        operations.set_precedent(actor=request.user, ruling=ruling, **data)

    return _take(request, case_id, ruling_id, "precedent", do)


@allow(*EVERYONE)
@require_safe
def precedents(request: PersonRequest, code: str) -> HttpResponse:
    """What the board's rulings mean for a rule: a part of the rule's page, or a page of its own."""
    context = {"precedents": queries.precedents_of(code), "code": code}
    page = "board/parts/precedents.html" if request.htmx else "board/precedents.html"
    return render(request, page, context)


@public
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Recommendations of the board and what was answered, for anybody."""
    return render(request, "board/answers.html", {"rulings": queries.published_answers()})
