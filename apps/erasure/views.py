"""The page on which an admin takes the content of an item away for good."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import allow
from apps.desk.access import access_item
from apps.erasure.access import ERASES
from apps.erasure.forms import EraseForm
from apps.erasure.operations import erase
from apps.erasure.queries import needed_because
from apps.errors import DomainError


@allow(*ERASES)
@require_http_methods(["GET", "POST"])
def erase_content(request: HttpRequest, item_id: int) -> HttpResponse:
    """What goes, what stays; then it is done at once."""
    item = access_item(request.user, item_id)  # type: ignore[arg-type]
    form, refusal = EraseForm(request.POST or None), needed_because(item.pk, making_way=True)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            said: dict[str, Any] = form.cleaned_data
            try:
                erase(
                    item_id=item.pk, because=said["because"], reference=said["reference"], actor=request.user,  # type: ignore[arg-type]
                )  # fmt: skip
            except DomainError as trouble:
                refusal, status = trouble.sentence, trouble.status
            else:
                messages.success(request, "The content was erased.")
                return redirect("cases:item", item.pk)
        else:
            status = 422
    done = item.erasures.filter(revision=item.revision).first()
    context = {"item": item, "form": form, "refusal": "" if done else refusal, "done": done}
    return render(request, "erasure/erase.html", context, status=status)
