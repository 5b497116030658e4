from django.urls import path

from apps.desk import appeal_views, guidance_views, precedent_views, views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/shift/start", views.start_shift, name="desk_start_shift"),
    path("desk/shift/end", views.end_shift, name="desk_end_shift"),
    path("desk/break/start", views.start_break, name="desk_start_break"),
    path("desk/break/end", views.end_break, name="desk_end_break"),
    path("desk/next", views.next_case, name="desk_next"),
    path("desk/rest", views.rest_longer, name="desk_rest"),
    path("desk/stop", views.stop, name="desk_stop"),
    path("desk/rules", views.rules, name="desk_rules"),
    path("desk/rules/<str:code>/unclear", guidance_views.unclear, name="desk_unclear"),
    path("desk/briefing/<str:number>/read", guidance_views.read_briefing, name="desk_read_briefing"),
    path("desk/checks/", guidance_views.checks, name="desk_checks"),
    path("desk/checks/<str:code>/", guidance_views.check, name="desk_check"),
    path("desk/claims/<int:claim_id>/decide", views.decide, name="desk_decide"),
    path("desk/claims/<int:claim_id>/skip", views.skip, name="desk_skip"),
    path("desk/claims/<int:claim_id>/escalate", views.escalate, name="desk_escalate"),
    path("desk/claims/<int:claim_id>/release", views.release, name="desk_release"),
    path("desk/claims/<int:claim_id>/first-choice", precedent_views.first_choice, name="desk_first_choice"),
    path("desk/claims/<int:claim_id>/heartbeat", views.heartbeat, name="desk_heartbeat"),
    path("desk/claims/<int:claim_id>/show", views.show, name="desk_show"),
    path(
        "desk/claims/<int:claim_id>/media/<int:position>/<slug:variant>", views.case_media, name="desk_media"
    ),
    path("desk/decisions/<int:decision_id>/undo", views.undo, name="desk_undo"),
    path("appeals/files/<int:file_id>", appeal_views.file, name="appeal_file"),
    path("media/<int:media_id>/<slug:variant>", views.media, name="media"),
]
