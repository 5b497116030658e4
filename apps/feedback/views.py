"""Training exports: those that were written, and another one."""

from typing import TypeVar

from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError
from apps.feedback import queries
from apps.feedback.access import EXPORTERS, access_run
from apps.feedback.forms import ExportForm
from apps.feedback.operations import running
from apps.feedback.signing import public_key
from apps.feedback.tarring import size_of, tar_of

FILES_SHOWN = 100
Answer = TypeVar("Answer", FileResponse, StreamingHttpResponse)


@allow(*EXPORTERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def exports(request: PersonRequest) -> HttpResponse:
    """The one that is being written, a form for the next one, and those before."""
    form = ExportForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                run = running.ask(actor=request.user, **form.wanted())
            except DomainError as refusal:
                form.refused(refusal)
                status = refusal.status
            else:
                return redirect("feedback:export", run.pk)
    before = request.GET.get("before", "")
    runs = queries.runs(int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None)
    context = {
        "form": form,
        "runs": runs[: queries.RUNS_SHOWN],
        "more": runs[queries.RUNS_SHOWN - 1].pk if len(runs) > queries.RUNS_SHOWN else None,
        "open": queries.open_run(),
        "first": not before,
    }
    return render(request, "feedback/exports.html", context, status=status)


@allow(*EXPORTERS)
@require_safe
@never_cache
def export(request: PersonRequest, run_id: int) -> HttpResponse:
    """One export: how far it is, or what it is, with its files."""
    run = access_run(request.user, run_id)
    files = [{**file, "number": number} for number, file in enumerate(run.files)]
    data = [file for file in files if file["path"].startswith("data/")]
    context = {
        "run": run,
        "data": data[:FILES_SHOWN],
        "unlisted": max(0, len(data) - FILES_SHOWN),
        "beside": [file for file in files if not file["path"].startswith("data/")],
        "public_key": public_key(),
    }
    return render(request, "feedback/export.html", context)


@allow(*EXPORTERS)
@require_safe
@never_cache
def state(request: PersonRequest, run_id: int) -> HttpResponse:
    """How far it is, for the page to show; where it ended, the page is looked at anew."""
    run = access_run(request.user, run_id)
    answer = render(request, "feedback/parts/state.html", {"run": run})
    if not run.is_open:
        answer["HX-Refresh"] = "true"
    return answer


@allow(*EXPORTERS)
@require_POST
def stop(request: PersonRequest, run_id: int) -> HttpResponse:
    run = access_run(request.user, run_id)
    try:
        running.stop(actor=request.user, run_id=run.pk)
    except DomainError as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, "Stopped. Nothing of it is kept.")
    return redirect("feedback:export", run.pk)


@allow(*EXPORTERS)
@require_GET
def everything(request: PersonRequest, run_id: int) -> StreamingHttpResponse:
    """All files as one tar, while they are read from the disk."""
    access_run(request.user, run_id)
    run, found = running.hand_out(actor=request.user, run_id=run_id, number=None)
    name = f"export-{run.pk}"
    answer = StreamingHttpResponse(tar_of(found, name), content_type="application/x-tar")
    answer["Content-Length"] = str(size_of(found, name))
    answer["Content-Disposition"] = f'attachment; filename="{name}.tar"'
    return _kept_by_nobody(answer)


@allow(*EXPORTERS)
@require_GET
def file(request: PersonRequest, run_id: int, number: int) -> FileResponse:
    """One file, by its number; its name is what was written down of it."""
    access_run(request.user, run_id)
    run, found = running.hand_out(actor=request.user, run_id=run_id, number=number)
    ((path, told),) = found
    name = f"export-{run.pk}-{told['path'].removeprefix('data/').replace('/', '-')}"
    return _kept_by_nobody(
        FileResponse(
            path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream"
        )
    )


def _kept_by_nobody(answer: Answer) -> Answer:
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
