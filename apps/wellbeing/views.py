from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.access import allow


@allow("moderator", "senior_moderator", "wellbeing_lead")
def page(request: HttpRequest) -> HttpResponse:
    """One's own exposure and limits."""
    return render(request, "wellbeing/page.html")
