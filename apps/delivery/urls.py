from django.urls import path

from apps.delivery import views

app_name = "delivery"
urlpatterns = [
    path("webhooks/", views.webhooks, name="webhooks"),
    path("webhooks/endpoints", views.add_endpoint, name="add-endpoint"),
    path("webhooks/endpoints/<int:pk>/pause", views.pause, name="pause"),
    path("webhooks/endpoints/<int:pk>/resume", views.resume, name="resume"),
    path("webhooks/endpoints/<int:pk>/secret", views.rotate_secret, name="rotate-secret"),
    path("webhooks/deliveries/<int:pk>/replay", views.replay, name="replay"),
    path("webhooks/inside/<int:pk>/replay", views.replay_inside, name="replay-inside"),
]
