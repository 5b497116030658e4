"""The words a decision gives to the author and to those who reported. Never who decided, never private notes."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from apps.days import day_in_words
from apps.guidelines.queries import Edition
from apps.guidelines.reading import reading
from apps.notices import links
from apps.notices.phrases import BY, FACTS, spoken, weighed
from apps.notices.queries import wording

IN_BRACES = re.compile(r"\{(\w+)\}")
BLANKS = re.compile(r" {2,}")
# Whoever may be reported to an authority is not warned of it, and those who reported learn it no sooner.
NOT_TOLD = {"report_authority"}


def appeal_window() -> timedelta:
    """How long after a decision it may be appealed; six months unless the organisation gives more or less."""
    return timedelta(days=settings.APPEAL_WINDOW_DAYS)


def compose(
    *,
    outcome: str,
    language: str,
    edition: Edition,
    rules: Sequence[str],
    actions: Sequence[str],
    rationale: Sequence[str],
    detection_source: str,
    origin: str,
    reported: bool,
    on_appeal: bool,
    case_id: int,
    decided_at: datetime,
) -> list[tuple[str, str, str]]:
    """(audience, language, text) for each notice a decision owes; none while nobody is sure.

    The author is told of restrictions, and of whatever an appeal came to; those who reported are told the outcome
    either way. A language without words gets English.
    """
    if outcome not in ("violates", "no_violation"):
        return []
    told = spoken(language)
    ends = "restricted" if outcome == "violates" else "cleared"
    suffix = "_appeal" if on_appeal else ""
    sides = []
    if outcome == "violates" or on_appeal:
        sides.append("author")
    if reported:
        sides.append("reporter")
    words = _words(edition, told, rules, actions)
    words |= {
        "facts": FACTS.get(detection_source, {}).get(told, ""),
        "automation": BY[origin][told],
        "reasons": weighed(list(rationale), told),
        "until": day_in_words(decided_at + appeal_window(), told),
    }
    texts = []
    for side in sides:
        token = links.token(case_id=case_id, decided_at=decided_at, side=side)
        filled = {**words, "appeal": links.address(token, told)}
        texts.append((side, told, fill(wording(f"{side}_{ends}{suffix}", told).text, filled)))
    return texts


def _words(edition: Edition, language: str, rules: Sequence[str], actions: Sequence[str]) -> dict[str, str]:
    text = reading(edition, language)
    link = f"{settings.PUBLIC_URL}/community-guidelines/versions/{edition.number}/"
    cited = [f"{code} {text.rules[code].title} ({edition.number})" for code in rules if code in text.rules]
    done = [text.actions.get(action, action) for action in actions if action not in NOT_TOLD]
    return {
        "rules": "; ".join(cited),
        "actions": ", ".join(done) or "—",
        "link": f"{link}rules/{rules[0]}/" if rules else link,
    }


def fill(text: str, words: dict[str, str]) -> str:
    """The template with its placeholders filled in, without the blanks that empty ones leave."""
    filled = IN_BRACES.sub(lambda found: words.get(found[1], found[0]), text)
    return "\n".join(BLANKS.sub(" ", line).strip() for line in filled.split("\n"))
