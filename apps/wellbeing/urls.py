from django.urls import include, path

from apps.wellbeing import views

urlpatterns = [
    path("", include("apps.wellbeing.care.urls")),
    path("", include("apps.wellbeing.veil.urls")),
    path("wellbeing/", views.page, name="wellbeing"),
    path("wellbeing/mine", views.set_own, name="wellbeing-mine"),
    path("wellbeing/mine.csv", views.mine_csv, name="wellbeing-csv"),
    path("wellbeing/harms", views.set_harms, name="wellbeing-harms"),
    path("wellbeing/practice", views.vouch, name="wellbeing-practice"),
    path("wellbeing/word", views.ask, name="wellbeing-word"),
    path("wellbeing/word/<int:word_id>/answered", views.answered, name="wellbeing-word-answered"),
    path("wellbeing/people/<str:name>/", views.person, name="wellbeing-person"),
    path("wellbeing/limits", views.set_limits, name="wellbeing-limits"),
]
