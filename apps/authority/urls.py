from django.urls import path, re_path

from apps.authority import contest_views, letter_views, step_views, views

app_name = "authority"
ITEM = "authority-requests/<int:request_id>/items/<int:position>/"
urlpatterns = [
    path("authority-requests/", views.requests, name="requests"),
    path("authority-requests/new/", views.new, name="new"),
    path("authority-requests/archive.json", views.archive, name="archive"),
    path("authority-requests/senders/", views.senders, name="senders"),
    path("authority-requests/senders/<int:sender_id>/", views.sender, name="sender"),
    path("authority-requests/letters/", letter_views.letters, name="letters"),
    path("authority-requests/letters/<slug:kind>/<slug:language>/", letter_views.letter, name="letter"),
    path(
        "authority-requests/letters/<slug:kind>/<slug:language>/publish/",
        letter_views.publish,
        name="publish-letter",
    ),
    path("authority-requests/<int:request_id>/", views.one, name="request"),
    path("authority-requests/<int:request_id>/quiet/", views.quiet, name="quiet"),
    path("authority-requests/<int:request_id>/documents/", views.add_document, name="add-document"),
    path("authority-requests/<int:request_id>/documents/<int:document_id>/", views.document, name="document"),
    path(f"{ITEM}locate/", step_views.locate, name="locate"),
    path(f"{ITEM}validity/", step_views.validity, name="validity"),
    path(f"{ITEM}propose/", step_views.propose, name="propose"),
    path(f"{ITEM}answer/", step_views.answer, name="answer"),
    path(f"{ITEM}letter/", step_views.letter, name="send-letter"),
    path(f"{ITEM}answered/", step_views.answered, name="answered"),
    path(f"{ITEM}lift/", step_views.lift, name="lift"),
    path(f"{ITEM}contest/", step_views.contest, name="decide-contest"),
    path(f"{ITEM}contest/files/<int:file_id>/", contest_views.file, name="contest-file"),
    re_path(
        r"^law-contest/(?P<language>en|km|vi)/(?P<token>[A-Za-z0-9_~-]{1,200})/$",
        contest_views.contest,
        name="contest",
    ),
]
