"""Banks and their entries: numbers, opinions and reasons. There is nothing to be shown: no file was ever kept here."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError
from apps.guidelines.queries import in_force
from apps.matching import operations, queries
from apps.matching.access import (
    ALLOWS_TELLING,
    DISPUTES,
    KEEPS,
    READS,
    access_bank,
    access_entry,
    access_item,
    says_when_adding,
)
from apps.matching.errors import BankFileBroken
from apps.matching.forms import BankForm, EntryForm, LoadForm, OpinionForm
from apps.matching.models import Bank, Entry, Says
from apps.matching.operations.banking import BankFacts
from apps.matching.operations.loading import BYTES_AT_MOST


@allow(*READS)
@require_safe
def banks(request: PersonRequest) -> HttpResponse:
    context = {
        "banks": queries.banks()[:200],
        "held": [(entry, queries.matches_held(entry)) for entry in queries.held_back()],
        "looking_back": queries.looking_back(),
        "keeps": request.user.has_role(*KEEPS),
        "disputes": request.user.has_role(*DISPUTES),
        "rules": in_force().rules,
    }
    return render(request, "matching/banks.html", context)


@allow(*KEEPS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_bank(request: PersonRequest) -> HttpResponse:
    form = BankForm(request.POST or None, edition=in_force())
    if form.is_valid():
        try:
            bank = operations.make_bank(
                actor=request.user, facts=form.facts(), because=form.cleaned_data["because"]
            )
        except DomainError as refusal:
            form.show(refusal)
        else:
            messages.success(
                request, "The bank is there. Somebody else verifies it before it decides anything."
            )
            return redirect("matching:bank", bank.pk)
    return render(
        request, "matching/bank_form.html", {"form": form, "bank": None}, status=422 if form.errors else 200
    )


@allow(*KEEPS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_bank(request: PersonRequest, bank_id: int) -> HttpResponse:
    bank = access_bank(bank_id)
    initial = {name: getattr(bank, name) for name in BankFacts.__dataclass_fields__}
    form = BankForm(request.POST or None, initial=initial, edition=in_force(), new=False)
    if form.is_valid():
        try:
            operations.edit_bank(actor=request.user, bank_id=bank.pk, facts=form.facts())
        except DomainError as refusal:
            form.show(refusal)
        else:
            messages.success(
                request, "Changed. If what a match leads to is another now, it must be verified anew."
            )
            return redirect("matching:bank", bank.pk)
    return render(
        request, "matching/bank_form.html", {"form": form, "bank": bank}, status=422 if form.errors else 200
    )


@allow(*READS)
@require_safe
def bank(request: PersonRequest, bank_id: int) -> HttpResponse:
    return _bank_page(request, access_bank(bank_id))


def _bank_page(
    request: PersonRequest, found: Bank, *, refusal: DomainError | None = None, **more: Any
) -> HttpResponse:
    only = request.GET.get("opinion", "")
    entries, following = queries.entries_page(found, after=_number(request.GET.get("after", "")), only=only)
    exchange = getattr(found, "exchange", None)
    context = {
        "bank": found,
        "exchange": exchange,
        "owed": queries.owed_to(exchange) if exchange else [],
        "may_let_tell": request.user.has_role(*ALLOWS_TELLING),
        "rule": in_force().rules.get(found.rule_code),
        "actions": in_force().actions,
        "entries": entries,
        "only": only,
        "opinions": Says.choices,
        "next_url": f"?opinion={only}&after={following}" if following else "",
        "keeps": request.user.has_role(*KEEPS),
        "may_verify": request.user.has_role(*KEEPS) and request.user.pk != found.created_by_id,
        "entry_form": EntryForm(),
        "load_form": LoadForm(),
        "refusal": refusal,
        **more,
    }
    return render(request, "matching/bank.html", context, status=refusal.status if refusal else 200)


@allow(*KEEPS)
@require_POST
def verify(request: PersonRequest, bank_id: int) -> HttpResponse:
    found = access_bank(bank_id)
    try:
        if request.POST.get("take_back"):
            operations.unverify_bank(actor=request.user, bank_id=found.pk)
        else:
            operations.verify_bank(
                actor=request.user, bank_id=found.pk, because=request.POST.get("because", "")
            )
    except DomainError as refusal:
        return _bank_page(request, found, refusal=refusal)
    return redirect("matching:bank", bank_id)


@allow(*KEEPS)
@require_POST
def add(request: PersonRequest, bank_id: int) -> HttpResponse:
    found = access_bank(bank_id)
    form = EntryForm(request.POST)
    if not form.is_valid():
        refusal = DomainError("Something is missing before this can be added.")
        refusal.status = 422
        return _bank_page(request, found, refusal=refusal, entry_form=form)
    try:
        made = operations.add_entry(actor=request.user, bank_id=found.pk, entry=form.entry())
    except DomainError as refused:
        return _bank_page(request, found, refusal=refused, entry_form=form)
    messages.success(request, "Added. It is compared with everything that comes in from now on.")
    return redirect("matching:entry", made.pk)


@allow(*ALLOWS_TELLING)
@require_POST
def tells(request: PersonRequest, bank_id: int) -> HttpResponse:
    """Let the exchange this bank follows be told what is decided here of its entries, or no longer."""
    found = access_bank(bank_id)
    on = request.POST.get("on") == "1"
    operations.let_tell(actor=request.user, bank_id=found.pk, on=on)
    messages.success(
        request, "From now on it is told." if on else "It is told nothing more; what waited is not sent."
    )
    return redirect("matching:bank", bank_id)


@allow(*KEEPS)
@require_POST
def load(request: PersonRequest, bank_id: int) -> HttpResponse:
    found = access_bank(bank_id)
    form = LoadForm(request.POST, request.FILES)
    if not form.is_valid():
        refusal = DomainError("Choose a file first.")
        refusal.status = 422
        return _bank_page(request, found, refusal=refusal, load_form=form)
    try:
        text = _text_of(form.cleaned_data["file"])
        loaded = operations.load_file(
            actor=request.user,
            bank_id=found.pk,
            text=text,
            without_broken=form.cleaned_data["without_broken"],
        )
    except DomainError as refused:
        return _bank_page(request, found, refusal=refused, load_form=form)
    left = f" {len(loaded.broken)} broken lines were left out." if loaded.broken else ""
    messages.success(request, f"{loaded.new} new entries, {loaded.known} known already.{left}")
    return redirect("matching:bank", bank_id)


def _text_of(file: Any) -> str:
    if file.size > BYTES_AT_MOST:
        raise BankFileBroken("This file is too large; cut it into several.")
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BankFileBroken("This file is not text in UTF-8.") from None


@allow(*READS)
@require_safe
def entry(request: PersonRequest, entry_id: int) -> HttpResponse:
    return _entry_page(request, access_entry(entry_id))


def _entry_page(request: PersonRequest, found: Entry, *, refusal: DomainError | None = None) -> HttpResponse:
    context = {
        "entry": found,
        "bank": found.bank,
        "opinions": queries.opinions_of(found),
        "hers": queries.opinion_by(request.user, found),
        "added_by": queries.added_by(found),
        "tally": [
            (Says(says).label.lower(), n)
            for says, n in sorted(queries.opinions_on([found.pk])[found.pk].items())
        ],
        "matches": queries.latest_matches(found),
        "held": queries.matches_held(found) if found.held_at else 0,
        "keeps": request.user.has_role(*KEEPS),
        "disputes": request.user.has_role(*DISPUTES),
        "links": request.user.has_role("supervisor", "senior_moderator", "admin"),
        "form": OpinionForm(request.POST if refusal else None),
        "refusal": refusal,
    }
    return render(request, "matching/entry.html", context, status=refusal.status if refusal else 200)


@allow(*DISPUTES)
@require_POST
def opinion(request: PersonRequest, entry_id: int) -> HttpResponse:
    found = access_entry(entry_id)
    settles = bool(request.POST.get("settles")) and request.user.has_role(*KEEPS)
    say = operations.settle if settles else operations.opine
    try:
        say(
            actor=request.user,
            entry_id=found.pk,
            says=request.POST.get("says", ""),
            why=request.POST.get("why", ""),
        )
    except DomainError as refusal:
        return _entry_page(request, found, refusal=refusal)
    messages.success(request, "Noted. It counts from this moment.")
    return redirect("matching:entry", entry_id)


@allow(*DISPUTES)
@require_POST
def withdraw_opinion(request: PersonRequest, entry_id: int) -> HttpResponse:
    """She takes back what she holds of the entry; pressed twice, it is taken back once."""
    operations.withdraw(actor=request.user, entry_id=access_entry(entry_id).pk)
    messages.success(request, "Taken back. It counts from this moment; what others hold stands.")
    return redirect("matching:entry", entry_id)


@allow(*KEEPS)
@require_POST
def switch(request: PersonRequest, entry_id: int) -> HttpResponse:
    found = access_entry(entry_id)
    try:
        operations.switch(actor=request.user, entry_id=found.pk, on=request.POST.get("on") == "1")
    except DomainError as refusal:
        return _entry_page(request, found, refusal=refusal)
    return redirect("matching:entry", entry_id)


@allow(*DISPUTES)
@require_POST
def flood(request: PersonRequest, entry_id: int) -> HttpResponse:
    found = access_entry(entry_id)
    try:
        count = operations.answer_flood(
            actor=request.user,
            entry_id=found.pk,
            goes_on=request.POST.get("goes_on") == "1",
            why=request.POST.get("why", ""),
        )
    except DomainError as refusal:
        return _entry_page(request, found, refusal=refusal)
    messages.success(request, f"Answered. {count} matches that waited go on accordingly.")
    return redirect("matching:entry", entry_id)


@allow(*DISPUTES)
@require_POST
def add_item(request: PersonRequest, item_id: int) -> HttpResponse:
    """The fingerprints of an item into a bank, from its case page."""
    item = access_item(item_id)
    chosen = access_bank(_number(request.POST.get("bank", "")))
    new = operations.add_from_item(
        actor=request.user,
        bank_id=chosen.pk,
        item=item,
        why=request.POST.get("why", ""),
        says=says_when_adding(request.user),
    )
    messages.success(request, f"{new} fingerprints are new in “{chosen.name}”.")
    return redirect("matching:bank", chosen.pk)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
