"""The questions of the insight room."""

from apps.insight.queries.snapshot import snapshot

__all__ = ["snapshot"]
