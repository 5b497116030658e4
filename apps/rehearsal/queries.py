"""What would change? Counted over stored decisions, with a sample of them to read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Decision, DecisionRule
from apps.guidelines.comparing import Change, compare
from apps.guidelines.models import GuidelineVersion, RuleVersion
from apps.intake.models import ItemContent
from apps.rehearsal.models import Replay, ReplayCase

SAMPLE = 3  # decisions shown of each changed rule
SHOWN_AT_MOST = 40  # decisions shown in all
LOOKED_AT = 400  # newest citations among which a sample is drawn
LIGHT = 1  # exposure that may be shown outside a shift


@dataclass
class Touched:
    """A changed rule with what was decided under it in the days asked about. Counts are decisions that cite it."""

    change: Change
    decisions: int = 0
    by_outcome: dict[str, int] = field(default_factory=dict)
    by_language: dict[str, int] = field(default_factory=dict)
    by_source: dict[str, int] = field(default_factory=dict)
    open_cases: int = 0
    sample: list["Sampled"] = field(default_factory=list)


@dataclass(frozen=True)
class Sampled:
    """A past decision to read against the new text. `text` is '' when it may not be shown here."""

    decision: Decision
    text: str
    exposure: int
    hidden: str


@dataclass(frozen=True)
class Impact:
    days: int
    touched: list[Touched]
    decisions: int
    open_cases: int


def impact(version: GuidelineVersion, *, days: int) -> Impact:
    """What a draft would touch: for each changed rule that exists already, the decisions and open cases under it.

    A rule's decisions are found under every code it ever had. Decisions and cases that touch several rules count
    once for each rule, so that sums over rules may exceed the number of decisions.
    """
    changes = [one for one in compare(version.base, version) if one.is_rule]
    codes = _codes_of(changes)
    since = (now() - timedelta(days=days)).date()
    cells: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    every = [code for names in codes.values() for code in names]
    owner = {code: part for part, names in codes.items() for code in names}
    with connection.cursor() as cursor:
        cursor.execute(CITED, [every, since])
        for code, outcome, language, source, n in cursor.fetchall():
            of_rule = cells[owner[code]]
            if outcome is not None:
                of_rule["outcome"][outcome] += n
            elif language is not None:
                of_rule["language"][language or "not known"] += n
            else:
                of_rule["source"][source] += n
    waiting = open_cases(every)
    touched = []
    for change in changes:
        of_rule = cells[change.part]
        touched.append(
            Touched(
                change,
                sum(of_rule["outcome"].values()),
                dict(of_rule["outcome"].most_common()),
                dict(of_rule["language"].most_common()),
                dict(of_rule["source"].most_common()),
                sum(waiting.get(code, 0) for code in codes.get(change.part, ())),
            )
        )
    _add_samples(touched, codes, since)
    return Impact(
        days, touched, sum(one.decisions for one in touched), sum(one.open_cases for one in touched)
    )


# Three sums of one reading of the counts: hundreds of rules over months have hundreds of thousands of cells.
CITED = """
    SELECT rule_code, outcome, language, detection_source, sum(n)::bigint FROM rehearsal_citedday
    WHERE rule_code = ANY(%s::varchar[]) AND day >= %s
    GROUP BY GROUPING SETS ((rule_code, outcome), (rule_code, language), (rule_code, detection_source))
    HAVING sum(n) > 0
"""


def _codes_of(changes: Iterable[Change]) -> dict[str, list[str]]:
    """Every code a changed rule ever bore in a published version, by its part; new rules have none."""
    identities = {change.part.partition(":")[2]: change.part for change in changes}
    rows = RuleVersion.objects.filter(identity__in=identities, version__published_at__isnull=False)
    found: dict[str, list[str]] = {}
    for identity, code in rows.values_list("identity", "code").distinct():
        found.setdefault(identities[str(identity)], []).append(code)
    return found


def changed_codes(version: GuidelineVersion) -> list[str]:
    """The codes under which decisions cite the rules that a draft changes or retires."""
    changes = [one for one in compare(version.base, version) if one.is_rule]
    return sorted(code for names in _codes_of(changes).values() for code in names)


OPEN = """
    SELECT code, count(*) FROM queues_case cs CROSS JOIN LATERAL unnest(cs.rule_codes) code
    WHERE NOT (cs.state = 'done') AND cs.rule_codes && %s::varchar[] AND code = ANY(%s::varchar[]) GROUP BY code
"""


def open_cases(codes: Sequence[str]) -> dict[str, int]:
    """Open cases in which one of the rules is suspected, by code."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [list(codes), list(codes)])
        return dict(cursor.fetchall())


def _add_samples(touched: list[Touched], codes: dict[str, list[str]], since: Any) -> None:
    """A few of the newest decisions under each rule, the busiest rules first, until enough are shown."""
    left = SHOWN_AT_MOST
    for one in sorted(touched, key=lambda row: -row.decisions):
        if left <= 0 or not one.decisions:
            break
        one.sample = sample_of(codes.get(one.change.part, []), since, min(SAMPLE, left))
        left -= len(one.sample)


def sample_of(codes: Sequence[str], since: Any, size: int) -> list[Sampled]:
    """Decisions spread over the newest ones that cite one of the codes."""
    versions = RuleVersion.objects.filter(code__in=codes, version__published_at__isnull=False).order_by("-id")
    newest: list[int] = []
    for rule_version in versions.values_list("id", flat=True)[:5]:
        cited = DecisionRule.objects.filter(rule_version_id=rule_version).order_by("-decision_id")
        newest += cited.values_list("decision_id", flat=True)[:LOOKED_AT]
        if len(newest) >= LOOKED_AT:
            break
    step = max(1, len(newest) // size)
    picked = newest[::step][:size]
    decisions = Decision.objects.filter(pk__in=picked, decided_at__date__gte=since).select_related(
        "case", "item"
    )
    return [shown(decision, texts) for texts in [_texts(decisions)] for decision in decisions]


def _texts(decisions: QuerySet[Decision]) -> dict[tuple[int, int], str]:
    wanted = {(one.item_id, one.item_revision) for one in decisions}
    rows = ItemContent.objects.filter(item_id__in={item for item, _ in wanted})
    return {
        (item, revision): text
        for item, revision, text in rows.values_list("item_id", "revision", "text")
        if (item, revision) in wanted
    }


def shown(decision: Decision, texts: dict[tuple[int, int], str]) -> Sampled:
    """A decision with its text, unless it is too heavy to be shown outside a shift."""
    exposure = decision.case.exposure
    text = texts.get((decision.item_id, decision.item_revision), "")
    hidden = ""
    if exposure > LIGHT:
        text, hidden = "", "Too heavy to be shown outside a shift."
    elif not text:
        hidden = "It has no text; its pictures are shown at the desk only."
    return Sampled(decision, text, exposure, hidden)


DRAWABLE = """
    WITH newest AS (
        SELECT d.id, d.item_id, d.item_revision, cs.exposure FROM decisions_decision d
        JOIN queues_case cs ON cs.id = d.case_id
        WHERE d.id IN (
            SELECT cited.decision_id FROM unnest(%s::bigint[]) rule
            CROSS JOIN LATERAL (SELECT decision_id FROM decisions_decisionrule c WHERE c.rule_version_id = rule
                                ORDER BY decision_id DESC LIMIT 1000) cited)
        AND d.decided_at > %s AND NOT d.withdraws
        AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = d.id AND undo.withdraws)
    ), once AS (
        SELECT DISTINCT ON (newest.item_id) newest.id, exposure, content.text FROM newest
        LEFT JOIN intake_itemcontent content
          ON content.item_id = newest.item_id AND content.revision = newest.item_revision
        ORDER BY newest.item_id, newest.id DESC
    )
    SELECT (SELECT array_agg(id) FROM (SELECT id FROM once WHERE exposure <= %s AND COALESCE(text, '') <> ''
                                       ORDER BY random() LIMIT %s) drawn),
           (SELECT count(*) FROM once WHERE exposure > %s OR COALESCE(text, '') = '')
"""


def drawable(codes: Sequence[str], *, days: int, size: int) -> tuple[list[int], int]:
    """Decisions drawn at random among those of the changed rules, and how many were too heavy or without text."""
    rules = RuleVersion.objects.filter(code__in=codes, version__published_at__isnull=False)
    ids = list(rules.order_by("-id").values_list("id", flat=True)[:500])
    with connection.cursor() as cursor:
        cursor.execute(DRAWABLE, [ids, now() - timedelta(days=days), LIGHT, size, LIGHT])
        drawn, left_out = cursor.fetchone()
    return list(drawn or []), left_out


def next_case(replay: Replay, person: User) -> ReplayCase | None:
    """The next drawn case this person has not decided, neither now nor back then."""
    before = Decision.objects.filter(decider=person).values("item_id")
    return (
        replay.cases.exclude(verdicts__person=person)
        .exclude(decision__item_id__in=before)
        .select_related("decision__item", "decision__case")
        .order_by("position")
        .first()
    )


@dataclass(frozen=True)
class Results:
    """How decisions moved. `moves` counts (then, now) for every verdict; shares are None where nothing was compared."""

    people: int
    cases: int
    judged: int
    moves: list[tuple[str, str, int]]
    moved_share: float | None
    agreement_now: float | None
    pairs_now: int
    agreement_before: float | None
    pairs_before: int
    revisions: list[int]
    rows: list[dict[str, Any]]


def results_of(replay: Replay) -> Results:
    """Outcomes then and now, and how often two people said the same: under the draft, and back then.

    Two people agree when outcome and cited rules are the same. "Back then" are pairs of decisions by two people on
    one content of an item, the later one superseding the earlier, under the changed rules, in the days drawn from.
    """
    cases = list(
        replay.cases.select_related("decision__case", "decision__item").prefetch_related("verdicts__person")
    )
    moves: Counter[tuple[str, str]] = Counter()
    agree = pairs = judged = 0
    people: set[int] = set()
    revisions: set[int] = set()
    rows = []
    for case in cases:
        verdicts = sorted(case.verdicts.all(), key=lambda one: one.person_id)
        judged += bool(verdicts)
        for one in verdicts:
            moves[case.decision.outcome, one.outcome] += 1
            people.add(one.person_id)
            revisions.add(one.revision)
        for first, second in combinations(verdicts, 2):
            pairs += 1
            agree += _said(first) == _said(second)
        rows.append({"case": case, "then": case.decision, "now": verdicts})
    total = sum(moves.values())
    moved = sum(n for (then, now_), n in moves.items() if then != now_)
    agreed_before, pairs_before = agreement_before(replay)
    return Results(
        people=len(people),
        cases=len(cases),
        judged=judged,
        moves=[(then, now_, n) for (then, now_), n in moves.most_common()],
        moved_share=moved / total if total else None,
        agreement_now=agree / pairs if pairs else None,
        pairs_now=pairs,
        agreement_before=agreed_before / pairs_before if pairs_before else None,
        pairs_before=pairs_before,
        revisions=sorted(revisions),
        rows=rows,
    )


def _said(verdict: Any) -> tuple[str, frozenset[str]]:
    return verdict.outcome, frozenset(verdict.rule_codes)


def agreement_before(replay: Replay) -> tuple[int, int]:
    """How many of the pairs of second looks back then agreed, and how many pairs there were (at most 2,000)."""
    touching = Q(rule_codes__overlap=replay.rule_codes) | Q(supersedes__rule_codes__overlap=replay.rule_codes)
    pairs = (
        Decision.objects.filter(
            purpose__in=["second_opinion", "approval", "second_look", "appeal"],
            supersedes__isnull=False,
            withdraws=False,
            decided_at__gt=replay.created_at - timedelta(days=replay.days),
            decided_at__lte=replay.created_at,
        )
        .filter(touching)
        .exclude(superseded_by__withdraws=True)
        .select_related("supersedes")[:2_000]
    )
    counted = [
        _said(one) == _said(one.supersedes)
        for one in pairs
        if one.supersedes is not None
        and one.supersedes.decider_id != one.decider_id
        and one.supersedes.item_revision == one.item_revision
    ]
    return sum(counted), len(counted)
