"""Kinds of harm a person may choose not to meet, and between which a shift rotates.

A case carries them as one integer with a bit for each, so that a claim asks a single question of a lane. They come
from the legal codes of the rules suspected, which every published rule has and which survive its renaming; where
those say nothing of it, from the rule's policy.
"""

from collections.abc import Iterable
from typing import Protocol

# bit: (name, what a person reads)
HARMS: dict[int, tuple[str, str]] = {
    1: ("child_abuse", "Abuse of children"),
    2: ("sexual_violence", "Sexual violence and intimate images"),
    4: ("animal_cruelty", "Cruelty to animals"),
    8: ("self_harm", "Suicide and self-harm"),
    16: ("gore", "Blood, injury and death"),
    32: ("hate", "Hate against groups, my own among them"),
    64: ("threats", "Threats, terror and trafficking"),
    128: ("harassment", "Harassment of a person"),
}
ALL_HARMS = sum(HARMS)
BIT = {name: bit for bit, (name, _) in HARMS.items()}

_BY_KEYWORD: dict[str, str] = {
    "CHILD_SEXUAL_ABUSE_MATERIAL": "child_abuse",
    "CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE": "child_abuse",
    "GROOMING_SEXUAL_ENTICEMENT_MINORS": "child_abuse",
    "NON_CONSENSUAL_IMAGE_SHARING": "sexual_violence",
    "NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN": "sexual_violence",
    "NON_CONSENSUAL_MATERIAL_DEEPFAKE": "sexual_violence",
    "NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN": "sexual_violence",
    "ANIMAL_HARM": "animal_cruelty",
    "SUICIDE": "self_harm",
    "SELF_MUTILATION": "self_harm",
    "CONTENT_PROMOTING_EATING_DISORDERS": "self_harm",
    "UNSAFE_CHALLENGES": "self_harm",
    "HATE_SPEECH": "hate",
    "DISCRIMINATION": "hate",
    "INCITEMENT_VIOLENCE_HATRED": "threats",
    "COORDINATED_HARM": "threats",
    "TERRORIST_CONTENT": "threats",
    "ILLEGAL_ORGANIZATIONS": "threats",
    "HUMAN_TRAFFICKING": "threats",
    "HUMAN_EXPLOITATION": "threats",
    "TRAFFICKING_WOMEN_GIRLS": "threats",
    "CYBER_BULLYING_INTIMIDATION": "harassment",
    "CYBER_HARASSMENT": "harassment",
    "CYBER_HARASSMENT_AGAINST_WOMEN": "harassment",
    "CYBER_STALKING": "harassment",
    "CYBER_STALKING_AGAINST_WOMEN": "harassment",
    "STALKING": "harassment",
    "BULLYING_AGAINST_GIRLS": "harassment",
}
_BY_CATEGORY: dict[str, str] = {
    "STATEMENT_CATEGORY_ANIMAL_WELFARE": "animal_cruelty",
    "STATEMENT_CATEGORY_SELF_HARM": "self_harm",
}
# Violence has no legal keyword for what it looks like: the starter's policy of graphic content stands for it.
_BY_POLICY: dict[str, str] = {"GR": "gore", "HT": "hate", "SH": "self_harm"}
HURTS_FROM = 2  # a minors' rule of less exposure is about age, not about abuse


class Ruled(Protocol):
    """What is asked of a rule, whichever version words it."""

    @property
    def policy_code(self) -> str: ...
    @property
    def exposure(self) -> int: ...
    @property
    def dsa_category(self) -> str: ...
    @property
    def dsa_keywords(self) -> tuple[str, ...]: ...


def harms_of(rules: Iterable[Ruled]) -> int:
    """The kinds of harm a case suspected under these rules may show, as bits."""
    found = 0
    for rule in rules:
        names = {_BY_KEYWORD.get(word.removeprefix("KEYWORD_"), "") for word in rule.dsa_keywords}
        names |= {_BY_CATEGORY.get(rule.dsa_category, ""), _BY_POLICY.get(rule.policy_code, "")}
        if rule.dsa_category == "STATEMENT_CATEGORY_PROTECTION_OF_MINORS" and rule.exposure >= HURTS_FROM:
            names.add("self_harm" if rule.policy_code == "SH" else "child_abuse")
        for name in names - {""}:
            found |= BIT[name]
    return found


def names_of(harms: int) -> list[str]:
    """What a person reads for these bits, in the order of the list."""
    return [words for bit, (_, words) in HARMS.items() if harms & bit]
