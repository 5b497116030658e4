"""The verbs of banks, matches and clusters, one file per noun they act on."""

from apps.matching.operations.banking import BankFacts, edit_bank, make_bank, unverify_bank, verify_bank
from apps.matching.operations.clustering import ask_about, cluster_decided, cluster_undecided
from apps.matching.operations.entering import add_entries, add_entry, add_from_item, purge, switch
from apps.matching.operations.floods import answer_flood
from apps.matching.operations.following import follow_exchange, follow_exchanges
from apps.matching.operations.loading import Loaded, load_file
from apps.matching.operations.looking_back import look_back
from apps.matching.operations.opining import opine, opine_by_decision, settle, withdraw, withdraw_of_decision
from apps.matching.operations.screening import hold_back, leave_to_a_person, screen
from apps.matching.operations.telling import let_tell, tell_exchanges

__all__ = [
    "BankFacts",
    "Loaded",
    "add_entries",
    "add_entry",
    "add_from_item",
    "answer_flood",
    "ask_about",
    "cluster_decided",
    "cluster_undecided",
    "edit_bank",
    "follow_exchange",
    "follow_exchanges",
    "hold_back",
    "leave_to_a_person",
    "let_tell",
    "load_file",
    "look_back",
    "make_bank",
    "opine",
    "opine_by_decision",
    "purge",
    "screen",
    "settle",
    "switch",
    "tell_exchanges",
    "unverify_bank",
    "verify_bank",
    "withdraw",
    "withdraw_of_decision",
]
