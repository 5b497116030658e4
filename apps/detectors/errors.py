from apps.errors import DomainError, Invalid


class UnknownDetector(DomainError):
    code = "unknown_detector"
    status = 404
    sentence = "No scores of this detector for this rule have come in."


class ProposalUnusable(Invalid):
    code = "threshold_proposal_unusable"
    sentence = "This threshold cannot be proposed. Nothing was changed."


class ProposedAlready(DomainError):
    code = "threshold_proposed_already"
    status = 409
    sentence = "A change of this threshold already waits for a second person. Settle that one first."


class SettledAlready(DomainError):
    code = "threshold_settled_already"
    status = 409
    sentence = "Somebody has settled this change already. Nothing was changed."


class SecondPersonNeeded(DomainError):
    code = "threshold_needs_second_person"
    status = 403
    sentence = "You proposed this change. Somebody else looks at it and approves it."


class PlanUnusable(Invalid):
    code = "exploration_plan_unusable"
    sentence = "This plan cannot be used. Nothing was changed."


class ModeUnusable(Invalid):
    code = "detector_mode_unusable"
    sentence = "Name the detector and give a reason. Nothing was changed."
