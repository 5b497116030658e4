from django.urls import path, re_path

from apps.appeals import views

app_name = "appeals"
urlpatterns = [
    re_path(
        r"^appeal/(?P<language>en|km|vi)/(?P<token>[A-Za-z0-9_~-]{1,200})/$", views.appeal, name="public"
    ),
    path("appeals/", views.overview, name="overview"),
]
