from apps.transparency.operations.keeping import keep_statements, send_again, withhold_reversed
from apps.transparency.operations.sending import send_due

__all__ = ["keep_statements", "send_again", "send_due", "withhold_reversed"]
