from django.urls import path

from apps.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.templates, name="templates"),
    path("notices/<slug:kind>/<slug:language>/", views.template, name="template"),
]
