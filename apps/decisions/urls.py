from django.urls import path

from apps.decisions import set_views

app_name = "automatic"
urlpatterns = [
    path("automatic/", set_views.sets, name="sets"),
    path("automatic/<int:set_id>/", set_views.one_set, name="set"),
    path("automatic/<int:set_id>/reverse/", set_views.reverse, name="reverse"),
    path("automatic/audits/<int:audit_id>/", set_views.audit, name="audit"),
]
