from apps.accounts.models import Role
from apps.errors import NotFound
from apps.lawful import links
from apps.lawful.errors import LawLinkNotOurs
from apps.lawful.models import LawFile, LawNotice

READ = (Role.LEGAL_REVIEWER, Role.ADMIN)
DECIDE = (Role.LEGAL_REVIEWER,)


def access_notice(notice_id: int) -> LawNotice:
    """A notice with what its page shows. Raises NotFound."""
    found = LawNotice.objects.select_related("item__author", "review", "decided_by", "counter").filter(
        pk=notice_id
    )
    notice = found.first()
    if notice is None:
        raise NotFound("There is no notice with this number.")
    return notice


def access_file(notice_id: int, file_id: int) -> LawFile:
    """A file one side sent. Raises NotFound."""
    found = LawFile.objects.filter(pk=file_id, notice_id=notice_id).first()
    if found is None:
        raise NotFound("There is no such file, or it was forgotten.")
    return found


def open_link(token: str) -> tuple[LawNotice, str]:
    """The notice behind a signed link, and the side it was given to. Raises LawLinkNotOurs."""
    told = links.read(token)
    found = LawNotice.objects.select_related("counter", "item").filter(pk=told[0]).first() if told else None
    if told is None or found is None:
        raise LawLinkNotOurs
    return found, told[1]
