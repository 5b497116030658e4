from django.urls import path

from apps.insight import plan_views, rule_views, views
from apps.insight.consumers import LiveConsumer

app_name = "insight"
urlpatterns = [
    path("guidelines/in-use/", rule_views.in_use, name="rules"),
    path("guidelines/rules/<str:code>/in-use/", rule_views.rule_in_use, name="rule"),
    path("guidelines/rules/<str:code>/examples/<int:decision_id>/", rule_views.example, name="example"),
    path("live/", views.live, name="live"),
    path("live/removals/", views.removals, name="removals"),
    path("live/notices", views.live_notices, name="notices"),
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
