from django.urls import path

from apps.quality import views

app_name = "quality"
urlpatterns = [
    path("quality/", views.quality, name="quality"),
    path("quality/plans/", views.plans, name="plans"),
    path("quality/plans/<slug:slug>/", views.plan, name="plan"),
    path("quality/settling/", views.settling, name="settling"),
    path("quality/settling/<int:adjudication_id>/take/", views.take, name="take"),
    path("quality/settling/<int:adjudication_id>/keep/", views.keep, name="keep"),
    path("quality/golden/", views.golden, name="golden"),
    path("quality/golden/<int:golden_id>/retire/", views.retire, name="retire"),
    path("quality/mine/", views.mine, name="mine"),
]
