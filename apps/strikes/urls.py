from django.urls import path

from apps.strikes import ladder_views, views

app_name = "strikes"
urlpatterns = [
    path("strikes/", views.overview, name="overview"),
    path("strikes/reporters/", views.reporters, name="reporters"),
    path("strikes/reporters/<int:pause_id>/", views.decide, name="decide_pause"),
    path("strikes/ladder/", ladder_views.ladders, name="ladders"),
    path("strikes/ladder/propose/", ladder_views.propose, name="propose_ladder"),
    path("strikes/ladder/<int:version_id>/", ladder_views.ladder, name="ladder"),
    path("strikes/ladder/<int:version_id>/settle/", ladder_views.settle, name="settle_ladder"),
    path("strikes/accounts/<int:author_id>/", views.account, name="account"),
]
