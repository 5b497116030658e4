from django.urls import path

from apps.insight import views
from apps.insight.consumers import LiveConsumer

app_name = "insight"
urlpatterns = [
    path("live/", views.live, name="live"),
    path("live/board", views.live_board, name="board"),
    path("live/csv/<slug:table>.csv", views.table_csv, name="csv"),
]
websocket_urlpatterns = [path("ws/live/", LiveConsumer.as_asgi())]
