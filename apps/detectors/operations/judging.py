"""What people said of drawn items, kept to their last definite word."""

from collections.abc import Iterable

from apps.detectors.models import Draw, Judged
from apps.detectors.queries.outcomes import last_words


def judge_anew(item_ids: Iterable[int]) -> None:
    """Keep the last definite answer on each of these items that was drawn; none when it was taken back."""
    draws = {draw.item_id: draw for draw in Draw.objects.filter(item_id__in=set(item_ids)).order_by("id")}
    if not draws:
        return
    words = last_words(draws)
    Judged.objects.filter(draw__in=[draw for item, draw in draws.items() if item not in words]).delete()
    Judged.objects.bulk_create(
        [
            Judged(
                draw=draws[item],
                decision_id=said.decision_id,
                outcome=said.outcome,
                rule_codes=said.rule_codes,
                caught=said.caught,
                decided_at=said.decided_at,
            )
            for item, said in sorted(words.items())
        ],
        update_conflicts=True,
        unique_fields=["draw"],
        update_fields=["decision_id", "outcome", "rule_codes", "caught", "decided_at"],
    )
