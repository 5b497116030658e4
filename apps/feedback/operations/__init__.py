"""The verbs of the feedback room. Exporting is asked for by its own name (`operations.exporting`): it loads Arrow."""

from apps.feedback.operations.erasing import forget_erased
from apps.feedback.operations.labelling import finish_due, keep_labels, remove_labels, settle_appealed

__all__ = ["finish_due", "forget_erased", "keep_labels", "remove_labels", "settle_appealed"]
