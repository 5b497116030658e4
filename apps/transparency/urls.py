from django.urls import path

from apps.transparency import views

app_name = "transparency"
urlpatterns = [
    path("transparency/statements/", views.statements, name="statements"),
    path("transparency/statements/<int:pk>/", views.statement, name="statement"),
    path("transparency/statements/<int:pk>/again/", views.again, name="again"),
]
