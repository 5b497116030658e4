"""What an export asks beside the rows themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Q
from django.utils.timezone import now

from apps.decisions.models import UNDO_WITHIN, Decision, DecisionWords
from apps.feedback.lines import Lines
from apps.feedback.models import ExportRun, Label, SplitCluster, SplitGroup, SplitVersion
from apps.guidelines.models import RuleVersion
from apps.statements import numbers

RUNS_SHOWN = 50
FINISHED_SHOWN = 5
CHUNK = 200_000  # ids per counting read
FEW = 4  # of them, which are counted before another connection stands
NEVER_SHOWN = "YS-1"  # child abuse material: a hash and a label at most, whatever exposure a version gives it
SETTLED = UNDO_WITHIN * 2
# Labels are kept once a decision can no longer be taken back: what a cursor covers, the range of decisions covers too.
CURSOR_BEHIND = SETTLED + timedelta(seconds=10)

# Decisions taken back count here as well: whether a language is rare hardly depends on them, and each would cost a look.
VOLUME = """
SELECT language, date_bin('1 hour', decided_at, timestamptz '2000-01-01 00:00Z'), count(*) FROM decisions_decision
WHERE id > %s AND id <= %s AND origin = 'human' AND NOT withdraws
    AND purpose <> 'authority_request' GROUP BY 1, 2
"""
REASONS = "SELECT reason, count(*) FROM intake_report WHERE id > %s AND id <= %s GROUP BY 1"
SAID = """
SELECT said.id, said.item_id, said.item_revision, said.decider_id, said.outcome, said.ground, said.rule_codes,
    said.purpose, said.origin, said.measures,
    NOT said.withdraws AND NOT EXISTS (SELECT 1 FROM decisions_decision undo
                                       WHERE undo.supersedes_id = said.id AND undo.withdraws)
FROM decisions_decision said
WHERE said.item_id = ANY(%s::bigint[]) AND said.id <= %s AND said.purpose <> 'authority_request' ORDER BY said.id
"""


@dataclass(frozen=True)
class Said:
    """A decision on an item, as far as the rows of the item need it. `standing`: it decides, and was not taken back.
    `measures`: it only measures, and takes nobody's place."""

    id: int
    item_id: int
    revision: int
    decider_id: int | None
    outcome: str
    ground: str
    rule_codes: Sequence[str]
    purpose: str
    origin: str
    measures: bool
    standing: bool


def last_settled() -> int:
    """The newest decision that can no longer be taken back; 0 when there is none."""
    settled = Decision.objects.filter(decided_at__lt=now() - SETTLED)
    return settled.aggregate(last=Max("id"))["last"] or 0


def cursor() -> int:
    """The newest movement of a label that an export begun now is sure to hold; 0 when there is none."""
    known = Label.objects.filter(at__lt=now() - CURSOR_BEHIND)
    return known.aggregate(last=Max("id"))["last"] or 0


def restricted_codes() -> frozenset[str]:
    """Rules whose content never leaves: extreme exposure in any version, and child abuse material."""
    extreme = RuleVersion.objects.filter(exposure=4).values_list("code", flat=True).distinct()
    return frozenset({NEVER_SHOWN, *extreme})


@dataclass(frozen=True)
class Volume:
    """How many rows there are: by language, and by the hour in which they were decided."""

    languages: Mapping[str, int]
    hours: Mapping[datetime, int]

    def hour_reached(self, share: float) -> datetime:
        """The hour by which this share of the rows was decided; there must be some."""
        reached, wanted = 0, share * sum(self.hours.values())
        for hour in sorted(self.hours):
            if reached >= wanted:
                return hour
            reached += self.hours[hour]
        return max(self.hours)


def volume(upto: int) -> Volume:
    """How many rows an export up to an id will have, about; read once for everything that is asked of it."""
    found: Counter[str] = Counter()
    hours: Counter[datetime] = Counter()
    for language, hour, number in _pieces(VOLUME, upto):
        found[language] += number
        hours[hour] += number
    return Volume(found, hours)


def reasons() -> dict[str, int]:
    """How many reports gave each reason."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM intake_report")
        last = cursor.fetchone()[0] or 0
    found: Counter[str] = Counter()
    for reason, number in _pieces(REASONS, last):
        found[reason] += number
    return found


def _pieces(sql: str, upto: int) -> Iterator[tuple[Any, ...]]:
    """The rows of all pieces; several are counted at the same time, except inside a transaction."""
    pieces = [(sql, start, min(start + CHUNK, upto)) for start in range(0, upto, CHUNK)]
    if len(pieces) < FEW or connection.in_atomic_block:
        yield from (row for piece in pieces for row in _counted(*piece, connection))
        return
    with Lines() as lines:
        for counted in [lines.read(_counted, *piece) for piece in pieces]:
            yield from counted.result()


def _counted(sql: str, after: int, upto: int, line: Any) -> list[tuple[Any, ...]]:
    with line.cursor() as cursor:
        cursor.execute(sql, [after, upto])
        return list(cursor.fetchall())


def said_of(items: Iterable[int], upto: int) -> dict[int, list[Said]]:
    """Every decision on these items up to an id, oldest first."""
    told: dict[int, list[Said]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SAID, [numbers(items), upto])
        for row in cursor.fetchall():
            told.setdefault(row[1], []).append(Said(*row))
    return told


def tombstones(since: int, cursor: int) -> list[tuple[int, str, datetime]]:
    """Decisions to drop: (decision, why, since when), of labels removed in (since, cursor], oldest first."""
    removed = Label.objects.filter(state=Label.State.REMOVED, id__gt=since, id__lte=cursor).order_by("id")
    return list(removed.values_list("decision_id", "because", "at"))


def erased(decisions: Iterable[int]) -> set[int]:
    """Those of the decisions whose words were erased."""
    return set(
        DecisionWords.objects.filter(decision_id__in=list(decisions), erased_at__isnull=False).values_list(
            "decision_id", flat=True
        )
    )


def split_version(name: str) -> SplitVersion | None:
    return SplitVersion.objects.filter(name=name).first()


def latest_split() -> SplitVersion | None:
    return SplitVersion.objects.order_by("-id").first()


def keys_of_clusters(clusters: Iterable[int]) -> dict[int, str]:
    """The settled keys of these clusters, of those that have one."""
    return dict(SplitCluster.objects.filter(pk__in=set(clusters)).values_list("cluster", "key"))


def groups_of(items: Iterable[int]) -> dict[int, tuple[int, str]]:
    """The settled (cluster, key) of these items, of those that have one."""
    settled = SplitGroup.objects.filter(pk__in=set(items)).values_list("item_id", "cluster", "key")
    return {item: (cluster, key) for item, cluster, key in settled}


def current_labels(decisions: Iterable[int]) -> dict[int, Label]:
    """Where the labels of these decisions stand, of those that are kept."""
    newest = Label.objects.filter(decision_id__in=set(decisions)).filter(Q(corrected_by=None))
    return {label.decision_id: label for label in newest}


def runs(before: int | None) -> list[ExportRun]:
    """Exports that ended, newest first, below a number: one more than a page shows, without their files."""
    found = ExportRun.objects.filter(state__in=["done", "failed", "forgotten"])
    found = found if before is None else found.filter(pk__lt=before)
    return list(found.select_related("asked_by").defer("files").order_by("-pk")[: RUNS_SHOWN + 1])


def open_run() -> ExportRun | None:
    """The export that waits or is being written, if any."""
    return ExportRun.objects.select_related("asked_by").filter(state__in=["waiting", "running"]).first()


def finished_runs() -> list[ExportRun]:
    """The newest exports that another may go on from."""
    finished = ExportRun.objects.filter(state__in=["done", "forgotten"])
    return list(finished.only("ended_at").order_by("-pk")[:FINISHED_SHOWN])


def splits() -> list[str]:
    """Names of all splits, newest first."""
    return list(SplitVersion.objects.order_by("-id").values_list("name", flat=True))
