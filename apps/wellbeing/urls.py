from django.urls import path

from apps.wellbeing import views

urlpatterns = [
    path("wellbeing/", views.page, name="wellbeing"),
    path("wellbeing/mine", views.set_own, name="wellbeing-mine"),
    path("wellbeing/mine.csv", views.mine_csv, name="wellbeing-csv"),
    path("wellbeing/limits", views.set_limits, name="wellbeing-limits"),
]
