from django.urls import path

from apps.guidelines import translation_views, views

app_name = "guidelines"
urlpatterns = [
    path("guidelines/", views.document, name="document"),
    path("guidelines/rules/<str:code>/", views.rule, name="rule"),
    path("guidelines/versions/", views.versions, name="versions"),
    path("guidelines/versions/<str:number>/", views.version, name="version"),
    path("guidelines/versions/<str:number>/rules/<str:code>/", views.version_rule, name="version-rule"),
    path("guidelines/translations/", translation_views.languages, name="languages"),
    path("guidelines/translations/<int:pk>/reviewed/", translation_views.read_over, name="read-over"),
    path("guidelines/translations/<slug:language>/", translation_views.translations, name="translations"),
    path(
        "guidelines/translations/<slug:language>/<str:kind>/<str:code>/",
        translation_views.translation,
        name="translation",
    ),
]
