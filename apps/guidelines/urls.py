from django.urls import path

from apps.guidelines import views

app_name = "guidelines"
urlpatterns = [
    path("guidelines/", views.document, name="document"),
    path("guidelines/rules/<str:code>/", views.rule, name="rule"),
    path("guidelines/versions/", views.versions, name="versions"),
    path("guidelines/versions/<str:number>/", views.version, name="version"),
    path("guidelines/versions/<str:number>/rules/<str:code>/", views.version_rule, name="version-rule"),
]
