from typing import Any

from django.http import HttpRequest

# (label, address, roles that see it; empty: everyone signed in)
NAVIGATION: list[tuple[str, str, tuple[str, ...]]] = [
    ("Desk", "/desk/", ("moderator", "senior_moderator")),
    ("Guidelines", "/guidelines/", ()),
    ("Live", "/live/", ("supervisor", "admin")),
    ("Planning", "/planning/", ("supervisor", "admin")),
    ("Cases", "/cases/", ("supervisor", "senior_moderator", "admin")),
    ("Queues", "/queues/", ("supervisor", "admin")),
    ("Webhooks", "/webhooks/", ("admin",)),
    ("Wellbeing", "/wellbeing/", ("moderator", "senior_moderator", "wellbeing_lead")),
    ("Admin", "/admin/", ("admin",)),
]


def house(request: HttpRequest) -> dict[str, Any]:
    """What every page shows: the navigation a person's roles open. No query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.headers.get("HX-Request"):
        return {"nav": []}
    return {
        "nav": [
            {"url": url, "label": label, "current": request.path.startswith(url)}
            for label, url, roles in NAVIGATION
            if not roles or user.has_role(*roles)
        ]
    }
