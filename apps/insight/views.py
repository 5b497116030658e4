from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.access import allow
from apps.errors import NotFound
from apps.insight.access import WATCHERS
from apps.insight.board import board
from apps.insight.csv import as_csv
from apps.insight.parts import Board
from apps.insight.queries import snapshot
from apps.insight.queries.health import told
from apps.insight.queries.outcomes import DAYS_SHOWN, removals_by_rule


@allow(*WATCHERS)
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The live dashboard, complete as it is; it then fills itself in over the websocket."""
    return render(request, "insight/live.html", {**_context(board(snapshot())), "notices": told()})


@allow(*WATCHERS)
@require_safe
@never_cache
def live_board(request: HttpRequest) -> HttpResponse:
    """Only the numbers, for a page that asks by itself while live updates are paused."""
    return render(request, "insight/live.html#board", _context(board(snapshot())))


@allow(*WATCHERS)
@require_safe
@never_cache
def live_notices(request: HttpRequest) -> HttpResponse:
    """What other rooms tell those who watch; asked again every minute."""
    return render(request, "insight/live.html#told", {"notices": told()})


@allow(*WATCHERS)
@require_safe
@never_cache
def table_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table of the dashboard as it is now: raw numbers, seconds and shares instead of words."""
    found = board(snapshot()).tables.get(table)
    if found is None:
        raise NotFound("There is no such table on the dashboard.")
    return HttpResponse(
        as_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{table}.csv"'},
    )


@allow(*WATCHERS)
@require_safe
@never_cache
def removals(request: HttpRequest) -> HttpResponse:
    """How many had seen what was removed, rule by rule."""
    context = {"rows": removals_by_rule(localdate()), "days": DAYS_SHOWN}
    return render(request, "insight/removals.html", context)


def _context(made: Board) -> dict[str, object]:
    return {
        "board": made,
        "filling": made.filling(),
        "tables": made.tables,
        "charts": [
            {
                "id": name,
                "table": made.tables[name],
                "data": {"series": [{"label": "Came in"}, {"label": "Left"}], "points": points},
            }
            for name, points in made.charts.items()
        ],
    }
