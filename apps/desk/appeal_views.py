"""The files sent with an appeal, for whoever hears it."""

from django.http import FileResponse
from django.views.decorators.http import require_GET

from apps.accounts.access import PersonRequest, allow
from apps.appeals.access import access_file
from apps.desk.veils import shown_as
from apps.intake.media.places import full_path
from apps.wellbeing.veil.queries import veils_in_force


@allow("moderator", "senior_moderator")
@require_GET
def file(request: PersonRequest, file_id: int) -> FileResponse:
    """A picture as her veil lets it be shown; a document as it came, to be kept beside and never opened here."""
    found, exposure = access_file(request.user, file_id)
    path = full_path(found.file)
    picture = found.mime.startswith("image/")
    mime = found.mime
    if picture:
        from apps.intake.media.shown import shown_path  # pictures are made where one is asked for

        filters = shown_as(found, "original", veils_in_force(request.user.pk, exposure))
        path, mime = shown_path(path, filters), "image/webp" if filters else found.mime
    answer = FileResponse(path.open("rb"), content_type=mime)
    answer["Cache-Control"] = "no-store, private"
    answer["Content-Disposition"] = "inline" if picture else f'attachment; filename="evidence-{found.pk}.pdf"'
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
