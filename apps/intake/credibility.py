"""How far a reporter's word has borne out so far."""

# A judgement: a newcomer starts at 40 %, and her first ten judged reports weigh as much as that start.
PRIOR = 0.4
STRENGTH = 10.0


def credibility(upheld: int, judged: int) -> float:
    """Share of past reports upheld, shrunk toward the mean (a Beta prior), so there are no cliffs. In (0, 1)."""
    return (upheld + PRIOR * STRENGTH) / (judged + STRENGTH)
