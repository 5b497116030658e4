"""What a decision teaches, in three words."""

from datetime import timedelta

# Judgement, not law: most corrections come within a fortnight. Where appeals are taken in, their window counts.
FINAL_AFTER = timedelta(days=14)
APPEAL_FINAL_AFTER = timedelta(
    seconds=10
)  # nobody appeals the decision of an appeal; the undo time still runs
LABELS = {"violates": "violates", "no_violation": "not", "unsure": "unsure"}


def label_of(outcome: str, ground: str) -> str:
    """violates, not or unsure. Where local law alone decided, no rule of ours is broken: never a positive label."""
    return "not" if ground == "legal_only" and outcome == "violates" else LABELS[outcome]


def cited_of(rule_codes: list[str], ground: str) -> list[str]:
    """The rules a decision teaches something of: none where local law alone decided."""
    return [] if ground == "legal_only" else list(rule_codes)
