"""The legal codes a rule and an action may carry, and what the categories mean in plain words.

Codes are those of the EU DSA Transparency Database, schema v2 (in force since 2025-07-01).
The sentences are our own.
"""

CATEGORIES: dict[str, tuple[str, str]] = {
    "STATEMENT_CATEGORY_ANIMAL_WELFARE": (
        "Animal welfare",
        "Cruelty to animals, and unlawful trade in them.",
    ),
    "STATEMENT_CATEGORY_CONSUMER_INFORMATION": (
        "Consumer information",
        "Buyers are not told what the law says they must be told.",
    ),
    "STATEMENT_CATEGORY_CYBER_VIOLENCE": (
        "Online violence",
        "Harassment, stalking, threats or exposure of a person by digital means.",
    ),
    "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN": (
        "Online violence against women",
        "The same, aimed at women and girls because they are women and girls.",
    ),
    "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS": (
        "Privacy and personal data",
        "Someone's private life or personal data is shown or used without a right to.",
    ),
    "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH": (
        "Unlawful or harmful speech",
        "Hate, discrimination, defamation and similar speech.",
    ),
    "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS": (
        "Intellectual property",
        "Somebody's copyright, trade mark, design or patent is used without a right to.",
    ),
    "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS": (
        "Civic discourse and elections",
        "Deception that distorts a vote or a public debate.",
    ),
    "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE": (
        "Not specified in the notice",
        "The notice did not say what would be unlawful.",
    ),
    "STATEMENT_CATEGORY_OTHER_VIOLATION_TC": (
        "Other breach of our terms",
        "Against these guidelines, and under no legal category of its own.",
    ),
    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS": (
        "Protection of minors",
        "Abuse of people under 18, contact that endangers them, or content unsuited to their age.",
    ),
    "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY": (
        "Public security",
        "Terrorism, unlawful organisations and other dangers to everyone's safety.",
    ),
    "STATEMENT_CATEGORY_SCAMS_AND_FRAUD": (
        "Scams and fraud",
        "Deception for money, accounts or data.",
    ),
    "STATEMENT_CATEGORY_SELF_HARM": (
        "Self-harm",
        "Suicide, self-injury and eating disorders.",
    ),
    "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS": (
        "Unsafe or prohibited products",
        "Goods that may not be sold, or not in this way.",
    ),
    "STATEMENT_CATEGORY_VIOLENCE": (
        "Violence",
        "Violence, incitement to it, and trade in people.",
    ),
}

_KEYWORDS = """
    ADULT_SEXUAL_MATERIAL AGE_SPECIFIC_RESTRICTIONS AGE_SPECIFIC_RESTRICTIONS_MINORS ANIMAL_HARM
    BIOMETRIC_DATA_BREACH BULLYING_AGAINST_GIRLS CHILD_SEXUAL_ABUSE_MATERIAL
    CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE CONTENT_PROMOTING_EATING_DISORDERS COORDINATED_HARM
    COPYRIGHT_INFRINGEMENT CYBER_BULLYING_INTIMIDATION CYBER_HARASSMENT CYBER_HARASSMENT_AGAINST_WOMEN
    CYBER_INCITEMENT CYBER_STALKING CYBER_STALKING_AGAINST_WOMEN DATA_FALSIFICATION DEFAMATION
    DESIGN_INFRINGEMENT DISCRIMINATION FEMALE_GENDERED_DISINFORMATION GEOGRAPHICAL_REQUIREMENTS
    GEOGRAPHIC_INDICATIONS_INFRINGEMENT GOODS_SERVICES_NOT_PERMITTED GROOMING_SEXUAL_ENTICEMENT_MINORS
    HATE_SPEECH HIDDEN_ADVERTISEMENT HUMAN_EXPLOITATION HUMAN_TRAFFICKING ILLEGAL_ORGANIZATIONS
    IMPERSONATION_ACCOUNT_HIJACKING INAUTHENTIC_ACCOUNTS INAUTHENTIC_LISTINGS INAUTHENTIC_USER_REVIEWS
    INCITEMENT_AGAINST_WOMEN INCITEMENT_VIOLENCE_HATRED INSUFFICIENT_INFORMATION_ON_TRADERS
    LANGUAGE_REQUIREMENTS MISINFORMATION_DISINFORMATION MISLEADING_INFO_CONSUMER_RIGHTS
    MISLEADING_INFO_GOODS_SERVICES MISSING_PROCESSING_GROUND NONCOMPLIANCE_PRICING
    NON_CONSENSUAL_IMAGE_SHARING NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN
    NON_CONSENSUAL_MATERIAL_DEEPFAKE NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN NUDITY OTHER
    PATENT_INFRINGEMENT PHISHING PROHIBITED_PRODUCTS PYRAMID_SCHEMES RIGHT_TO_BE_FORGOTTEN
    RISK_ENVIRONMENTAL_DAMAGE RISK_PUBLIC_HEALTH SELF_MUTILATION STALKING SUICIDE TERRORIST_CONTENT
    TRADEMARK_INFRINGEMENT TRADE_SECRET_INFRINGEMENT TRAFFICKING_WOMEN_GIRLS UNLAWFUL_SALE_ANIMALS
    UNSAFE_CHALLENGES UNSAFE_PRODUCTS VIOLATION_EU_LAW VIOLATION_NATIONAL_LAW
"""
KEYWORDS: frozenset[str] = frozenset(f"KEYWORD_{word}" for word in _KEYWORDS.split())

# What an action means in a statement of reasons: field -> the codes it may hold.
DECISIONS: dict[str, frozenset[str]] = {
    "decision_visibility": frozenset(
        f"DECISION_VISIBILITY_{word}"
        for word in (
            "CONTENT_REMOVED",
            "CONTENT_DISABLED",
            "CONTENT_DEMOTED",
            "CONTENT_AGE_RESTRICTED",
            "CONTENT_INTERACTION_RESTRICTED",
            "CONTENT_LABELLED",
            "OTHER",
        )
    ),
    "decision_monetary": frozenset(
        f"DECISION_MONETARY_{word}" for word in ("SUSPENSION", "TERMINATION", "OTHER")
    ),
    "decision_provision": frozenset(
        f"DECISION_PROVISION_{part}_{word}"
        for part in ("PARTIAL", "TOTAL")
        for word in ("SUSPENSION", "TERMINATION")
    ),
    "decision_account": frozenset({"DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"}),
}


def category_words(code: str) -> str:
    """The short name of a legal category; the code itself when it is not one we know."""
    return CATEGORIES[code][0] if code in CATEGORIES else code


def category_meaning(code: str) -> str:
    return CATEGORIES[code][1] if code in CATEGORIES else ""


def keyword_words(code: str) -> str:
    """`KEYWORD_HATE_SPEECH` to "hate speech"."""
    return code.removeprefix("KEYWORD_").replace("_", " ").lower()
