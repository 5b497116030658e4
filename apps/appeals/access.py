"""The objects somebody may touch: by a signed link; or the files of an appeal, for whoever hears it."""

from dataclasses import dataclass

from apps.accounts.models import Role, User
from apps.appeals.errors import LinkNotOurs
from apps.appeals.models import AppealFile, FirstJudgement
from apps.decisions.models import Decision
from apps.errors import NotFound
from apps.notices import links
from apps.queues.models import Case, Claim

OVERSEES = (Role.SUPERVISOR, Role.POLICY_LEAD, Role.LEGAL_REVIEWER, Role.SENIOR_MODERATOR, Role.ADMIN)


@dataclass(frozen=True)
class Opened:
    """What a signed link opens: a decision, and the side of whoever was told of it."""

    decision: Decision
    side: str


def open_link(token: str) -> Opened:
    """The decision behind a link. Raises LinkNotOurs for a forged link, and for a decision that was taken back."""
    told = links.read(token)
    if told is None:
        raise LinkNotOurs
    decision = (
        Decision.objects.filter(case_id=told.case_id, decided_at=told.decided_at, withdraws=False)
        .select_related("guideline_version", "case", "item")
        .exclude(superseded_by__withdraws=True)
        .first()
    )
    if decision is None:
        raise LinkNotOurs
    return Opened(decision, told.side)


def access_file(user: User, file_id: int) -> tuple[AppealFile, int]:
    """A file of an appeal in the case she hears right now, after her first judgement; with the case's exposure."""
    file = AppealFile.objects.select_related("appeal").filter(pk=file_id).first()
    held = Claim.objects.filter(
        holder=user,
        ended_at=None,
        case_id=file.appeal.case_id if file else 0,
        case__first_judgements__person=user,
    )
    exposure = held.values_list("case__exposure", flat=True).first()
    if file is None or exposure is None:
        raise NotFound
    return file, exposure


def hears_blind(user: User, item_id: int) -> bool:
    """Whether she holds an appeal about the item and has not judged it yet: until then its history is closed to her."""
    held = Claim.objects.filter(
        holder=user, ended_at=None, case__item_id=item_id, case__purpose=Case.Purpose.APPEAL
    )
    case_id = held.values_list("case_id", flat=True).first()
    return case_id is not None and not FirstJudgement.objects.filter(case_id=case_id, person=user).exists()
