from django.urls import path

from apps.rehearsal import views

app_name = "rehearsal"
urlpatterns = [
    path("guidelines/versions/<str:number>/impact/", views.impact, name="impact"),
    path("guidelines/versions/<str:number>/replays/", views.draw, name="draw"),
    path("guidelines/replays/", views.replays, name="replays"),
    path("guidelines/replays/<int:replay_id>/", views.replay, name="replay"),
    path("guidelines/replays/<int:replay_id>/judge/", views.judge, name="judge"),
    path("guidelines/replays/<int:replay_id>/close/", views.close, name="close"),
]
