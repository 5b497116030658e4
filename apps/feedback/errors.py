from apps.errors import DomainError, Invalid


class NothingToExport(DomainError):
    code = "nothing_to_export"
    status = 409
    sentence = "There is no decision to export yet. Nothing was written."


class PlaceNotUsable(Invalid):
    code = "place_not_usable"
    sentence = "The folder for the export cannot be used. Nothing was written."
