from apps.accounts.models import Role, User
from apps.errors import NotAllowed, NotFound
from apps.training.models import Assignment, Calibration, Mentor, Module

MAKERS = (Role.SENIOR_MODERATOR, Role.POLICY_LEAD)
GIVERS = (Role.SENIOR_MODERATOR, Role.SUPERVISOR)
LEARNERS = (Role.MODERATOR, Role.SENIOR_MODERATOR)
READERS = (Role.SENIOR_MODERATOR, Role.POLICY_LEAD, Role.SUPERVISOR)
DECIDE = (Role.MODERATOR, Role.SENIOR_MODERATOR, Role.POLICY_LEAD)


def may_make(person: User) -> None:
    """Refuse anybody who does not put modules together. Raises NotAllowed."""
    if not person.has_role(*MAKERS):
        raise NotAllowed("Modules are put together by senior moderators and policy leads.")


def may_give(person: User) -> None:
    """Refuse anybody who gives neither modules nor certificates. Raises NotAllowed."""
    if not person.has_role(*GIVERS):
        raise NotAllowed("Training and certificates are given by senior moderators and supervisors.")


def may_calibrate(person: User) -> None:
    """Refuse anybody who does not lead calibrations. Raises NotAllowed."""
    if not person.has_role(*MAKERS):
        raise NotAllowed("A calibration is led by a senior moderator or a policy lead.")


def access_module(person: User, module_id: int) -> Module:
    """A module, for those who make them; one in use, or retired, also for those who give them. Raises NotFound."""
    found = Module.objects.select_related("queue", "version", "made_by").filter(pk=module_id).first()
    if found is None or (found.state == Module.State.DRAFT and not person.has_role(*MAKERS)):
        raise NotFound("There is no such module.")
    return found


def access_assignment(person: User, assignment_id: int) -> Assignment:
    """A module she herself works through. Anybody else's is as if it were not there. Raises NotFound."""
    found = (
        Assignment.objects.select_related("module__queue", "module__version", "given_by")
        .filter(pk=assignment_id, person=person)
        .first()
    )
    if found is None:
        raise NotFound("There is no such module of yours.")
    return found


def access_figures(viewer: User, person_id: int) -> User:
    """Whose own figures these are: one's own, or of a person one accompanies as her senior. Raises NotFound.

    Of somebody who has left nobody sees figures any more.
    """
    if viewer.pk == person_id:
        return viewer
    accompanied = Mentor.objects.filter(person_id=person_id, senior=viewer).exists()
    found = User.objects.filter(pk=person_id, is_active=True).first() if accompanied else None
    if found is None or not viewer.has_role(Role.SENIOR_MODERATOR):
        raise NotFound("There is nobody with this number, or her figures are not yours to see.")
    return found


def access_learner(viewer: User, person_id: int) -> User:
    """Somebody who moderates, for whoever gives training and certificates. Raises NotFound."""
    may_give(viewer)
    found = User.objects.filter(pk=person_id, roles__overlap=[*LEARNERS]).first()
    if found is None:
        raise NotFound("There is nobody with this number who moderates.")
    return found


def access_calibration(person: User, session_id: int) -> Calibration:
    """A calibration, for whoever may decide in one. Raises NotFound."""
    found = (
        Calibration.objects.select_related("rule_version__version", "opened_by").filter(pk=session_id).first()
    )
    if found is None:
        raise NotFound("There is no such calibration.")
    return found
