from apps.errors import DomainError, Invalid


class PlanMoved(DomainError):
    code = "plan_moved"
    status = 409
    sentence = (
        "Somebody else has changed this plan since you opened it. Look at it as it is now, then change it."
    )


class PlanUnusable(Invalid):
    code = "plan_unusable"
    sentence = "Something in this plan cannot be used. What you typed is kept."


class NotToBeSettled(DomainError):
    code = "not_to_be_settled"
    status = 409
    sentence = "This one is not waiting any more, or it is not yours to settle: you decided it before."


class NotGolden(DomainError):
    code = "not_golden"
    status = 409
    sentence = "This cannot be kept as a case with a known answer."


class RetiredAlready(DomainError):
    code = "golden_retired_already"
    status = 409
    sentence = "This case was retired already."
