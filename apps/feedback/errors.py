from apps.errors import DomainError, Invalid


class NothingToExport(DomainError):
    code = "nothing_to_export"
    status = 409
    sentence = "There is no decision to export yet. Nothing was written."


class PlaceNotUsable(Invalid):
    code = "place_not_usable"
    sentence = "The folder for the export cannot be used. Nothing was written."


class SplitIsFrozen(DomainError):
    code = "split_is_frozen"
    status = 409
    sentence = "This split is frozen. Give another one a name of its own. Nothing was written."


class ExportNotAsSigned(DomainError):
    code = "export_not_as_signed"
    status = 409
    sentence = "This export is not as it was signed."


class ExportRunning(DomainError):
    code = "export_running"
    status = 409
    sentence = "An export is being written already. One is written at a time; nothing was begun."


class ExportNotOffered(DomainError):
    code = "export_not_offered"
    status = 409
    sentence = "This export has no files to download."


class ExportEnded(DomainError):
    code = "export_ended"
    status = 409
    sentence = "This export has ended already. Nothing was changed."
