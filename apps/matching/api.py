import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from apps.accounts.api import Bearer
from apps.accounts.models import MachineKey
from apps.errors import Invalid
from apps.intake.api import BULK_BYTES, BULK_LINES, once
from apps.intake.errors import TooLarge, WrongContentType
from apps.intake.schemas import POSTING, Problem
from apps.matching import queries
from apps.matching.access import access_bank, access_entry
from apps.matching.errors import BankFileBroken
from apps.matching.hashes import ALSO_CALLED, NewEntry
from apps.matching.models import Entry, Signal
from apps.matching.operations import add_entry, load_file, opine, withdraw
from apps.matching.operations.loading import TOLD_AT_MOST
from apps.matching.prints import text_print
from apps.matching.queries.alike import Alike, entries_like
from apps.matching.schemas import (
    ASKING,
    Asked,
    BankAnswer,
    EntryAnswer,
    EntrySent,
    LikeAnswer,
    LoadedAnswer,
    LookUpAnswer,
    OpinionAnswer,
    OpinionSent,
    Print,
)

FILES = ("text/csv", "application/x-ndjson", "application/json")
LINES = {"text/csv": {"schema": {"type": "string"}}, "application/x-ndjson": {"schema": {"type": "string"}}}

router = Router(tags=["banks"])


@router.get("/banks", auth=Bearer("banks"), response={200: list[BankAnswer], **ASKING})
def get_banks(request: HttpRequest) -> list[BankAnswer]:
    """Every bank, with what a match means. Entries are looked up by fingerprint, not listed."""
    return [
        BankAnswer(
            bank_id=bank.pk,
            name=bank.name,
            source=bank.source,
            rule=bank.rule_code,
            actions=bank.actions,
            verified=bank.verified_at is not None,
            child_safety=bank.child_safety,
            enabled_ratio=bank.enabled_ratio,
            distance=bank.distance,
            revision=bank.revision,
        )
        for bank in queries.banks()
    ]


@router.post(
    "/banks/{int:bank_id}/entries",
    auth=Bearer("banks"),
    response={201: EntryAnswer, 404: Problem, **POSTING},
)
def post_entry(request: HttpRequest, bank_id: int, body: EntrySent) -> HttpResponse:
    """Add one fingerprint to a bank. It counts from now on, and is compared with what was here before."""

    def take() -> tuple[int, Any]:
        bank = access_bank(bank_id)
        signal, value = _print(body)
        entry = NewEntry(
            signal=signal,
            value=value,
            quality=body.quality,
            says=body.opinion,
            tags=body.tags,
            ref=body.ref,
            why=body.why,
        )
        return 201, _entry(add_entry(actor=_key(request), bank_id=bank.pk, entry=entry))

    return once(request, take)


@router.post(
    "/banks/{int:bank_id}/load",
    auth=Bearer("banks"),
    response={200: LoadedAnswer, 404: Problem, **POSTING},
    openapi_extra={"requestBody": {"required": True, "content": LINES}},
)
def post_load(
    request: HttpRequest,
    bank_id: int,
    without_broken: bool = Query(False, description="Load the good lines even if others are broken"),
) -> HttpResponse:
    """Load up to 10,000 lines, CSV with a head line or JSON lines. A broken line is named and refuses all, unless you ask."""
    if request.content_type not in FILES:
        raise WrongContentType("Send text/csv, or application/x-ndjson: one JSON object per line.")
    if len(request.body) > BULK_BYTES:
        raise TooLarge("At most 32 MB at once.")
    if request.body.count(b"\n") > BULK_LINES + 1:
        raise TooLarge(f"At most {BULK_LINES:,} lines at once.")

    def take() -> tuple[int, Any]:
        bank = access_bank(bank_id)
        try:
            text = request.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BankFileBroken("This file is not text in UTF-8.") from None
        loaded = load_file(actor=_key(request), bank_id=bank.pk, text=text, without_broken=without_broken)
        told = [{"field": f"line {line}", "reason": reason} for line, reason in loaded.broken[:TOLD_AT_MOST]]
        facts = {"lines": loaded.lines, "new": loaded.new, "known": loaded.known}
        return 200, {**facts, "broken": told, "left_out": len(loaded.broken)}

    return once(request, take, hashlib.sha256(b"%d" % without_broken + request.body).hexdigest())


@router.post(
    "/bank-entries/{int:entry_id}/opinions",
    auth=Bearer("banks"),
    response={200: OpinionAnswer, 404: Problem, **POSTING},
)
def post_opinion(request: HttpRequest, entry_id: int, body: OpinionSent) -> HttpResponse:
    """Confirm an entry, dispute it, or ask for a look. It counts at once; it replaces what this key held before."""

    def take() -> tuple[int, Any]:
        entry = access_entry(entry_id)
        return 200, _told(opine(actor=_key(request), entry_id=entry.pk, says=body.says, why=body.why))

    return once(request, take)


@router.delete(
    "/bank-entries/{int:entry_id}/opinions",
    auth=Bearer("banks"),
    response={200: OpinionAnswer, 404: Problem, **POSTING},
)
def delete_opinion(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Withdraw what this key holds of an entry. What others hold of it stands. Withdrawing it again changes nothing."""

    def take() -> tuple[int, Any]:
        return 200, _told(withdraw(actor=_key(request), entry_id=access_entry(entry_id).pk))

    return once(request, take)


@router.post("/bank-lookups", auth=Bearer("banks"), response={200: LookUpAnswer, **POSTING})
def post_lookup(request: HttpRequest, body: Asked) -> LookUpAnswer:
    """Which entries a fingerprint is like, within the distance of their banks. Nothing of the question is kept."""
    signal, value = _print(body)
    found, more = entries_like(signal, value)
    film = signal == Signal.FILM
    if body.offsets_ms is not None and (not film or len(body.offsets_ms) != len(value) // 64):
        raise Invalid(errors=[{"field": "offsets_ms", "reason": "One number for each frame of a film."}])
    return LookUpAnswer(matches=[_like(one, body.offsets_ms, film=film) for one in found], more=more)


def _key(request: HttpRequest) -> MachineKey:
    return request.key  # type: ignore[attr-defined,no-any-return]


def _print(body: Print) -> tuple[str, str]:
    """(kind, digits) of what was sent, by the names exchanges use as well."""
    signal = ALSO_CALLED.get(body.signal.strip().lower(), body.signal.strip().lower())
    if not body.text:
        return signal, body.value.strip().lower()
    if body.value or signal != Signal.TEXT:
        raise Invalid(
            errors=[{"field": "text", "reason": "Words stand in place of value, for the kind text."}]
        )
    value = text_print(body.text)
    if not value:
        reason = "It has fewer than eight letters: too few to be known again by."
        raise Invalid(errors=[{"field": "text", "reason": reason}])
    return signal, value


def _told(entry: Entry) -> dict[str, Any]:
    """An entry with how many hold what of it now."""
    voices = dict(sorted(queries.opinions_on([entry.pk])[entry.pk].items()))
    return {**_entry(entry), "opinions": voices}


def _entry(entry: Entry) -> dict[str, Any]:
    return {"entry_id": entry.pk, "bank_id": entry.bank_id, "opinion": entry.opinion}


def _like(one: Alike, offsets: list[int] | None, *, film: bool) -> LikeAnswer:
    return LikeAnswer(
        frame=one.frame if film else None,
        at_ms=offsets[one.frame] if offsets else None,
        entry_id=one.entry.pk,
        bank_id=one.bank.pk,
        opinion=one.entry.opinion,
        bank=one.bank.name,
        rule=one.bank.rule_code,
        signal=one.entry.signal,
        distance=one.distance,
        share=one.share,
        opinions=one.opinions,
        held_back=one.entry.held_at is not None,
        verified=one.bank.verified_at is not None,
        tags=one.entry.tags,
        ref=one.entry.ref,
    )
