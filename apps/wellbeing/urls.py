from django.urls import path

from apps.wellbeing import views

urlpatterns = [
    path("wellbeing/", views.page, name="wellbeing"),
]
