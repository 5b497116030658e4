from django.urls import path

from apps.feedback import views

app_name = "feedback"
urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/<int:run_id>/", views.export, name="export"),
    path("exports/<int:run_id>/state/", views.state, name="state"),
    path("exports/<int:run_id>/stop/", views.stop, name="stop"),
    path("exports/<int:run_id>/files/", views.everything, name="everything"),
    path("exports/<int:run_id>/files/<int:number>/", views.file, name="file"),
]
