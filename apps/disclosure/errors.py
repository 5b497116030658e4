from apps.errors import DomainError, Invalid, NotAllowed


class PeriodNotOver(Invalid):
    code = "period_not_over"
    sentence = "This period is not over yet. Its report can be drafted from the day after its last."


class DraftedAlready(DomainError):
    code = "drafted_already"
    status = 409
    sentence = "There is a draft of this period already. Publish it, or put it aside, before another."


class SomebodyElsePublishes(NotAllowed):
    code = "somebody_else_publishes"
    sentence = "Whoever drafted a report does not publish it: somebody else reads it over first."


class PublishedAlready(DomainError):
    code = "published_already"
    status = 409
    sentence = "This edition is published and stays as it is. A correction is a new edition."


class DraftMoved(DomainError):
    code = "draft_moved"
    status = 409
    sentence = "The draft was counted anew after you opened it. Read it over once more."
