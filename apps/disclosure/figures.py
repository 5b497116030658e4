"""The figures of one report, as they are published: tables of numbers, with small ones hidden already.

A table is {"id", "key", "columns", "rows"}; a row is {"key", "values"} with one value for each column, null where it is
not known or not told; `hidden` says which. The row with key "" is the whole. Shares are 0 to 1, to four places.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from apps.disclosure import counting
from apps.disclosure.answering import medians
from apps.disclosure.cells import AMOUNTS, Cells, Removals
from apps.disclosure.counting import Row
from apps.disclosure.periods import midnight
from apps.disclosure.small import coarser, hidden
from apps.disclosure.tables import Counted, Values, share, table
from apps.guidelines.errors import NothingInForce
from apps.guidelines.queries import Edition, in_force
from apps.insight.histogram import SEEN_FROM
from apps.transparency.composing import AUTOMATED_DETECTION

SCHEMA = 3  # 2: contests of measures of local law; 3: how long reports waited, disputes outside court
RATES = (
    "removals", "zero_view_rate", "zero_view_rate_net", "views_coverage", "mean_views", "proactive_rate", "within_24h_rate",
    "posted_coverage", "reinstated", "reinstatement_rate",
)  # fmt: skip
DIVISIONS = ("rule", "language", "country", "source", "decided_by")
APPEAL_COLUMNS = ("appeals", "changed", "changed_rate", "median_hours")
AUTHORITY_COLUMNS = (
    "requests", "items", "by_rules", "by_law", "refused", "open", "informal", "refusal_rate", "median_hours",
)  # fmt: skip
CONTEST_COLUMNS = ("contests", "contests_decided", "contests_lifted", "contests_upheld")
NOTICE_COLUMNS = ("n", "trusted", "answered", "median_hours")
DISPUTE_COLUMNS = (
    "disputes",
    "disputes_ended",
    "disputes_changed",
    "median_days",
    "complied",
    "complied_rate",
)
DETECTOR_COLUMNS = ("flagged", "error_rate", "compared", "agreement")
PREVALENCE_COLUMNS = ("prevalence", "low", "high", "judged")


def figures(cells: Cells, begins: date, ends: date, *, smallest: int) -> dict[str, Any]:
    """All tables of the days from `begins` to before `ends`; numbers from 1 to below `smallest` are hidden in them."""
    values = {"begins": begins, "ends": ends, "from": midnight(begins), "until": midnight(ends)}
    actions = _actions(cells, smallest)
    tables = [
        *_removals(cells, smallest),
        actions,
        *_appeals(values, smallest),
        _authorities(values),
        *_contests(values, smallest),
        _disputes(values, smallest),
        _decisions(values, smallest),
        _notices(values, smallest),
        _misuse(values, smallest),
        _detectors(values, smallest),
        _prevalence(begins, ends, cells),
        _people(values, smallest),
    ]
    return {
        "schema": SCHEMA, "begins": begins.isoformat(), "ends": ends.isoformat(), "smallest": smallest, "tables": tables,
        "restrictions": _restrictions(cells, actions, smallest), **_named(),
    }  # fmt: skip


def _removals(cells: Cells, smallest: int) -> Iterable[dict[str, Any]]:
    whole = [one for one in cells.removals if not one.rule]
    all_of_it = _summed(whole).get("", [0] * len(AMOUNTS))
    for division in DIVISIONS:
        of_it = [one for one in cells.removals if one.rule] if division == "rule" else whole
        rows = {
            name: rates(row, smallest) for name, row in {**_summed(of_it, division), "": all_of_it}.items()
        }
        # Where few came back, the net rate beside the gross one would tell how few.
        few = Counted(
            ("reinstated", "reinstatement_rate", "zero_view_rate_net"),
            {name: row[RATES.index("reinstated")] for name, row in rows.items()},
        )
        yield table(f"removals_by_{division}", division, RATES, rows, smallest=smallest, counted=[few])
    yield _views_before(dict(zip(AMOUNTS, all_of_it, strict=True)), smallest)


def _views_before(n: Mapping[str, int], smallest: int) -> dict[str, Any]:
    """How many of the removed had been seen by how many: what a mean does not say. Keys are "0", "1-9" or "1000-"."""
    floors = (0, *SEEN_FROM)
    counts = [n["zero_views"], *(n[f"seen_{floor}"] for floor in SEEN_FROM)]
    rows: dict[str, Values] = {"": [n["views_known"], share(n["views_known"], n["views_known"], smallest)]}
    for first, last, many in coarser(counts, smallest):
        upto = str(floors[last + 1] - 1) if last + 1 < len(floors) else ""
        key = "0" if last == 0 else f"{floors[first]}-{upto}"
        rows[key] = [many, share(many, n["views_known"], smallest)]
    return table("views_before", "views", ("n", "views_share"), rows, smallest=smallest, in_order=True)


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
        reinstated,
        share(reinstated, removed, smallest),
    ]


def _actions(cells: Cells, smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {"": [0]}
    for one in cells.actions:
        for name in ("", one.action):
            rows.setdefault(name, [0])[0] += one.n
    return table("actions", "action", ("n",), rows, smallest=smallest)


def _restrictions(cells: Cells, actions: Mapping[str, Any], smallest: int) -> list[dict[str, Any]]:
    """Restrictions as the template of the European Union divides them: by category, kind, detection and decision.

    Small numbers are null. What restricts nobody, such as a strike alone, is not among them. The table of actions
    tells the sum of each kind, so that each is hidden in by itself, and wholly where an action of it is hidden there.
    """
    edition = _edition()
    hidden_actions = {row["key"] for row in actions["rows"] if row["hidden"]}
    kinds: dict[str, dict[tuple[str, ...], int]] = {}
    wholly = set()
    for one in cells.actions:
        action = edition.actions.get(one.action) if edition else None
        rule = edition.rules.get(one.rule) if edition else None
        if action is None or not action.dsa:
            continue
        kind = "; ".join(sorted(str(said) for said in action.dsa.values()))
        key = (
            one.ground,
            rule.dsa_category if rule else "",
            kind,
            "yes" if one.source in AUTOMATED_DETECTION else "no",
            one.decided_by,
        )
        sums = kinds.setdefault(kind, {})
        sums[key] = sums.get(key, 0) + one.n
        if one.action in hidden_actions:
            wholly.add(kind)
    names = ("ground", "category", "restriction", "detection", "decision")
    told = {
        key: None if key in gone else n
        for kind, sums in kinds.items()
        for gone in [frozenset(sums) if kind in wholly else hidden(sums, smallest)]
        for key, n in sums.items()
    }
    return [{**dict(zip(names, key, strict=True)), "n": told[key]} for key in sorted(told)]


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
    for id, sql in counting.APPEALS.items():
        if id == "appeals_all":
            continue
        found = {row[0] or "unknown": row for row in counting.rows(sql, values)}
        found[""] = every[0] if every else ("", 0, 0, None)
        yield table(
            id,
            id.removeprefix("appeals_by_"),
            APPEAL_COLUMNS,
            {name: _appeal(row, smallest) for name, row in found.items()},
            smallest=smallest,
            counted=[Counted(("changed", "changed_rate"), {name: row[2] for name, row in found.items()})],
        )


def _appeal(row: Row, smallest: int) -> Values:
    _, n, changed, median = row
    hours = None if median is None or n < smallest else round(float(median), 1)
    return [n, changed, share(changed, n, smallest), hours]


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


def _contests(values: dict[str, Any], smallest: int) -> Iterable[dict[str, Any]]:
    """Contests are people's: small numbers are hidden. What was decided is lifted or stands, so that where one of the
    two is hidden the other is too, or it would be left over."""
    for id, sql in counting.CONTESTS.items():
        rows: dict[str, Values] = {row[0]: list(row[1:]) for row in counting.rows(sql, values)}
        rows[""] = [sum(row[place] for row in rows.values()) for place in range(len(CONTEST_COLUMNS))]
        decided, lifted, upheld = ({name: row[place] for name, row in rows.items()} for place in (1, 2, 3))
        hiding = [
            Counted(CONTEST_COLUMNS[1:], decided),
            Counted(CONTEST_COLUMNS[2:], lifted),
            Counted(CONTEST_COLUMNS[2:], upheld),
        ]
        yield table(
            id, id.removeprefix("contests_by_"), CONTEST_COLUMNS, rows, smallest=smallest, counted=hiding
        )


def _disputes(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {"": [0, 0, 0, None, 0, None]}
    for side, came, ended, changed, days, complied in counting.rows(counting.DISPUTES, values):
        middle = days if ended >= max(1, smallest) else None
        of_these = share(complied, changed, smallest)
        rows["" if side == "*" else side] = [came, ended, changed, middle, complied, of_these]
    hiding = [
        Counted(columns, {name: row[DISPUTE_COLUMNS.index(columns[0])] for name, row in rows.items()})
        for columns in (
            ("disputes_ended", "median_days"), ("disputes_changed", "complied_rate"), ("complied", "complied_rate"),
        )
    ]  # fmt: skip
    return table("disputes", "side", DISPUTE_COLUMNS, rows, smallest=smallest, counted=hiding)


def _decisions(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {
        row[0]: [row[1], None, None] for row in counting.rows(counting.DECISIONS, values)
    }
    rows[""] = [sum(row[0] for row in rows.values()), *counting.hours_to_decide(values)]
    return table("decisions", "outcome", ("n", "median_hours", "p90_hours"), rows, smallest=smallest)


def _notices(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    """Those that came in, and those that were answered, whenever they came: a median of few would tell of one."""
    rows: dict[str, Values] = {"": [0, 0, 0, None]}
    for rule, n, trusted in counting.rows(counting.NOTICES, values):
        rows[rule or "unknown"] = [n, trusted, 0, None]
        rows[""] = [rows[""][0] + n, rows[""][1] + trusted, 0, None]
    for rule, (n, minutes) in medians(values["begins"], values["ends"]).items():
        row = rows.setdefault("" if rule == "*" else rule or "unknown", [0, 0, 0, None])
        row[2:] = [n, round(minutes / 60, 1) if n >= max(1, smallest) else None]
    flaggers = Counted(("trusted",), {name: row[1] for name, row in rows.items()})
    answered = Counted(("answered", "median_hours"), {name: row[2] for name, row in rows.items()})
    return table("notices", "rule", NOTICE_COLUMNS, rows, smallest=smallest, counted=[flaggers, answered])


def _misuse(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {row[0]: [row[1]] for row in counting.rows(counting.MISUSE, values)}
    return table("misuse", "misuse", ("n",), rows, smallest=smallest)


def _detectors(values: dict[str, Any], smallest: int) -> dict[str, Any]:
    rows: dict[str, Values] = {}
    for name, flagged, refused, compared, agreed in counting.rows(counting.DETECTORS, values):
        rows[name] = [flagged, share(refused, flagged, smallest), compared, share(agreed, compared, smallest)]
    return table("detectors", "detector", DETECTOR_COLUMNS, rows, smallest=smallest)


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
    return table("people", "language", ("people",), rows, smallest=smallest)
