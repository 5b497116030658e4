"""Questions about notices of law, for legal reviewers. No page counts."""

from apps.lawful.models import LawNotice, LawWords

A_PAGE = 25


def by_clock(*, kind: str = "", after: tuple[str, int] | None = None) -> tuple[list[LawNotice], str]:
    """Open notices, the one due first at the head, a page at a time; and where the next page begins, or ''."""
    found = LawNotice.objects.filter(closed_at=None).select_related("item")
    if kind in LawNotice.Kind.values:
        found = found.filter(kind=kind)
    if after is not None:
        found = found.extra(
            where=["(lawful_lawnotice.due_at, lawful_lawnotice.id) > (%s, %s)"], params=list(after)
        )
    rows = list(found.order_by("due_at", "id")[: A_PAGE + 1])
    last = rows[A_PAGE - 1] if len(rows) > A_PAGE else None
    return rows[:A_PAGE], f"{last.due_at.isoformat()}~{last.pk}" if last else ""


def lately_ended() -> list[LawNotice]:
    """Notices that ended last, newest first."""
    return list(LawNotice.objects.filter(closed_at__isnull=False).order_by("-closed_at", "-id")[:A_PAGE])


def words_of(notice: LawNotice) -> dict[str, LawWords]:
    """What each side said, by side."""
    return {one.side: one for one in notice.words.all()}
