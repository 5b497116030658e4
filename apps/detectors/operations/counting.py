"""Keeping the counts: scores as they come in, first answers as they are given and taken back."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from apps.detectors.models import CardWeek, Disagreement, FoundWeek, Judged, ScoreWeek
from apps.detectors.operations.judging import judge_anew
from apps.detectors.queries.outcomes import Answer, answers, first_scores
from apps.detectors.scores import bucket, monday
from apps.ledger.models import Event
from apps.sums import Sums

SUBSCRIBER = "detectors.counts"
BATCH = 5_000


class Cells:
    """The counts of scores in both grains, written together."""

    def __init__(self) -> None:
        self.fine = Sums(ScoreWeek, "detector", "rule_code", "week", "version", "language", "bucket", "over")
        self.coarse = Sums(CardWeek, "week", "detector", "version", "rule_code", "over")

    def add(
        self, week: Any, named: tuple[str, str], score: dict[str, Any], language: str, **n: float
    ) -> None:
        detector, version = named
        over = score["score"] >= score["threshold"]
        self.fine.add(detector, score["rule"], week, version, language, bucket(score["score"]), over, **n)
        self.coarse.add(week, detector, version, score["rule"], over, **n)

    def write(self) -> None:
        self.coarse.write()
        self.fine.write()


@transaction.atomic
def keep(events: Sequence[Event]) -> None:
    """Count flags that came in, and first answers that were given (+1) or taken back (−1). Weeks are weeks of UTC."""
    flags = [event.data["flag"] for event in events if event.kind == "flag.received"]
    count_flags(flags)
    signs: dict[int, int] = {}
    for event in events:
        if event.kind == "decision.made":
            signs[event.data["decision"]] = signs.get(event.data["decision"], 0) + 1
        elif event.kind == "decision.withdrawn":
            signs[event.data["withdrawn"]] = signs.get(event.data["withdrawn"], 0) - 1
    count_answers({decision: sign for decision, sign in signs.items() if sign})
    judge_anew(event.item_id for event in events if event.kind != "flag.received" and event.item_id)


def count_flags(flag_ids: Iterable[int]) -> None:
    """Count the scores of these flags: an item once for each version of a detector and rule, by its first score."""
    cells = Cells()
    for flag in first_scores(flag_ids):
        for score in flag.scores:
            cells.add(monday(flag.at.date()), flag.named, score, flag.language, scored=1)
    cells.write()


def count_answers(signs: dict[int, int]) -> None:
    """Set first answers of people against what every detector had said before, rule by rule."""
    cells, found = Cells(), Sums(FoundWeek, "rule_code", "week", "language")
    apart: list[Disagreement] = []
    for answer in answers(signs):
        sign, week = signs[answer.decision_id], monday(answer.decided_at.date())
        outside = not answer.framed and not answer.probability
        if answer.violates and outside:
            for code in dict.fromkeys(answer.rule_codes):
                found.add(code, week, answer.language, found=sign)
        for flag in answer.flags:
            for score in flag.scores:
                upheld = answer.violates and score["rule"] in answer.rule_codes
                cells.add(week, flag.named, score, answer.language, **_amounts(answer, upheld, outside, sign))
                if sign > 0 and not answer.unsure and upheld != (score["score"] >= score["threshold"]):
                    apart.append(_apart(answer, flag.named, score, upheld))
    cells.write()
    found.write()
    Disagreement.objects.filter(
        decision_id__in=[decision for decision, sign in signs.items() if sign < 0]
    ).delete()
    Disagreement.objects.bulk_create(apart, ignore_conflicts=True)


def _amounts(answer: Answer, upheld: bool, outside: bool, sign: int) -> dict[str, float]:
    amounts: dict[str, float] = {}
    if answer.units is not None:
        amounts |= {"looked": sign, "units": sign * answer.units}
    if answer.unsure:
        return amounts | {"unsure": sign}
    if not answer.probability:
        return amounts | {"upheld" if upheld else "refused": sign, "outside": sign * (upheld and outside)}
    weight = 1 / answer.probability
    amounts |= {"drawn": sign, "weight": sign * weight, "square": sign * weight * weight}
    return amounts | ({"drawn_upheld": sign, "weight_upheld": sign * weight} if upheld else {})


def _apart(answer: Answer, named: tuple[str, str], score: dict[str, Any], upheld: bool) -> Disagreement:
    return Disagreement(
        decision_id=answer.decision_id,
        item_id=answer.item_id,
        case_id=answer.case_id,
        detector=named[0],
        version=named[1],
        rule_code=score["rule"],
        language=answer.language,
        score=score["score"],
        threshold=score["threshold"],
        missed=upheld,
        decided_at=answer.decided_at,
    )


KEPT_DAYS = 180


def forget_old_disagreements() -> int:
    """Single cases are for reading, not for counting: after half a year they go; the counts stay."""
    old = "SELECT id FROM detectors_disagreement WHERE decided_at < %s ORDER BY decided_at LIMIT 5000"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM detectors_disagreement WHERE id IN ({old})",  # noqa: S608
            [now() - timedelta(days=KEPT_DAYS)],
        )
        return int(cursor.rowcount)


@transaction.atomic
def rebuild(*, say: Callable[[str], None] = lambda part: None) -> None:
    """Make the counts anew from all flags and decisions. For quiet hours: it reads each of them once, in ranges."""
    say("detectors")
    with connection.cursor() as cursor:
        # Nothing is kept while this runs; what is made meanwhile is handed over afterwards.
        cursor.execute("LOCK TABLE detectors_scoreweek, detectors_cardweek IN EXCLUSIVE MODE")
        cursor.execute("DELETE FROM ledger_handoff WHERE subscriber = %s", [SUBSCRIBER])
    for model in (ScoreWeek, CardWeek, FoundWeek, Disagreement, Judged):
        model.objects.all().delete()
    for ids in _ranges("intake_flag"):
        count_flags(ids)
    for ids in _ranges("decisions_decision", "NOT withdraws AND NOT EXISTS (SELECT 1 FROM decisions_decision undo "
                       "WHERE undo.supersedes_id = t.id AND undo.withdraws)"):  # fmt: skip
        count_answers(dict.fromkeys(ids, 1))
    for ids in _ranges("detectors_draw", column="item_id"):
        judge_anew(ids)


def _ranges(table: str, where: str = "true", column: str = "id") -> Iterable[list[int]]:
    """The ids of a table in batches, by key."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {column} FROM {table} t WHERE {column} > %s AND {where} ORDER BY {column} LIMIT {BATCH}",  # noqa: S608
                [after],
            )
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        after = ids[-1]
