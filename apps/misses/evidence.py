"""Why a violation was missed, as far as what is stored says: suggestions, to be confirmed by a person. Pure functions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.misses.models import NOT_KNOWN, Cause


@dataclass(frozen=True)
class Score:
    detector: str
    rule: str
    score: float
    threshold: float | None


@dataclass(frozen=True)
class Known:
    """What is known of one late violation when it is settled.

    `cleared`: the same revision was judged as no violation before. `unclear`: somebody was unsure of it, or escalated it
    as unclear. `scores`: of each detector's newest flag. `covered`: languages in which some detector scores one of the
    rules. `nearest`, `rising`: see `apps.misses.questions`.
    """

    rules: Collection[str]
    language: str
    cleared: bool = False
    unclear: bool = False
    scores: tuple[Score, ...] = ()
    covered: frozenset[str] = frozenset()
    nearest: dict[str, Any] = field(default_factory=dict)
    rising: dict[str, Any] = field(default_factory=dict)

    @property
    def of_these_rules(self) -> list[Score]:
        """Scores of the rules it breaks, nearest to their threshold first."""
        mine = [one for one in self.scores if one.rule in self.rules and one.threshold is not None]
        return sorted(mine, key=lambda one: (one.threshold or 0) - one.score)


def suggest(known: Known) -> str:
    """The cause that the evidence speaks for; not known where it speaks for none.

    People first, since they had it in hand; then hashes and scores, which say exactly what was missing by how much;
    then what nobody looked for.
    """
    if known.cleared:
        return Cause.GUIDELINE_GAP if known.unclear else Cause.WRONG_FIRST
    if known.nearest and known.nearest["bits"] > known.nearest["threshold"]:
        return Cause.HASH_MISSED
    if scores := known.of_these_rules:
        below = all(one.score < (one.threshold or 0) for one in scores)
        return Cause.BELOW_THRESHOLD if below else NOT_KNOWN
    if known.rising:
        return Cause.NEW_TREND
    if not known.covered:
        return Cause.NO_DETECTOR
    if known.language not in known.covered:
        return Cause.LANGUAGE
    return Cause.NOT_SCANNED


def facts(known: Known) -> dict[str, Any]:
    """What the suggestion rests on, to be kept with the miss: codes and numbers, no content and nobody's name."""
    found: dict[str, Any] = {
        "cleared": known.cleared,
        "unclear": known.unclear,
        "detectors": sorted({one.detector for one in known.scores}),
        "covered": sorted(known.covered),
    }
    if scores := known.of_these_rules:
        found["nearest_score"] = vars(scores[0])
    if known.nearest:
        found["nearest_hash"] = known.nearest
    if known.rising:
        found["rising"] = {"kind": known.rising["kind"]}
    return found


def in_words(evidence: dict[str, Any], language: str) -> list[str]:
    """The facts as sentences."""
    return list(_sentences(evidence, language))


def _sentences(evidence: dict[str, Any], language: str) -> Iterable[str]:
    if evidence.get("cleared"):
        yield "This version of it was judged as no violation before."
    if evidence.get("unclear"):
        yield "Somebody was not sure of it, or called the guidelines unclear."
    if near := evidence.get("nearest_hash"):
        yield (
            f"The nearest hash{' in ' + near['bank'] if near.get('bank') else ''} was missed by "
            f"{near['bits'] - near['threshold']} bits: it differs by {near['bits']}, and up to {near['threshold']} match."
        )
    if score := evidence.get("nearest_score"):
        over = score["score"] >= score["threshold"]
        yield (
            f"{score['detector']} scored it {score['score']:.2f} for {score['rule']}, "
            f"{'over' if over else 'below'} its threshold of {score['threshold']:.2f}."
        )
    elif evidence.get("detectors"):
        yield f"Scored by {', '.join(evidence['detectors'])}, but for none of the rules it breaks."
    else:
        yield "No detector scored it."
    covered = evidence.get("covered") or []
    if not evidence.get("nearest_score"):
        if not covered:
            yield "No detector is known to look for these rules in any language."
        elif language not in covered:
            yield "Detectors look for these rules in other languages only."
        else:
            yield "Detectors look for these rules in its language."
    if rising := evidence.get("rising"):
        yield f"A {rising['kind']} in it was rising when it was found."
