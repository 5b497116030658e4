from apps.errors import DomainError, Invalid


class PauseDecided(DomainError):
    code = "pause_decided"
    status = 409
    sentence = "This has been decided already."


class PauseInvalid(Invalid):
    code = "pause_invalid"
    sentence = "Say why, and for how many days: 1 to 90."


class LadderUnusable(Invalid):
    code = "ladder_unusable"
    sentence = "This ladder cannot be used. Nothing was changed."


class LadderProposedAlready(DomainError):
    code = "ladder_proposed_already"
    status = 409
    sentence = "A ladder already waits for a second person. Settle that one first."


class LadderSettledAlready(DomainError):
    code = "ladder_settled_already"
    status = 409
    sentence = "Somebody has settled this ladder already. Nothing was changed."


class LadderNeedsSecondPerson(DomainError):
    code = "ladder_needs_second_person"
    status = 403
    sentence = "You proposed this ladder. Somebody else looks at it and puts it in force."
