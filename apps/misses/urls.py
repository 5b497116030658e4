from django.urls import path

from apps.misses import views

app_name = "misses"
urlpatterns = [
    path("misses/", views.misses, name="causes"),
    path("misses/causes/<slug:name>/", views.of_cause, name="cause"),
    path("misses/causes/<slug:name>/plan/", views.set_plan, name="plan"),
    path("misses/<int:miss_id>/confirm/", views.confirm_cause, name="confirm"),
]
