from django.urls import path

from apps.strikes import views

app_name = "strikes"
urlpatterns = [
    path("strikes/", views.overview, name="overview"),
    path("strikes/reporters/", views.reporters, name="reporters"),
    path("strikes/reporters/<int:pause_id>/", views.decide, name="decide_pause"),
    path("strikes/accounts/<int:author_id>/", views.account, name="account"),
]
