from apps.errors import DomainError, Invalid


class LawNoticeInvalid(Invalid):
    code = "law_notice_invalid"
    sentence = "Something is missing before this can be sent. What you wrote is kept."


class LawNoticeNotTaken(DomainError):
    code = "law_notice_not_taken"
    status = 409
    sentence = "Notices of this sender rest for a while, after many that were unfounded. They are taken again when that is over."


class LawStepNotDue(DomainError):
    code = "law_step_not_due"
    status = 409
    sentence = "This is not open to be done any more: somebody may have gone on meanwhile. Look at it again."


class LawLinkNotOurs(DomainError):
    code = "law_link_not_ours"
    status = 404
    sentence = (
        "This link is not one of ours, or a part of it is missing. Use the whole link as it was given to you."
    )


class NeedsSomebodyElse(DomainError):
    code = "law_needs_somebody_else"
    status = 409
    sentence = (
        "You decided this item under the guidelines. Another legal reviewer decides what the law asks for."
    )
