from django.urls import path

from apps.desk import case_views as views

app_name = "cases"
urlpatterns = [
    path("cases/", views.cases, name="list"),
    path("cases/<int:case_id>/", views.case, name="case"),
    path("cases/<int:case_id>/text/", views.text, name="text"),
    path("cases/<int:case_id>/move/", views.move, name="move"),
    path("cases/<int:case_id>/give/", views.give, name="give"),
    path("cases/<int:case_id>/take-back/", views.take_back, name="take-back"),
    path("items/<int:item_id>/", views.item, name="item"),
    path("people/<int:person_id>/", views.person, name="person"),
]
