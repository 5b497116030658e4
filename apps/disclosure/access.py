from apps.disclosure.models import Edition
from apps.errors import NotFound

WRITERS = ("policy_lead", "legal_reviewer", "admin")


def draft(pk: int) -> Edition:
    """An edition for those who write reports, in whatever state. Raises NotFound."""
    found = Edition.objects.select_related("period", "drafted_by", "published_by").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such draft.")
    return found


def published(slug: str, number: int | None = None) -> Edition:
    """A published edition for everybody, the newest without a number. A draft looks like nothing. Raises NotFound."""
    from apps.disclosure.periods import parse

    try:
        kind, begins, _ = parse(slug)
    except ValueError:
        raise NotFound("There is no report of this name.") from None
    wanted = Edition.objects.filter(
        period__kind=kind, period__begins=begins, state=Edition.State.PUBLISHED
    ).select_related("period")
    found = (wanted.filter(number=number) if number else wanted).order_by("-number").first()
    if found is None:
        raise NotFound("There is no report of this name.")
    return found
