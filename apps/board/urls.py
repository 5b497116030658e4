from django.urls import path

from apps.board import views

app_name = "board"
RULING = "board/<int:case_id>/rulings/<int:ruling_id>/"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/new/", views.new, name="new"),
    path("board/answers/", views.answers, name="answers"),
    path("board/precedents/<str:code>/", views.precedents, name="precedents"),
    path("board/<int:case_id>/", views.case, name="case"),
    path("board/<int:case_id>/file/", views.hand_over, name="hand-over"),
    path("board/<int:case_id>/rulings/", views.rule, name="rule"),
    path(f"{RULING}carry-out/", views.carry_out, name="carry-out"),
    path(f"{RULING}answer/", views.answer, name="answer"),
    path(f"{RULING}precedent/", views.precedent, name="precedent"),
]
