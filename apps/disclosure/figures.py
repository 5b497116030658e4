"""The figures of one report, as they are published: tables of numbers, with small ones hidden already.

A table is {"id", "key", "columns", "rows"}; a row is {"key", "values"} with one value for each column, null where it is
not known or not told; `hidden` says which. The row with key "" is the whole. Shares are 0 to 1, to four places.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from apps.disclosure import counting
from apps.disclosure.cells import AMOUNTS, Cells, Removals
from apps.disclosure.counting import Row
from apps.disclosure.periods import midnight
from apps.disclosure.small import hidden, tells_all
from apps.guidelines.errors import NothingInForce
from apps.guidelines.queries import Edition, in_force
from apps.transparency.composing import AUTOMATED_DETECTION

SCHEMA = 1
RATES = (
    "removals", "zero_view_rate", "zero_view_rate_net", "views_coverage", "mean_views", "proactive_rate", "within_24h_rate",
    "posted_coverage", "reinstated", "reinstatement_rate",
)  # fmt: skip
DIVISIONS = ("rule", "language", "country", "source", "decided_by")
APPEAL_COLUMNS = ("appeals", "changed", "changed_rate", "median_hours")
AUTHORITY_COLUMNS = (
    "requests", "items", "by_rules", "by_law", "refused", "open", "informal", "refusal_rate", "median_hours",
)  # fmt: skip
DETECTOR_COLUMNS = ("flagged", "error_rate", "compared", "agreement")
PREVALENCE_COLUMNS = ("prevalence", "low", "high", "judged")
Values = list[Any]


def figures(cells: Cells, begins: date, ends: date, *, smallest: int) -> dict[str, Any]:
    """All tables of the days from `begins` to before `ends`; numbers from 1 to below `smallest` are hidden in them."""
    values = {"begins": begins, "ends": ends, "from": midnight(begins), "until": midnight(ends)}
    tables = [
        *_removals(cells, smallest),
        _actions(cells, smallest),
        *_appeals(values, smallest),
        _authorities(values),
        _decisions(values, smallest),
        _notices(values, smallest),
        _misuse(values, smallest),
        _detectors(values, smallest),
        _prevalence(begins, ends, cells),
        _people(values, smallest),
    ]
    return {
        "schema": SCHEMA, "begins": begins.isoformat(), "ends": ends.isoformat(), "smallest": smallest, "tables": tables,
        "restrictions": _restrictions(cells, smallest), **_named(),
    }  # fmt: skip


def share(part: int, whole: int, smallest: int) -> float | None:
    """A share, to four places; None of fewer than `smallest`, which would say too much, or nothing."""
    return round(part / whole, 4) if whole >= max(1, smallest) else None


def table(
    id: str,
    key: str,
    columns: Sequence[str],
    rows: Mapping[str, Values],
    *,
    smallest: int,
    parts: bool = True,
) -> dict[str, Any]:
    """A table whose first column is how many; `smallest` 0 hides nothing. `parts`: the rows sum to the row ''."""
    numbers = {name: int(row[0] or 0) for name, row in rows.items() if name or not parts}
    gone = hidden(numbers, smallest) if parts else {name for name, n in numbers.items() if 0 < n < smallest}
    if parts and "" in rows and not tells_all(numbers, frozenset(gone), smallest):
        gone = frozenset({*gone, ""})
    ordered = sorted(rows, key=lambda name: (name != "", name in gone, -int(rows[name][0] or 0), name))
    return {
        "id": id,
        "key": key,
        "columns": list(columns),
        "rows": [
            {
                "key": name,
                "values": [None] * len(columns) if name in gone else rows[name],
                "hidden": name in gone,
            }
            for name in ordered
        ],
    }


def _removals(cells: Cells, smallest: int) -> Iterable[dict[str, Any]]:
    whole = [one for one in cells.removals if not one.rule]
    for division in DIVISIONS:
        of_it = [one for one in cells.removals if one.rule] if division == "rule" else whole
        sums = _summed(of_it, division)
        rows = {name: rates(amounts, smallest) for name, amounts in sums.items()}
        rows[""] = rates(_summed(whole).get("", [0] * len(AMOUNTS)), smallest)
        # A removal that cites two rules counts for both: the rules are no parts of the whole.
        yield table(
            f"removals_by_{division}", division, RATES, rows, smallest=smallest, parts=division != "rule"
        )


def _summed(cells: Iterable[Removals], by: str = "") -> dict[str, list[int]]:
    """The amounts of cells by one of the divisions; all under '' without one."""
    sums: dict[str, list[int]] = {}
    for one in cells:
        row = sums.setdefault((getattr(one, by) or "unknown") if by else "", [0] * len(AMOUNTS))
        for place, amount in enumerate(one.amounts):
            row[place] += amount
    return sums


def rates(amounts: Sequence[int], smallest: int) -> Values:
    """The rates of domain/METRICS.md from sums of removals; see `RATES`."""
    n = dict(zip(AMOUNTS, amounts, strict=True))
    removed, known = n["removals"], n["views_known"]
    reinstated = removed - n["net_removals"]
    return [
        removed,
        share(n["zero_views"], known, smallest),
        share(n["net_zero_views"], n["net_views_known"], smallest),
        share(known, removed, smallest),
        round(n["views"] / known, 1) if known >= max(1, smallest) else None,
        share(n["proactive"], removed, smallest),
        share(n["within_24h"], n["posted_known"], smallest),
        share(n["posted_known"], removed, smallest),
        reinstated if reinstated == 0 or reinstated >= smallest else None,
        share(reinstated, removed, smallest),
    ]


def _actions(cells: Cells, smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {"": [0]}
    for one in cells.actions:
        for name in ("", one.action):
            rows.setdefault(name, [0])[0] += one.n
    return table("actions", "action", ("n",), rows, smallest=smallest)


def _restrictions(cells: Cells, smallest: int) -> list[dict[str, Any]]:
    """Restrictions as the template of the European Union divides them: by category, kind, detection and decision.

    Small numbers are null. What restricts nobody, such as a strike alone, is not among them.
    """
    edition = _edition()
    sums: dict[tuple[str, ...], int] = {}
    for one in cells.actions:
        action = edition.actions.get(one.action) if edition else None
        rule = edition.rules.get(one.rule) if edition else None
        if action is None or not action.dsa:
            continue
        key = (
            one.ground,
            rule.dsa_category if rule else "",
            "; ".join(sorted(str(said) for said in action.dsa.values())),
            "yes" if one.source in AUTOMATED_DETECTION else "no",
            one.decided_by,
        )
        sums[key] = sums.get(key, 0) + one.n
    names = ("ground", "category", "restriction", "detection", "decision")
    gone = hidden(sums, smallest)
    return [
        {**dict(zip(names, key, strict=True)), "n": None if key in gone else sums[key]}
        for key in sorted(sums)
    ]


def _named() -> dict[str, dict[str, str]]:
    """Titles of rules and actions, and rules' categories, as they are now: a published report keeps its words."""
    edition = _edition()
    if edition is None:
        return {"names": {}, "categories": {}}
    rules = edition.rules.items()
    return {
        "names": {code: rule.title for code, rule in rules}
        | {code: action.title for code, action in edition.actions.items()},
        "categories": {code: rule.dsa_category for code, rule in rules},
    }


def _edition() -> Edition | None:
    try:
        return in_force()
    except NothingInForce:
        return None


def _appeals(values: dict[str, Any], smallest: int) -> Iterable[dict[str, Any]]:
    every = counting.rows(counting.APPEALS["appeals_all"], values)
    whole = _appeal(every[0], smallest) if every else [0, 0, None, None]
    for id, sql in counting.APPEALS.items():
        if id == "appeals_all":
            continue
        rows = {row[0] or "unknown": _appeal(row, smallest) for row in counting.rows(sql, values)}
        rows[""] = whole
        key = id.removeprefix("appeals_by_")
        yield table(id, key, APPEAL_COLUMNS, rows, smallest=smallest, parts=key != "rule")


def _appeal(row: Row, smallest: int) -> Values:
    _, n, changed, median = row
    told = changed if changed == 0 or changed >= smallest else None
    hours = None if median is None or n < smallest else round(float(median), 1)
    return [n, told, share(changed, n, smallest), hours]


def _authorities(values: dict[str, Any]) -> dict[str, Any]:
    """Told however small they are: these numbers are about states, and hiding them would hide their influence."""
    rows = {}
    for country, requests, items, by_rules, by_law, refused, informal, median in counting.rows(
        counting.AUTHORITIES, values
    ):
        ended = by_rules + by_law + refused
        rows[country] = [
            requests, items, by_rules, by_law, refused, items - ended, informal, share(refused, ended, 1),
            None if median is None else round(float(median), 1),
        ]  # fmt: skip
    whole = [sum(row[place] for row in rows.values()) for place in range(7)]
    rows[""] = [*whole, share(whole[4], sum(whole[2:5]), 1), None]
    return table("authorities", "country", AUTHORITY_COLUMNS, rows, smallest=0)


def _decisions(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {
        row[0]: [row[1], None, None] for row in counting.rows(counting.DECISIONS, values)
    }
    rows[""] = [sum(row[0] for row in rows.values()), *counting.hours_to_decide(values)]
    return table("decisions", "outcome", ("n", "median_hours", "p90_hours"), rows, smallest=smallest)


def _notices(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {"": [0, 0]}
    for rule, n, trusted in counting.rows(counting.NOTICES, values):
        rows[rule or "unknown"] = [n, trusted if trusted == 0 or trusted >= smallest else None]
        rows[""] = [rows[""][0] + n, rows[""][1] + trusted]
    if 0 < rows[""][1] < smallest:
        rows[""][1] = None
    return table("notices", "rule", ("n", "trusted"), rows, smallest=smallest)


def _misuse(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {row[0]: [row[1]] for row in counting.rows(counting.MISUSE, values)}
    return table("misuse", "misuse", ("n",), rows, smallest=smallest, parts=False)


def _detectors(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {}
    for name, flagged, refused, compared, agreed in counting.rows(counting.DETECTORS, values):
        rows[name] = [flagged, share(refused, flagged, smallest), compared, share(agreed, compared, smallest)]
    return table("detectors", "detector", DETECTOR_COLUMNS, rows, smallest=smallest, parts=False)


def _prevalence(begins: date, ends: date, cells: Cells) -> dict[str, Any]:
    rules = sorted(
        {one.rule for one in cells.removals if one.rule} | {one.rule for one in cells.actions if one.rule}
    )
    rows = {
        rule: [*(None if end is None else round(end, 6) for end in ends_), judged]
        for rule, *ends_, judged in counting.prevalence(begins, ends, rules)
    }
    found = table("prevalence", "rule", PREVALENCE_COLUMNS, {}, smallest=0)
    found["rows"] = [{"key": rule, "values": row, "hidden": False} for rule, row in rows.items()]
    return found


def _people(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    """Somebody who reads two languages counts for both, so that the languages are no parts of a whole."""
    rows: dict[str, Values] = {row[0]: [row[1]] for row in counting.rows(counting.PEOPLE, values)}
    return table("people", "language", ("people",), rows, smallest=smallest, parts=False)
