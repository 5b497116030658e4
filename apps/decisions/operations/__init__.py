"""The verbs of decisions, one file each."""

from apps.decisions.operations.deciding import Decided, decide
from apps.decisions.operations.effect import record_effect
from apps.decisions.operations.matching import act_on_match, answer_audit
from apps.decisions.operations.propagating import carry, carry_to_new, settle_cluster
from apps.decisions.operations.reversing import reverse_members, reverse_set
from apps.decisions.operations.undoing import undo

__all__ = [
    "Decided",
    "act_on_match",
    "answer_audit",
    "carry",
    "carry_to_new",
    "decide",
    "record_effect",
    "reverse_members",
    "reverse_set",
    "settle_cluster",
    "undo",
]
