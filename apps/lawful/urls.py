from django.urls import path, re_path

from apps.lawful import public_views, views

app_name = "lawful"
PUBLIC = r"^law-notice/(?P<language>en|km|vi)/"
urlpatterns = [
    re_path(rf"{PUBLIC}$", public_views.kinds, name="kinds"),
    re_path(rf"{PUBLIC}(?P<kind>minors|privacy|property|intimate)/$", public_views.notice, name="send"),
    re_path(rf"{PUBLIC}told/(?P<token>[A-Za-z0-9_~-]{{1,200}})/$", public_views.told, name="told"),
    path("law-notices/", views.notices, name="notices"),
    path("law-notices/<int:notice_id>/", views.one, name="notice"),
    path("law-notices/<int:notice_id>/locate/", views.locate, name="locate"),
    path("law-notices/<int:notice_id>/decide/", views.decide, name="decide"),
    path("law-notices/<int:notice_id>/lift/", views.lift, name="lift"),
    path("law-notices/<int:notice_id>/files/<int:file_id>/", views.file, name="file"),
]
