"""Evidence on an account in words: what was told of its growth, of what it shares, of what looks bought, of whom it copies."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime

from apps.intake.models import AccountEvidence

Row = dict[str, Any]
TITLES = dict(AccountEvidence.Part.choices)
SHARED = {"device": "device", "payment": "means of payment", "network": "network"}
CLAIMED_BY = {
    "impersonated": "Whoever is impersonated",
    "representative": "A representative",
    "somebody_else": "Somebody else",
    "detector": "A detector",
}


def told_of_account(
    rows: Iterable[dict[str, Any]], *, later_by: timedelta = timedelta(0), names: bool = True
) -> list[dict[str, Any]]:
    """Parts with what was told of each, newest first, in words.

    `rows` hold `part`, `facts`, `told_with`, `detector`, `version` and `at`. `later_by` moves the moments inside the facts;
    `at` was moved already. Without `names` whom it is said to impersonate is left out.
    """
    parts: dict[str, list[dict[str, Any]]] = {part: [] for part in TITLES}
    for row in rows:
        facts = row["facts"]  # empty once erased: that something was told stays
        said = SAYS[row["part"]](facts, later_by, names) if facts else []
        parts[row["part"]].append({"rows": said, "by": _by(row), "at": row["at"], "erased": not facts})
    return [{"part": part, "title": TITLES[part], "told": told} for part, told in parts.items() if told]


def _by(row: dict[str, Any]) -> str:
    if row["told_with"] == "flag":
        return f"{row['detector']} {row['version']}".strip()
    return "with a report" if row["told_with"] == "report" else "the platform"


def _growth(facts: list[dict[str, Any]], later_by: timedelta, names: bool) -> list[Row]:
    rows = []
    for one in facts:
        daily = one.get("daily")
        seen = sum(daily) / len(daily) if daily else one["per_day"]
        usual, spread = one["baseline_mean"], one["baseline_spread"]
        top = max(seen, usual + spread, *(daily or [0])) or 1
        first, last = (date.fromisoformat(one[name]) + later_by for name in ("first_day", "last_day"))
        rows.append(
            {
                "what": f"New {one['of']}",
                "words": f"{number(seen)} a day, usually {number(usual)} (±{number(spread)})",
                "note": _days(first, last),
                "bar": {"fill": _part(seen, top), "tick": _part(usual, top), "over": seen > usual + spread},
                "days": [
                    {"x": place, "y": round(1 - _part(count, top), 4), "height": _part(count, top)}
                    for place, count in enumerate(daily)
                ]
                if daily
                else [],
                "usual_at": round(1 - _part(usual, top), 4),
            }
        )
    return rows


def _fingerprints(facts: list[dict[str, Any]], later_by: timedelta, names: bool) -> list[Row]:
    return [
        {
            "what": f"One {SHARED[one['kind']]}",
            "words": f"shared by {number(one['accounts'])} accounts",
            "note": f"hash {one['sha256'][:12]}…",
        }
        for one in facts
    ]


def _purchases(facts: list[dict[str, Any]], later_by: timedelta, names: bool) -> list[Row]:
    rows = []
    for one in facts:
        share = one.get("from_one_source")
        began = parse_datetime(one["began_at"])
        assert began is not None
        words = f"{number(one['count'])} within {number(one['window_hours'])} hour{_s(one['window_hours'])}"
        if share is not None:
            words += f", {round(100 * share)}% of them from one source"
        bar = None if share is None else {"fill": share, "tick": None, "over": False}
        note = f"from {date_format(localtime(began + later_by), 'j M Y, H:i')}"
        rows.append({"what": f"A burst of {one['of']}", "words": words, "note": note, "bar": bar})
    return rows


def _impersonation(one: dict[str, Any], later_by: timedelta, names: bool) -> list[Row]:
    whom = [one[name] for name in ("name", "handle", "external_id") if name in one]
    known = "whose name is verified" if one["claimant_verified"] else "whose name is not verified"
    claimant = CLAIMED_BY[one["claimed_by"]] + ("" if one["claimed_by"] == "detector" else f", {known}")
    rows: list[Row] = [
        {"what": "Whom", "words": " · ".join(whom) if names else "Named at the desk", "name": names},
        {"what": "Claimed by", "words": claimant},
    ]
    for name, what in (("name_similarity", "Names"), ("picture_similarity", "Pictures")):
        if name in one:
            alike = {"fill": one[name], "tick": None, "over": False}
            rows.append({"what": what, "words": f"{round(100 * one[name])} of 100 alike", "bar": alike})
    return rows


SAYS: dict[str, Callable[[Any, timedelta, bool], list[Row]]] = {
    "growth": _growth,
    "fingerprints": _fingerprints,
    "purchases": _purchases,
    "impersonation": _impersonation,
}


def number(value: float) -> str:
    """A count or a rate as people write it: whole from ten on, else with one decimal where it says something."""
    short: float = round(value) if value >= 10 else round(value, 1)
    return str(
        number_format(int(short) if short == int(short) else short, use_l10n=True, force_grouping=True)
    )


def _part(value: float, of: float) -> float:
    return round(min(value / of, 1), 4)


def _s(value: float) -> str:
    return "" if value == 1 else "s"


def _days(first: date, last: date) -> str:
    if first == last:
        return date_format(first, "j M Y")
    return (
        f"{date_format(first, 'j M' if first.year == last.year else 'j M Y')} to {date_format(last, 'j M Y')}"
    )
