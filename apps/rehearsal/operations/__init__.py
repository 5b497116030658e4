from apps.rehearsal.operations.citing import keep, rebuild
from apps.rehearsal.operations.replaying import close, draw, judge

__all__ = ["close", "draw", "judge", "keep", "rebuild"]
