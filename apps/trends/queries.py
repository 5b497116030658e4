"""What is counted, what is usual, and what the pages show of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from apps.intake.models import Author, ItemContent, Report
from apps.queues.models import Case
from apps.trends.baseline import DAYS_WITHOUT_WEEKS, LEAST, WEEKS
from apps.trends.models import EXAMPLES, Kind, Rising, SignDay, SpikeAlert

LIGHT = 1  # exposure of a case whose text may be shown, covered, outside a shift
ALERTS_SHOWN = 50


@dataclass(frozen=True)
class Seen:
    """What the signs of an item are taken from."""

    language: str
    author: int | None
    text: str
    text_sha256: str
    files: tuple[tuple[str, str], ...]  # (mime, SHA-256)


SEEN = """
    SELECT item.id, item.language, item.author_id, COALESCE(content.text, ''), item.text_sha256,
           (SELECT array_agg(ARRAY[m.mime, m.sha256]::text[]) FROM intake_media m
            WHERE m.item_id = item.id AND m.revision = item.revision AND m.sha256 <> '')
    FROM intake_item item
    LEFT JOIN intake_itemcontent content ON content.item_id = item.id AND content.revision = item.revision
    WHERE item.id = ANY(%s)
"""


def items_seen(item_ids: Collection[int]) -> dict[int, Seen]:
    if not item_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [list(item_ids)])
        rows = cursor.fetchall()
    return {
        pk: Seen(language, author, text, sha256, tuple((mime, file) for mime, file in files or ()))
        for pk, language, author, text, sha256, files in rows
    }


def reported_first(reports: Mapping[int, int]) -> dict[int, datetime]:
    """Of {report: item}, the items whose first report is among them, with its moment."""
    if not reports:
        return {}
    firsts = Report.objects.filter(item__in=set(reports.values())).order_by("item", "id").distinct("item")
    return {item: at for pk, item, at in firsts.values_list("id", "item_id", "received_at") if pk in reports}


FIRST = """
    SELECT d.id, d.item_id, d.decided_at FROM decisions_decision d
    LEFT JOIN decisions_decision before ON before.id = d.supersedes_id
    WHERE d.id = ANY(%s) AND d.outcome = 'violates' AND NOT d.withdraws AND NOT d.held AND d.ground = 'guideline'
      AND (before.id IS NULL OR before.withdraws OR before.held OR before.outcome <> 'violates')
"""


def decided_first(decision_ids: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """Of these decisions, those that first say of their item that it breaks a rule: (item, when)."""
    if not decision_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIRST, [list(decision_ids)])
        return {pk: (item, at) for pk, item, at in cursor.fetchall()}


@dataclass
class Counted:
    """What was counted in a window: items in all, and of each sign (kind, key) how many and the newest of them."""

    everything: int = 0
    signs: dict[tuple[str, str], tuple[int, list[int]]] = field(default_factory=dict)


WINDOW = """
    SELECT stream, language, kind, key, sum(n)::int, string_agg(array_to_string(items, ','), ',' ORDER BY hour DESC)
    FROM trends_signhour WHERE hour BETWEEN %s AND %s
    GROUP BY stream, language, kind, key HAVING sum(n) >= %s OR kind = 'all'
"""


def counted_in(first: int, last: int) -> dict[tuple[str, str], Counted]:
    """What was counted between two hours, both included, by (stream, language); only signs frequent enough to be shown."""
    found: dict[tuple[str, str], Counted] = defaultdict(Counted)
    with connection.cursor() as cursor:
        cursor.execute(WINDOW, [first, last, LEAST])
        for stream, language, kind, key, n, items in cursor.fetchall():
            if kind == Kind.EVERYTHING:
                found[stream, language].everything = n
            else:
                found[stream, language].signs[kind, key] = (n, _ids(items))
    return found


def _ids(text: str | None) -> list[int]:
    return list(dict.fromkeys(int(one) for one in (text or "").split(",") if one))[:EXAMPLES]


def first_day(today: int) -> int:
    """The first day of those that are looked at on which anything was counted; today when there is none."""
    since = today - max(7 * WEEKS, DAYS_WITHOUT_WEEKS)
    return (
        SignDay.objects.filter(day__gte=since).order_by("day").values_list("day", flat=True).first() or today
    )


USUAL = """
    SELECT kind, key, day, n FROM trends_signday
    WHERE stream = %s AND language = %s AND day = ANY(%s::int[])
      AND (kind, key) IN (SELECT * FROM unnest(%s::varchar[], %s::varchar[]))
"""


def usual_of(
    stream: str, language: str, signs: Sequence[tuple[str, str]], days: Sequence[int]
) -> dict[tuple[str, str], dict[int, int]]:
    """The counts of these signs, and of everything, on these days."""
    asked = [(Kind.EVERYTHING.value, ""), *signs]
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            USUAL,
            [stream, language, list(days), [kind for kind, _ in asked], [key for _, key in asked]],
        )
        for kind, key, day, n in cursor.fetchall():
            found[kind, key][day] = max(0, n)
    return found


# What the pages show


@dataclass(frozen=True)
class Named:
    """A rising sign or an alert with what it is called on a page, and the link that proposes a routing rule for it."""

    row: Any
    name: str
    rule_url: str


def named(rows: Sequence[Any]) -> list[Named]:
    """Signs by what they are called; accounts are looked up in one query."""
    ids = [int(row.key) for row in rows if row.kind == Kind.ACCOUNT]
    accounts = {
        str(author.pk): f"{author.source}:{author.external_id}"
        for author in Author.objects.filter(pk__in=ids)
    }
    return [Named(row, name, _rule_url(row, name)) for row in rows if (name := _name(row, accounts))]


def _name(row: Any, accounts: Mapping[str, str]) -> str:
    if row.kind == Kind.ACCOUNT:
        return accounts.get(row.key, "")
    return f"#{row.key}" if row.kind == Kind.HASHTAG else row.key


def _rule_url(row: Any, name: str) -> str:
    asks = {Kind.ACCOUNT: "authors", Kind.SOUND: "files", Kind.CLUSTER: "files"}.get(row.kind, "words")
    short = f"{name[:12]}…" if asks == "files" else name[:60]
    proposal = {"name": f"Rising: {short}", asks: name}
    if row.language and asks == "words":
        proposal["languages"] = row.language
    return f"/queues/routing/new/?{urlencode(proposal)}"


def rising(*, hours: int, stream: str, language: str | None = None, kind: str = "") -> list[Named]:
    """What rises, surest first. `language` None: in any."""
    rows = Rising.objects.filter(hours=hours, stream=stream)
    if language is not None:
        rows = rows.filter(language=language)
    if kind:
        rows = rows.filter(kind=kind)
    return named(list(rows.order_by("-low", "id")[:100]))


def languages_rising() -> list[str]:
    return sorted(set(Rising.objects.values_list("language", flat=True)))


def open_alerts() -> list[Named]:
    """Alerts that are open, those nobody has seen first."""
    rows = SpikeAlert.objects.filter(closed_at=None).select_related("seen_by")
    return named(sorted(rows.order_by("-id")[:ALERTS_SHOWN], key=lambda one: one.seen_at is not None))


@dataclass(frozen=True)
class Example:
    """A case that bears the sign. `text` is '' where it may not be shown here; `hidden` says why."""

    case: Case
    text: str
    hidden: str


def examples(alert: SpikeAlert) -> list[Example]:
    """The newest case of each example item: text only, to be covered, and only of light exposure. Two queries."""
    rows = Case.objects.filter(item__in=alert.items).select_related("item", "queue").defer("breakdown")
    cases = list(rows.order_by("item", "-id").distinct("item"))
    contents = ItemContent.objects.filter(item__in=[case.item_id for case in cases if case.exposure <= LIGHT])
    texts = {(one.item_id, one.revision): one.text for one in contents}
    found = []
    for case in sorted(cases, key=lambda one: -one.pk):
        text = texts.get((case.item_id, case.item.revision), "")
        hidden = "" if text else "It has no text; its pictures are shown at the desk only."
        if case.exposure > LIGHT:
            hidden = "Too heavy to be shown outside a shift."
        found.append(Example(case, text, hidden))
    return found


def rising_in(item_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Of these items, those that are examples of an open alert: for the room of misses."""
    wanted = set(item_ids)
    found: dict[int, dict[str, Any]] = {}
    alerts = SpikeAlert.objects.filter(closed_at=None, items__overlap=list(wanted)).order_by("id")
    for alert in alerts:
        for pk in wanted & set(alert.items):
            found[pk] = {"kind": str(alert.get_kind_display()).lower(), "key": alert.key}
    return found


def notices() -> list[tuple[str, str]]:
    """What supervisors are told on their live page: (sentence, address); none while there is nothing new."""
    unseen = len(SpikeAlert.objects.filter(closed_at=None, seen_by=None).values_list("id")[:ALERTS_SHOWN])
    if not unseen:
        return []
    what = "Something rises" if unseen == 1 else f"{unseen} things rise"
    return [(f"{what} in what is reported or breaks rules, beyond what chance explains.", "/trends/")]
