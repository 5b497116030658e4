from apps.errors import DomainError, Invalid


class RolesExclude(Invalid):
    code = "roles_exclude_each_other"
    sentence = (
        "Nobody is supervisor and wellbeing lead at once: who plans the work must not see "
        "what it does to people. Nothing was changed."
    )


class NameTaken(DomainError):
    code = "name_taken"
    status = 409
    sentence = "Somebody has this sign-in name already. Choose another."


class LastAdmin(DomainError):
    code = "last_admin"
    status = 409
    sentence = "This is the last admin. Make another person admin first."
