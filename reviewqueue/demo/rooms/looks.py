"""Second looks of the fortnight: drawn as the plan draws, most of them done, some settled, one kept as golden."""

from collections.abc import Iterator

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.ledger.models import Event
from apps.quality.errors import NotGolden
from apps.quality.models import Adjudication, Draw
from apps.quality.operations import add_golden, compare, draw, settle
from apps.queues.models import Barred, Case
from reviewqueue.demo.content import DemoCase
from reviewqueue.demo.judging import verdict_on
from reviewqueue.demo.rooms.stage import Stage

AT_ONCE = 100  # decisions drawn from in one transaction
LEFT_WAITING = 6  # second looks for whoever signs in
LEFT_TO_SETTLE = 2
KEPT = 3  # golden cases; the others are for a senior moderator to choose from
APART_AT_LEAST = 4  # pairs in which two people differ
MISTAKES = 0.1
LOOKERS = ("senior2", "moderator2", "senior", "moderator")
SENIORS = ("senior2", "senior")


def fill(stage: Stage) -> None:
    for events in batches():
        draw(events, demo=True)
    drawn = Draw.objects.filter(decision__demo=True, comparison=None, void=None).order_by("id")
    rows = list(drawn.select_related("decision__item", "case"))
    apart = 0
    for number, found in enumerate(rows[:-LEFT_WAITING]):
        like = case_behind(stage, found.decision)
        person = looker(stage, found)
        if like is None or person is None:
            continue
        left = len(rows) - LEFT_WAITING - number
        wrong = stage.random.random() < MISTAKES or left <= APART_AT_LEAST - apart
        first = found.decision
        # Her answer is what is right, or the other; where two must differ, the other than the first one's.
        said = verdict_on(like, stage.edition, mistaken=wrong)
        if wrong and said.outcome == first.outcome:
            said = verdict_on(like, stage.edition)
        pairs = compare(stage.decide(found.case, stage.person(person), said))
        apart += sum(not pair.agreed for pair in pairs)
    settle_most(stage)


def batches() -> Iterator[list[Event]]:
    """The events of the demo's own decisions, oldest first."""
    ids = list(
        Decision.objects.filter(demo=True, withdraws=False).order_by("id").values_list("id", flat=True)
    )
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        cases = Decision.objects.filter(pk__in=some).values_list("case_id", flat=True)
        yield list(Event.objects.filter(kind="decision.made", case_id__in=list(cases)))


def case_behind(stage: Stage, decision: Decision) -> DemoCase | None:
    """The demo case an item of the history repeats."""
    keys = [key for key in stage.cases if decision.item.external_id.endswith(f"-{key}")]
    return stage.cases[max(keys, key=len)] if keys else None


def looker(stage: Stage, drawn: Draw) -> str | None:
    """Somebody who reads the language and is not barred from the case; a senior moderator is left to settle it."""
    case, first = drawn.case, drawn.decision.decider
    barred = set(Barred.objects.filter(case=case).values_list("user_id", flat=True))
    by_senior = first is not None and first.username in SENIORS
    people = [stage.person(name) for name in LOOKERS if not (by_senior and name in SENIORS)]
    may = [one.username for one in people if one.pk not in barred and case.language in one.languages]
    return stage.random.choice(may) if may else None


def settle_most(stage: Stage) -> None:
    rows = Adjudication.objects.filter(decision=None, case__state=Case.State.WAITING).order_by("id")
    open_now = list(rows.select_related("case", "comparison__first__item"))
    kept = 0
    for row in open_now[:-LEFT_TO_SETTLE]:
        like = case_behind(stage, row.comparison.first)
        raters = {row.comparison.first_rater_id, row.comparison.second_rater_id}
        seniors = [stage.person(name) for name in SENIORS]
        third = next((one for one in seniors if one.pk not in raters), None)
        if like is None or third is None:
            continue
        for settled in settle(stage.decide(row.case, third, verdict_on(like, stage.edition))):
            if kept < KEPT:
                kept += keep(third, settled)


def keep(senior: User, settled: Adjudication) -> bool:
    """Keep what was settled with its answer; not what is too heavy to be shown only to measure."""
    try:
        add_golden(actor=senior, adjudication_id=settled.pk)
    except NotGolden:
        return False
    return True
