"""The verbs of the misses."""

from apps.misses.operations.causes import confirm, plan
from apps.misses.operations.settling import settle

__all__ = ["confirm", "plan", "settle"]
