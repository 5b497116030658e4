"""The first effective removal of each item, as the rates of domain/METRICS.md count it."""

from collections.abc import Collection

from django.utils.timezone import localdate

from apps.insight.histogram import SEEN_FROM, seen_from, views_bucket
from apps.insight.models import ActionDay, FirstRemoval, RemovalCell, RemovalDay, RemovalReachDay
from apps.insight.queries.verdicts import Removal, removals, taken
from apps.sums import Sums

ALL_POLICIES = ""
ALL_RULES = ""
CELL = ("day", "rule_code", "language", "country", "source", "decided_by")


def count_actions(enforcement_ids: Collection[int]) -> None:
    """Count these restrictions on the day they took effect. To be called once for each: the platform tells it once."""
    sums = Sums(ActionDay, "day", "action", "rule_code", "ground", "source", "decided_by")
    for one in taken(enforcement_ids):
        day = localdate(one.effective_at)
        sums.add(day, one.action, one.rule_code, one.ground, one.source, one.decided_by, n=1)
    sums.write()


def count_removals(enforcement_ids: Collection[int]) -> None:
    """Count these removals. One that took effect earlier than the one counted so far takes its place."""
    found = removals(enforcement_ids)
    counted = {
        row.item_id: row for row in FirstRemoval.objects.filter(item_id__in={one.item_id for one in found})
    }
    sums = Sums(RemovalDay, "day", "policy_code")
    reach = Sums(RemovalReachDay, "day", "rule_code", "bucket")
    cells = Sums(RemovalCell, *CELL)
    fresh: dict[int, FirstRemoval] = {}
    for removal in found:
        before = fresh.get(removal.item_id) or counted.get(removal.item_id)
        if before and (before.effective_at, before.enforcement_id) <= (
            removal.effective_at,
            removal.enforcement_id,
        ):
            continue
        if before:
            _count(sums, before, -1)
            _count_reach(reach, before, -1)
            _count_cells(cells, before, -1)
        fresh[removal.item_id] = _as_counted(removal)
        _count(sums, fresh[removal.item_id], 1)
        _count_reach(reach, fresh[removal.item_id], 1)
        _count_cells(cells, fresh[removal.item_id], 1)
    FirstRemoval.objects.bulk_create(
        fresh.values(),
        update_conflicts=True,
        unique_fields=["item_id"],
        update_fields=[
            "enforcement_id", "effective_at", "day", "policies", "rules", "language", "country", "source",
            "decided_by", "views", "within_24h", "proactive", "reinstated",
        ],
    )  # fmt: skip
    sums.write()
    reach.write()
    cells.write()


def count_reinstatements(enforcement_ids: Collection[int]) -> None:
    """Reversals of these enforcements stand: the net rates leave their items out."""
    sums, cells = Sums(RemovalDay, "day", "policy_code"), Sums(RemovalCell, *CELL)
    reinstated = {one.enforcement_id for one in removals(enforcement_ids) if one.reinstated}
    changed = list(FirstRemoval.objects.filter(enforcement_id__in=reinstated, reinstated=False))
    for row in changed:
        for sign, reinstated_then in ((-1, False), (1, True)):
            row.reinstated = reinstated_then
            _count(sums, row, sign)
            _count_cells(cells, row, sign)
    FirstRemoval.objects.bulk_update(changed, ["reinstated"], batch_size=500)
    sums.write()
    cells.write()


def _as_counted(removal: Removal) -> FirstRemoval:
    return FirstRemoval(
        item_id=removal.item_id,
        enforcement_id=removal.enforcement_id,
        effective_at=removal.effective_at,
        day=localdate(removal.effective_at),
        policies=list(removal.policies),
        rules=list(removal.rules),
        language=removal.language,
        country=removal.country,
        source=removal.source,
        decided_by=removal.decided_by,
        views=removal.views,
        within_24h=removal.within_24h,
        proactive=removal.proactive,
        reinstated=removal.reinstated,
    )


def _count(sums: Sums, row: FirstRemoval, sign: int) -> None:
    amounts = _amounts(row, sign)
    for policy in (ALL_POLICIES, *row.policies):
        sums.add(row.day, policy, **amounts)


def _count_cells(cells: Sums, row: FirstRemoval, sign: int) -> None:
    floor = seen_from(row.views)
    seen = {f"seen_{one}": sign * int(one == floor) for one in SEEN_FROM}
    amounts = {**_amounts(row, sign), "views": sign * (row.views or 0), **seen}
    cells.add(row.day, ALL_RULES, row.language, row.country, row.source, row.decided_by, **amounts)
    for rule in row.rules:
        cells.add(row.day, rule, "", "", "", "", **amounts)


def _amounts(row: FirstRemoval, sign: int) -> dict[str, int]:
    zero, known = int(row.views == 0), int(row.views is not None)
    net = int(not row.reinstated)
    return {
        "removals": sign,
        "views_known": sign * known,
        "zero_views": sign * zero,
        "posted_known": sign * int(row.within_24h is not None),
        "within_24h": sign * int(bool(row.within_24h)),
        "proactive": sign * int(row.proactive),
        "net_removals": sign * net,
        "net_views_known": sign * net * known,
        "net_zero_views": sign * net * zero,
    }


def _count_reach(reach: Sums, row: FirstRemoval, sign: int) -> None:
    for rule in row.rules:
        reach.add(row.day, rule, views_bucket(row.views), n=sign)
