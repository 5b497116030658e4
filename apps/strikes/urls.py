from django.urls import path

from apps.strikes import views

app_name = "strikes"
urlpatterns = [
    path("strikes/", views.overview, name="overview"),
    path("strikes/accounts/<int:author_id>/", views.account, name="account"),
]
