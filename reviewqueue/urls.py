from django.contrib import admin
from django.urls import include, path

from apps.insight.urls import websocket_urlpatterns as insight_sockets
from reviewqueue import views
from reviewqueue.api import api

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("apps.desk.urls")),
    path("", include("apps.desk.case_urls")),
    path("", include("apps.guidelines.urls")),
    path("", include("apps.guidelines.public_urls")),
    path("", include("apps.guidelines.writing_urls")),
    path("", include("apps.training.urls")),
    path("", include("apps.authority.urls")),
    path("", include("apps.board.urls")),
    path("", include("apps.lawful.urls")),
    path("", include("apps.rehearsal.urls")),
    path("", include("apps.detectors.urls")),
    path("", include("apps.feedback.urls")),
    path("", include("apps.misses.urls")),
    path("", include("apps.trends.urls")),
    path("", include("apps.quality.urls")),
    path("", include("apps.appeals.urls")),
    path("", include("apps.notices.urls")),
    path("", include("apps.strikes.urls")),
    path("", include("apps.queues.urls")),
    path("", include("apps.matching.urls")),
    path("", include("apps.decisions.urls")),
    path("", include("apps.insight.urls")),
    path("", include("apps.delivery.urls")),
    path("", include("apps.transparency.urls")),
    path("", include("apps.disclosure.urls")),
    path("", include("apps.erasure.urls")),
    path("", include("apps.wellbeing.urls")),
]

websocket_urlpatterns: list = [*insight_sockets]
handler403 = "reviewqueue.views.not_allowed"
handler500 = "reviewqueue.views.failed"
