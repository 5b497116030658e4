from django.urls import path

from apps.board import dispute_views, views

app_name = "board"
RULING = "board/<int:case_id>/rulings/<int:ruling_id>/"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/new/", views.new, name="new"),
    path("board/answers/", views.answers, name="answers"),
    path("board/precedents/<str:code>/", views.precedents, name="precedents"),
    path("board/disputes/", dispute_views.disputes, name="disputes"),
    path("board/disputes/<int:dispute_id>/", dispute_views.dispute, name="dispute"),
    path("board/disputes/<int:dispute_id>/end/", dispute_views.end, name="end-dispute"),
    path("board/disputes/<int:dispute_id>/comply/", dispute_views.comply, name="comply"),
    path("board/<int:case_id>/", views.case, name="case"),
    path("board/<int:case_id>/file/", views.hand_over, name="hand-over"),
    path("board/<int:case_id>/rulings/", views.rule, name="rule"),
    path(f"{RULING}carry-out/", views.carry_out, name="carry-out"),
    path(f"{RULING}answer/", views.answer, name="answer"),
    path(f"{RULING}precedent/", views.precedent, name="precedent"),
]
