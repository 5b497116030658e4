from django.urls import path

from apps.matching import views

app_name = "matching"
urlpatterns = [
    path("banks/", views.banks, name="banks"),
    path("banks/new/", views.new_bank, name="new-bank"),
    path("banks/<int:bank_id>/", views.bank, name="bank"),
    path("banks/<int:bank_id>/edit/", views.edit_bank, name="edit-bank"),
    path("banks/<int:bank_id>/verify/", views.verify, name="verify"),
    path("banks/<int:bank_id>/tells/", views.tells, name="tells"),
    path("banks/<int:bank_id>/add/", views.add, name="add"),
    path("banks/<int:bank_id>/load/", views.load, name="load"),
    path("banks/entries/<int:entry_id>/", views.entry, name="entry"),
    path("banks/entries/<int:entry_id>/opinion/", views.opinion, name="opinion"),
    path("banks/entries/<int:entry_id>/opinion/withdraw/", views.withdraw_opinion, name="withdraw-opinion"),
    path("banks/entries/<int:entry_id>/switch/", views.switch, name="switch"),
    path("banks/entries/<int:entry_id>/flood/", views.flood, name="flood"),
    path("banks/items/<int:item_id>/", views.add_item, name="add-item"),
]
