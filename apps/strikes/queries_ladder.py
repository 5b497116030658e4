"""Which ladder is in force, which was, and what another would change."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.timezone import now

from apps.statements import Statement
from apps.strikes.ladder import STARTER, Ladder, Step
from apps.strikes.models import LadderVersion

LOOKS_BACK = timedelta(days=90)
STRIKES_READ = 200_000  # the newest ones of those days; more would not change the picture
LISTED = 50

# An account stands at the n-th step (0: at none): as it is, with the other steps at once, and had its strikes been given
# under the other ladder, which may count longer or shorter.
OUTLOOK = Statement(
    "strikes_ladder_outlook",
    """
WITH lately AS MATERIALIZED (
    SELECT author_id FROM strikes_strike WHERE given_at > %(since)s AND lifted_at IS NULL ORDER BY given_at DESC LIMIT %(most)s
), stands AS (
    SELECT strike.author_id, count(*) FILTER (WHERE strike.expires_at > %(at)s) AS counted,
        count(*) FILTER (WHERE strike.given_at + make_interval(days => (%(counts)s::int[])[strike.severity]) > %(at)s) AS would
    FROM (SELECT DISTINCT author_id FROM lately) account
    JOIN strikes_strike strike ON strike.author_id = account.author_id AND strike.lifted_at IS NULL
    GROUP BY strike.author_id
)
SELECT (SELECT count(*) FROM unnest(%(present)s::int[]) step WHERE step <= counted),
    (SELECT count(*) FROM unnest(%(other)s::int[]) step WHERE step <= counted),
    (SELECT count(*) FROM unnest(%(other)s::int[]) step WHERE step <= would),
    count(*), (SELECT count(*) FROM lately)
FROM stands GROUP BY 1, 2, 3
""",
)


@dataclass(frozen=True)
class Outlook:
    """Of the accounts with a strike of the last 90 days: how many would stand on another step with another ladder.

    `graver` and `milder` are those, had their strikes been given under it; `at_once` those whose step changes at the moment
    it is put in force, with strikes that go on counting as long as they were given for. `moves`: from, to, accounts.
    `cut`: there were more strikes than are read.
    """

    accounts: int
    graver: int
    milder: int
    at_once: int
    moves: tuple[tuple[str, str, int], ...]
    cut: bool

    @property
    def other(self) -> int:
        return self.graver + self.milder

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Outlook":
        return cls(**{**kept, "moves": tuple(tuple(move) for move in kept["moves"])})


def ladder_in_force() -> Ladder:
    """The ladder in force now; one query."""
    found = LadderVersion.objects.filter(state=LadderVersion.State.APPROVED, retired_at=None).first()
    return found.ladder if found else STARTER


def ladders_at(moments: Iterable[datetime]) -> dict[datetime, Ladder]:
    """The ladder that was in force at each of these moments; one query."""
    moments = set(moments)
    if not moments:
        return {}
    versions = LadderVersion.objects.filter(
        Q(retired_at=None) | Q(retired_at__gt=min(moments)), in_force_from__lte=max(moments)
    )
    found = dict.fromkeys(moments, STARTER)
    for one in versions:
        begins, ends = one.in_force_from, one.retired_at
        for moment in moments:
            if begins is not None and begins <= moment and (ends is None or moment < ends):
                found[moment] = one.ladder
    return found


def waiting_ladder() -> LadderVersion | None:
    """The proposal that waits for a second person; there is at most one."""
    found = LadderVersion.objects.filter(state=LadderVersion.State.PROPOSED)
    return found.select_related("proposed_by").first()


def past_ladders() -> list[LadderVersion]:
    """Every proposal that was settled, newest first."""
    found = LadderVersion.objects.exclude(state=LadderVersion.State.PROPOSED)
    return list(found.select_related("proposed_by", "settled_by").order_by("-id")[:LISTED])


def outlook(other: Ladder, *, present: Ladder) -> Outlook:
    """What another ladder would change for the accounts of the last 90 days; one query."""
    at = now()
    rows = OUTLOOK.rows(
        {
            "since": at - LOOKS_BACK, "most": STRIKES_READ, "at": at, "counts": list(other.counts_for),
            "present": _thresholds(present.steps), "other": _thresholds(other.steps),
        }
    )  # fmt: skip
    graver = milder = at_once = accounts = read = 0
    moves: Counter[tuple[str, str]] = Counter()
    for stands, then, would, many, read in rows:  # noqa: B007
        before, after = _at(present.steps, stands), _at(other.steps, would)
        accounts += many
        at_once += many * (_weight(_at(other.steps, then)) != _weight(before))
        graver += many * (_weight(after) > _weight(before))
        milder += many * (_weight(after) < _weight(before))
        if _weight(after) != _weight(before):
            moves[_words(before), _words(after)] += many
    listed = sorted(moves.items(), key=lambda move: (-move[1], move[0]))
    return Outlook(
        accounts, graver, milder, at_once, tuple((*pair, many) for pair, many in listed), read >= STRIKES_READ
    )


def _thresholds(steps: Sequence[Step]) -> list[int]:
    return [one.strikes for one in steps]


def _at(steps: Sequence[Step], place: int) -> Step | None:
    return steps[place - 1] if place else None


def _weight(one: Step | None) -> tuple[int, int]:
    return one.weight if one else (-1, 0)


def _words(one: Step | None) -> str:
    return one.words if one else "nothing"
