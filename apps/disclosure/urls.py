from django.urls import path

from apps.disclosure import views

app_name = "disclosure"
urlpatterns = [
    path("transparency/reports/", views.in_my_language, name="site"),
    path("transparency/reports/<slug:language>/", views.reports, name="reports"),
    path("transparency/reports/<slug:language>/definitions/", views.definitions, name="definitions"),
    path("transparency/reports/<slug:language>/<slug:slug>/", views.report, name="report"),
    path("transparency/reports/<slug:language>/<slug:slug>/<int:number>/", views.report, name="edition"),
    path("transparency/files/<slug:slug>/<int:number>/<str:name>", views.file, name="file"),
    path("transparency/drafts/", views.drafts, name="drafts"),
    path("transparency/drafts/<int:pk>/", views.draft, name="draft"),
    path("transparency/drafts/<int:pk>/count-anew/", views.count_anew, name="count-anew"),
    path("transparency/drafts/<int:pk>/publish/", views.publish, name="publish"),
    path("transparency/drafts/<int:pk>/put-aside/", views.put_aside, name="put-aside"),
]
