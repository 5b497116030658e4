from django.urls import path

from apps.insight import plan_views, views
from apps.insight.consumers import LiveConsumer

app_name = "insight"
urlpatterns = [
    path("live/", views.live, name="live"),
    path("live/board", views.live_board, name="board"),
    path("live/csv/<slug:table>.csv", views.table_csv, name="csv"),
    path("planning/", plan_views.planning, name="planning"),
    path("planning/plan.csv", plan_views.planning_csv, name="planning-csv"),
    path("wellbeing/exposure/", plan_views.exposure, name="exposure"),
    path("wellbeing/dose/", plan_views.dose, name="dose"),
    path("wellbeing/dose/dose.csv", plan_views.dose_csv, name="dose-csv"),
    path("wellbeing/dose/study.csv", plan_views.study_csv, name="study-csv"),
    path("wellbeing/week/", plan_views.week, name="week"),
]
websocket_urlpatterns = [path("ws/live/", LiveConsumer.as_asgi())]
