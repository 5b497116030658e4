from apps.accounts.models import Role, User
from apps.errors import NotFound
from apps.guidelines.access import AUTHORS
from apps.rehearsal.models import Replay

DECIDE = (Role.MODERATOR, Role.SENIOR_MODERATOR, *AUTHORS)


def replay_for(person: User, replay_id: int) -> Replay:
    """An open replay for whoever may decide in it; a closed one for those who write. Raises NotFound."""
    replay = Replay.objects.select_related("version").filter(pk=replay_id).first()
    if replay is None or (replay.closed_at is not None and not person.has_role(*AUTHORS)):
        raise NotFound("There is no such replay, or it is closed.")
    return replay
