"""The verbs of the trends."""

from apps.trends.operations.counting import count
from apps.trends.operations.forgetting import forget_words
from apps.trends.operations.watching import forget_old_signs, see, watch

__all__ = ["count", "forget_old_signs", "forget_words", "see", "watch"]
