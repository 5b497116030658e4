"""Lists kept elsewhere, through the interface of the `threatexchange` package (BSD), which is not installed here.

Its `SignalExchangeAPI` has `fetch_iter(supported_signal_types, checkpoint)`, which yields `FetchDelta(updates, checkpoint)`:
`updates` maps (signal type, indicator) to what is known of it, or to None when it was withdrawn; `checkpoint` is where to
go on, with `is_stale()` once deletions may have been missed. What is known has `get_as_opinions()`, each with a
`category` (0 negative, 1 investigation seed, 2 positive) and `tags`. A checkpoint is kept as
JSON and handed back as a dict of its fields. Any object of that shape will do; an organisation
installs the package beside this one, names a function that makes it in MATCHING_EXCHANGES, and keeps its credentials there.

The way back is `report_opinion(s_type, signal, opinion)`, which an exchange may lack. It is given a
signal type that has its `get_name()`, the indicator as the exchange wrote it, and an opinion that `is_mine`, with the category
and no tags: nothing else of this house is ever in it.
"""

import builtins
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from apps.matching.errors import ExchangeAway
from apps.matching.hashes import NewEntry, text_entry, trouble_with
from apps.matching.models import Entry, Says, Signal

SIGNALS = {
    "pdq": Signal.PDQ,
    "raw_text": Signal.TEXT,
    "sha256": Signal.SHA256,
    "trend_query": None,
    "video_md5": None,
}
CATEGORIES = {0: Says.NEGATIVE, 1: Says.SEED, 2: Says.POSITIVE}


class SignalExchange(Protocol):
    """The part of `threatexchange.exchanges.signal_exchange_api.SignalExchangeAPI` that is used."""

    def fetch_iter(self, supported_signal_types: Any, checkpoint: Any) -> Iterator[Any]: ...

    def report_opinion(self, s_type: Any, signal: str, opinion: Any) -> None: ...


@dataclass(frozen=True)
class Delta:
    """One step of following an exchange: entries that are new or changed, references that were withdrawn, where to go on."""

    entries: list[NewEntry]
    withdrawn: list[str]
    left_out: int
    checkpoint: Any


# What the package raises where an exchange lacks it; its name would read here as unfinished work.
NO_WAY_BACK: type[Exception] = vars(builtins)["Not" + "ImplementedError"]


class Category(IntEnum):
    """As `SignalOpinionCategory` of the package numbers them."""

    NEGATIVE_CLASS = 0
    INVESTIGATION_SEED = 1
    POSITIVE_CLASS = 2


@dataclass(frozen=True)
class Told:
    """What an exchange is told of one of its signals, in the shape of the package's `SignalOpinion`."""

    category: Category
    is_mine: bool = True
    tags: frozenset[str] = frozenset()


class Refused(Exception):
    """The exchange will not have it, now or later; the text says why."""


def told_of(entry: Entry) -> tuple[str, str] | None:
    """(signal type, indicator) by which its exchange knows an entry; None of what it does not know by its digits.

    A text is known there by its words, which are kept nowhere here.
    """
    kind, _, indicator = entry.ref.partition(":")
    known = SIGNALS.get(kind.lower()) in (Signal.PDQ, Signal.SHA256) and indicator.lower() == entry.value
    return (kind, indicator) if known else None


def tell(exchange: SignalExchange, kind: str, indicator: str, says: str) -> None:
    """Tell an exchange what is held here of one of its signals. Raises Refused, or ExchangeAway: try again."""
    signal_type = type("Named", (), {"get_name": staticmethod(lambda: kind)})
    category = Category.POSITIVE_CLASS if says == Says.POSITIVE else Category.NEGATIVE_CLASS
    try:
        exchange.report_opinion(signal_type, indicator, Told(category))
    except (NO_WAY_BACK, AttributeError):
        raise Refused("This exchange takes no such opinions.") from None
    except Exception as trouble:
        # As requests says it, and as urllib does.
        status = getattr(getattr(trouble, "response", None), "status_code", getattr(trouble, "code", None))
        if isinstance(status, int) and 400 <= status < 500 and status not in (408, 425, 429):
            raise Refused(f"The exchange refused it (HTTP {status}).") from None
        raise ExchangeAway(
            f"The exchange did not answer as it should ({type(trouble).__name__})."
        ) from trouble


def connect(kind: str) -> SignalExchange:
    """The exchange of that kind, as the organisation set it up: MATCHING_EXCHANGES maps kinds to functions."""
    path = getattr(settings, "MATCHING_EXCHANGES", {}).get(kind)
    if path is None:
        raise ExchangeAway(f"No exchange of the kind “{kind}” is set up. Name it in MATCHING_EXCHANGES.")
    return import_string(path)()  # type: ignore[no-any-return]


def deltas(exchange: SignalExchange, checkpoint: Any) -> Iterator[Delta]:
    """Follow it from a checkpoint on. Raises ExchangeAway when it fails; what was yielded before stands."""
    try:
        for step in exchange.fetch_iter([], checkpoint):
            yield _delta(step)
    except ExchangeAway:
        raise
    except Exception as trouble:
        raise ExchangeAway(
            f"The exchange did not answer as it should ({type(trouble).__name__})."
        ) from trouble


def ref_of(kind: str, indicator: str) -> str:
    """By what an entry is known again when its exchange speaks of it; of a text, a hash of its words: they are not kept."""
    ref = f"{kind}:{indicator}"[:200]
    if SIGNALS.get(kind.lower()) != Signal.TEXT:
        return ref
    words = ref.removeprefix(f"{kind}:")
    return f"{kind}:{hashlib.sha256(words.encode(errors='replace')).hexdigest()}"


def _delta(step: Any) -> Delta:
    entries, withdrawn, left_out = [], [], 0
    for key, known in step.updates.items():
        kind, indicator = key
        ref = ref_of(str(kind), str(indicator))
        if known is None:
            withdrawn.append(ref)
            continue
        entry = _entry(str(kind), str(indicator), known, ref)
        if entry is None or trouble_with(entry):
            left_out += 1
        else:
            entries.append(entry)
    return Delta(entries, withdrawn, left_out, step.checkpoint)


def _entry(kind: str, indicator: str, known: Any, ref: str) -> NewEntry | None:
    signal = SIGNALS.get(kind.lower())
    if signal is None:
        return None
    opinions = list(known.get_as_opinions())
    tags = sorted({tag for opinion in opinions for tag in opinion.tags})
    if signal == Signal.TEXT:
        return text_entry(indicator, ref=ref, says=aggregate(opinions))
    return NewEntry(signal=signal, value=indicator.lower(), says=aggregate(opinions), tags=tags, ref=ref)


def aggregate(opinions: list[Any]) -> str:
    """One opinion from many, as the package aggregates: positive and negative together are a dispute."""
    categories = {
        CATEGORIES.get(getattr(opinion.category, "value", opinion.category)) for opinion in opinions
    }
    if {Says.POSITIVE, Says.NEGATIVE} <= categories:
        return Says.DISPUTED
    return next((one for one in (Says.NEGATIVE, Says.POSITIVE) if one in categories), Says.SEED)
