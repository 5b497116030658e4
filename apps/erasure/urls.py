from django.urls import path

from apps.erasure import views

app_name = "erasure"
urlpatterns = [path("items/<int:item_id>/erase/", views.erase_content, name="erase")]
