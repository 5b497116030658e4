from apps.accounts.models import User
from apps.errors import NotFound
from apps.intake.models import Media
from apps.queues.models import Claim


def access_media(user: User, media_id: int) -> Media:
    """A media file of the item she holds right now; otherwise it is as if it were not there."""
    media = Media.objects.filter(pk=media_id, state=Media.State.READY).first()
    if (
        media is None
        or not Claim.objects.filter(holder=user, ended_at=None, case__item_id=media.item_id).exists()
    ):
        raise NotFound
    return media
