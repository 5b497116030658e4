from apps.errors import DomainError, Invalid


class BankUnusable(Invalid):
    code = "bank_unusable"
    sentence = "Something about this bank cannot stand. What you typed is kept."


class BankNameTaken(DomainError):
    code = "bank_name_taken"
    status = 409
    sentence = "Another bank has this name. Give this one a name of its own."


class NotVerifiedByItsMaker(DomainError):
    code = "bank_not_verified_by_its_maker"
    status = 403
    sentence = "A bank is verified by somebody who did not make it. Ask a colleague to look at it."


class HashUnusable(Invalid):
    code = "hash_unusable"
    sentence = "This is not a fingerprint of that kind."


class EntryKnown(DomainError):
    code = "entry_known"
    status = 409
    sentence = "This fingerprint is in the bank already. Say what you hold of it on its own page."


class BankFileBroken(Invalid):
    code = "bank_file_broken"
    sentence = "Some lines cannot be used, so nothing was loaded. Mend them, or load the others without them."


class NotHeldBack(DomainError):
    code = "entry_not_held_back"
    status = 409
    sentence = "This entry is not held back any more. Somebody has answered already."


class EntryGone(DomainError):
    code = "entry_gone"
    status = 409
    sentence = "The fingerprint of this entry was erased; nothing more can be said of it."


class ExchangeAway(DomainError):
    code = "exchange_away"
    status = 503
    sentence = "The exchange did not answer. What was fetched before stays in use; it is asked again later."
