"""The verbs of appeals, one file each."""

from apps.appeals.operations.forgetting import forget_words
from apps.appeals.operations.hearing import confirm, judge
from apps.appeals.operations.lodging import lodge
from apps.appeals.operations.reminding import remind
from apps.appeals.operations.settling import settle

__all__ = ["confirm", "forget_words", "judge", "lodge", "remind", "settle"]
