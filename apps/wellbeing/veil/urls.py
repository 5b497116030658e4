from django.urls import path

from apps.wellbeing.veil import views

urlpatterns = [
    path("wellbeing/veil/", views.page, name="veil"),
    path("wellbeing/veil/forget", views.forget_own, name="veil-forget"),
    path("wellbeing/veil/floor/<int:exposure>", views.floor, name="veil-floor"),
    path("wellbeing/veil/<slug:kind>", views.set_own, name="veil-own"),
]
