"""The queues and routing rules a new installation starts with; supervisors change them on their page."""

from typing import Any

FRONT = ["moderator", "senior_moderator"]
SENIOR = ["senior_moderator"]

# slug, name, description, roles, skill, minutes of a claim
QUEUES: list[tuple[str, str, str, list[str], str, int]] = [
    ("youth-safety", "Youth safety", "Anything that may harm someone under 18.", FRONT, "specialist", 20),
    ("threats", "Threats and dangerous groups", "Threats, incitement, violent groups, trafficking.", FRONT, "", 15),
    ("self-harm", "Suicide and self-harm", "People who may be at risk, and content that may put others there.", FRONT, "", 15),
    ("hate", "Hate and discrimination", "Attacks on people for who they are.", FRONT, "", 15),
    ("harassment", "Harassment and privacy", "Bullying, exposure of private data, intimate images.", FRONT, "", 15),
    ("adult", "Nudity and sexual content", "Adult sexual content and solicitation.", FRONT, "", 15),
    ("graphic", "Graphic content", "Shocking images, animal abuse.", FRONT, "", 15),
    ("integrity", "Civic integrity and misinformation", "Elections, health claims, manipulated media.", FRONT, "", 20),
    ("fraud", "Fraud, spam and fake accounts", "Scams, impersonation, bought engagement.", FRONT, "", 10),
    ("goods", "Goods and intellectual property", "Restricted goods, undisclosed advertising, rights claims.", FRONT, "", 15),
    ("legal", "Legal-only questions", "Content said to be unlawful somewhere that may break no rule.", SENIOR, "", 30),
    ("second-person", "Waiting for a second person", "Decisions that two people must agree on.", SENIOR, "", 20),
    ("appeals", "Appeals", "Decisions to be looked at again, by a person who took no part before.", SENIOR, "", 30),
    ("escalations", "Escalations", "Cases a moderator passed on, with her note.", SENIOR, "", 30),
    ("everything-else", "Everything else", "What no routing rule matches. Always visible, never forgotten.", FRONT, "", 15),
]  # fmt: skip

DEFAULT = "everything-else"

# Those two have people of their own, whoever the author is.
ANY_BUT_YOUTH_AND_LAW = ["VX", "SH", "HT", "HR", "SX", "GR", "IN", "AU", "RG"]
# Asked in this order, so exceptions stand before what they are taken from.
ROUTES: list[tuple[str, dict[str, Any], str]] = [
    ("Youth safety", {"policies": ["YS"]}, "youth-safety"),
    ("Legal-only", {"policies": ["LG"]}, "legal"),
    (
        "Powerful accounts",
        {"policies": ANY_BUT_YOUTH_AND_LAW, "public_figure": True, "min_severity": 4},
        "escalations",
    ),
    ("Threats and dangerous groups", {"policies": ["VX"]}, "threats"),
    ("Suicide and self-harm", {"policies": ["SH"]}, "self-harm"),
    ("Hate", {"policies": ["HT"]}, "hate"),
    ("Harassment and privacy", {"policies": ["HR"]}, "harassment"),
    ("Nudity and sexual content", {"policies": ["SX"]}, "adult"),
    ("Graphic content", {"policies": ["GR"]}, "graphic"),
    ("Integrity", {"policies": ["IN"]}, "integrity"),
    ("Fraud and fake accounts", {"policies": ["AU"]}, "fraud"),
    ("Goods and rights", {"policies": ["RG"]}, "goods"),
]
