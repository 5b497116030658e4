"""Why an item is looked at again, in a sentence for whoever has the case. Pure functions."""

from apps.queues.models import ReachAsk


def in_words(ask: ReachAsk) -> str:
    """Without a full stop, so that other reasons may follow."""
    if ask.accelerating:
        growth = f"about {ask.views_per_hour or 0:,.0f} views an hour"
        why = f"It spreads quickly, {growth}, and will soon pass {ask.milestone:,} views"
    else:
        why = f"It has passed {ask.milestone:,} views"
    if ask.judged_views is None:
        return f"{why}; nobody has looked at this version of it yet"
    return f"{why}; it was last judged at {ask.judged_views:,}"
