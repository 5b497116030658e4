from apps.errors import DomainError, Invalid


class TemplateIncomplete(Invalid):
    code = "notice_template_incomplete"
    sentence = (
        "This wording leaves out something its readers must be told. It was not published; your text is kept."
    )


class TemplateMoved(DomainError):
    code = "notice_template_moved"
    status = 409
    sentence = "Somebody else published a wording meanwhile. Look at it, then publish yours again; your text is kept."
