from django.urls import path

from apps.trends import views

app_name = "trends"
urlpatterns = [
    path("trends/", views.trends, name="trends"),
    path("trends/alerts/<int:alert_id>/", views.alert, name="alert"),
    path("trends/alerts/<int:alert_id>/seen/", views.seen, name="seen"),
]
