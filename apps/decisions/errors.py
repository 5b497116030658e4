from apps.errors import DomainError, Invalid


class InvalidVerdict(Invalid):
    code = "invalid_verdict"
    sentence = "Something is missing before this can be decided. What you typed is kept."


class UndoTooLate(DomainError):
    code = "undo_too_late"
    status = 409
    sentence = "The 10 seconds for taking this back have passed. A new decision can still correct it."


class SecondPersonAtIt(DomainError):
    code = "second_person_at_it"
    status = 409
    sentence = (
        "A second person is just looking at an earlier decision on this item. "
        "Decide when she has finished, or return the case; what you typed is kept."
    )


class JudgeFirst(DomainError):
    code = "judge_first"
    status = 409
    sentence = "An appeal is judged before the earlier decision is read. Submit your own judgement first."


class DecidedBefore(DomainError):
    code = "decided_before"
    status = 409
    sentence = "This needs a second person, and you have decided this item before. It goes to someone else."


class AlreadyInEffect(DomainError):
    code = "already_in_effect"
    status = 409
    sentence = "This enforcement already has a time at which it took effect. It is set once and stays."


class GuidelinesMoved(DomainError):
    code = "guidelines_moved"
    status = 409
    sentence = (
        "Another version of the guidelines came into force while this case was open. "
        "Look at what changed, then submit again."
    )


class SayWhy(Invalid):
    code = "say_why"
    sentence = "Say why, in a sentence. It stays with what you do here."


class SetReversed(DomainError):
    code = "set_reversed"
    status = 409
    sentence = "This set was reversed already. What came of each decision is on its item's page."


class AuditAnswered(DomainError):
    code = "audit_answered"
    status = 409
    sentence = "Somebody has answered this one already. Take the next."


class AuditNotYours(DomainError):
    code = "audit_not_yours"
    status = 403
    sentence = "You put this fingerprint into the bank, so somebody else looks it over."
