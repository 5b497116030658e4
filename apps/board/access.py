from apps.accounts.models import Role
from apps.board.models import BoardCase, Dispute, Ruling
from apps.errors import NotFound

HANDLE = (Role.LEGAL_REVIEWER, Role.POLICY_LEAD, Role.ADMIN)


def board_case(case_id: int) -> BoardCase:
    found = BoardCase.objects.select_related("item", "decision", "opened_by").filter(pk=case_id).first()
    if found is None:
        raise NotFound("There is no such case before the board.")
    return found


def ruling(case_id: int, ruling_id: int) -> Ruling:
    found = Ruling.objects.select_related("case").filter(pk=ruling_id, case=board_case(case_id)).first()
    if found is None:
        raise NotFound("There is no such ruling.")
    return found


def dispute(dispute_id: int) -> Dispute:
    people = ("decision", "recorded_by", "ended_by", "complied_by")
    found = Dispute.objects.select_related(*people).filter(pk=dispute_id).first()
    if found is None:
        raise NotFound("There is no such dispute.")
    return found
