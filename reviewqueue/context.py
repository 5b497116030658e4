from typing import Any

from django.http import HttpRequest

# (label, address, roles that see it; empty: everyone signed in)
NAVIGATION: list[tuple[str, str, tuple[str, ...]]] = [
    ("Desk", "/desk/", ("moderator", "senior_moderator")),
    ("Guidelines", "/guidelines/", ()),
    ("Training", "/training/", ("moderator", "senior_moderator", "policy_lead", "supervisor")),
    ("Live", "/live/", ("supervisor", "admin")),
    ("Planning", "/planning/", ("supervisor", "admin")),
    ("Cases", "/cases/", ("supervisor", "senior_moderator", "admin")),
    ("Quality", "/quality/", ("moderator", "senior_moderator", "supervisor", "admin")),
    ("Board", "/board/", ("legal_reviewer", "policy_lead", "admin")),
    ("Authorities", "/authority-requests/", ("legal_reviewer", "supervisor", "admin")),
    ("Law notices", "/law-notices/", ("legal_reviewer", "admin")),
    ("Queues", "/queues/", ("supervisor", "admin")),
    ("Banks", "/banks/", ("senior_moderator", "policy_lead", "supervisor", "admin")),
    ("Detectors", "/detectors/", ("supervisor", "policy_lead", "admin")),
    ("Exports", "/exports/", ("policy_lead", "admin")),
    ("Trends", "/trends/", ("supervisor", "admin")),
    ("Misses", "/misses/", ("supervisor", "policy_lead", "admin")),
    ("Appeals", "/appeals/", ("supervisor", "policy_lead", "legal_reviewer", "senior_moderator", "admin")),
    ("Strikes", "/strikes/", ("supervisor", "policy_lead", "legal_reviewer", "senior_moderator", "admin")),
    ("Notices", "/notices/", ("policy_lead", "legal_reviewer", "admin")),
    ("Webhooks", "/webhooks/", ("admin",)),
    ("Statements", "/transparency/statements/", ("policy_lead", "legal_reviewer", "admin")),
    ("Reports", "/transparency/drafts/", ("policy_lead", "legal_reviewer", "admin")),
    ("Wellbeing", "/wellbeing/", ("moderator", "senior_moderator", "wellbeing_lead")),
    ("Admin", "/admin/", ("admin",)),
]


# Under one word, so that the bar stays a line: (word, addresses in their order). A group of one is shown as itself.
GROUPS: list[tuple[str, tuple[str, ...]]] = [
    ("Set-up", ("/queues/", "/webhooks/", "/notices/", "/admin/")),
    ("Learning", ("/detectors/", "/banks/", "/misses/", "/trends/", "/exports/")),
    ("Quality", ("/quality/", "/training/")),
    (
        "Answerable",
        (
            "/appeals/",
            "/strikes/",
            "/authority-requests/",
            "/law-notices/",
            "/board/",
            "/transparency/statements/",
            "/transparency/drafts/",
        ),
    ),
]


def house(request: HttpRequest) -> dict[str, Any]:
    """What every page shows: the navigation a person's roles open. No query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.headers.get("HX-Request"):
        return {"nav": []}
    open_to_her = {
        url: {"url": url, "label": label, "current": request.path.startswith(url)}
        for label, url, roles in NAVIGATION
        if not roles or user.has_role(*roles)
    }
    nav = [link for url, link in open_to_her.items() if url not in GROUPED]
    for word, urls in GROUPS:
        links = [open_to_her[url] for url in urls if url in open_to_her]
        if len(links) == 1:
            nav += links
        elif links:
            current = any(link["current"] for link in links)
            nav.append({"label": word, "id": f"nav-{word.lower()}", "links": links, "current": current})
    return {"nav": nav}


GROUPED = {url for _, urls in GROUPS for url in urls}
