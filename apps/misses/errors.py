from apps.errors import DomainError


class MissDropped(DomainError):
    code = "miss_dropped"
    status = 409
    sentence = "The violation does not stand any more, so there is no cause to confirm."


class PlanChanged(DomainError):
    code = "cause_plan_changed"
    status = 409
    sentence = "Someone else changed who sees to this while you had it open. Look at it again; nothing was overwritten."
