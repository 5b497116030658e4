from django.urls import path

from apps.detectors import exploration_views, views

app_name = "detectors"
urlpatterns = [
    path("detectors/", views.detectors, name="detectors"),
    path("detectors/modes/", views.modes, name="modes"),
    path("detectors/exploration/", exploration_views.exploration, name="exploration"),
    path("detectors/exploration/plan/", exploration_views.plan, name="plan"),
    path("detectors/changes/<int:change_id>/", views.change, name="change"),
    path("detectors/changes/<int:change_id>/settle/", views.settle, name="settle"),
    path("detectors/card/<str:rule>/<path:name>/", views.card, name="card"),
    path("detectors/propose/<str:rule>/<path:name>/", views.propose, name="propose"),
]
