from collections.abc import Iterable

from django.db import transaction

from apps.accounts.models import MachineKey
from apps.intake.models import Upload
from apps.ledger.operations import record


def keep_upload(chunks: Iterable[bytes], *, declared: str, key: MachineKey | None) -> Upload:
    """Take a media file ahead of the item that will name it. Raises MediaRefused, and keeps nothing, if it lies."""
    from apps.intake.media.making import take  # half a second that only an upload needs

    made = take(chunks, declared=declared)
    with transaction.atomic():
        upload = Upload.objects.create(
            file=made.file, mime=made.mime, size=made.size, sha256=made.sha256, key_id=key.pk if key else None
        )
        record("media.uploaded", actor=None, upload=upload.pk, key=upload.key_id)
    return upload
