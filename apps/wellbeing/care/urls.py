from django.urls import path

from apps.wellbeing.care import help_views, own_views

urlpatterns = [
    path("wellbeing/help/", help_views.page, name="help"),
    path("wellbeing/help/book", help_views.book, name="help-book"),
    path("wellbeing/help/unbook", help_views.unbook, name="help-unbook"),
    path("wellbeing/help/times", help_views.offer, name="help-offer"),
    path("wellbeing/help/times/<int:slot_id>.ics", help_views.calendar, name="help-calendar"),
    path("wellbeing/help/times/<int:slot_id>/withdraw", help_views.withdraw, name="help-withdraw"),
    path("wellbeing/help/places/new/", help_views.place, name="help-place-new"),
    path("wellbeing/help/places/<int:place_id>/", help_views.place, name="help-place"),
    path("wellbeing/help/places/<int:place_id>/remove", help_views.remove_place, name="help-place-remove"),
    path("wellbeing/you/", own_views.page, name="you"),
    path("wellbeing/you/check-in", own_views.check_in, name="you-check-in"),
    path("wellbeing/you/check-in/<int:which>/delete", own_views.delete_check_in, name="you-check-in-delete"),
    path("wellbeing/you/check-in/<int:which>/share", own_views.share_check_in, name="you-check-in-share"),
    path("wellbeing/you/notes", own_views.write_note, name="you-note"),
    path("wellbeing/you/notes/open", own_views.open_to_notes, name="you-notes-open"),
    path("wellbeing/you/notes/<int:which>/delete", own_views.delete_note, name="you-note-delete"),
    path("wellbeing/you/consent", own_views.consent, name="you-consent"),
    path("wellbeing/you/everything.json", own_views.export, name="you-everything"),
    path("wellbeing/shared/", own_views.shared, name="shared-check-ins"),
    path("wellbeing/people/<int:person_id>/", own_views.another, name="wellbeing-of-another"),
]
