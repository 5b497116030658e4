"""How a case under a rule must be handled beyond the ordinary path: the words a rule may use."""

from typing import Any

# key -> (what it may hold: flag, a number with its smallest value, or words; the sentence a reader sees)
HANDLING: dict[str, tuple[str, str]] = {
    "specialist_only": ("flag", "Only specialists who volunteered see these cases."),
    "dual_review": ("flag", "A second person must agree before anything is done."),
    "escalate_policy_always": ("flag", "A policy lead always looks as well."),
    "native_language_required": ("flag", "Only for reviewers who read the language as their own."),
    "imminent_risk_check": ("flag", "Ask first whether somebody is in danger now; if so, escalate at once."),
    "auto_action_on_verified_hash": (
        "flag",
        "A verified hash match is acted on with nobody opening the media.",
    ),
    "network_review": ("flag", "Look at the network of accounts, not at one post."),
    "preserve_for_evidence": ("flag", "Keep a sealed copy; it may be evidence."),
    "media_redaction_in_ui": ("flag", "Personal details stay covered on screen until they are needed."),
    "offer_age_appeal": ("flag", "Always offer the person a way to show their age."),
    "regional_variant_allowed": ("flag", "A region may have its own variant of this rule."),
    "requires_notice": ("flag", "Acted on only after a complete notice."),
    "counter_notice": ("flag", "The author is offered a counter-notice."),
    "log_as_government_request": ("flag", "Recorded as a request by an authority."),
    "publish_in_transparency_report": ("flag", "Published in the transparency report."),
    "order_deadline_minutes": ("number", "An order under this rule is to be answered within {} minutes."),
    "reporter_deadline_hours": ("number", "The person who reported is answered within {} hours."),
    "review_again_after_hours": ("number", "Looked at again after {} hours."),
    "strike": ("words", "Strikes under this rule: {}."),
    "notify": ("words", "Someone outside is told: {}."),
    "evidence_required": ("words", "A decision needs evidence: {}."),
    "policy_nuance": ("words", "The fine line here: {}."),
    "dsa_note": ("words", "Legal note: {}."),
}


def sentences(handling: dict[str, Any]) -> list[str]:
    """What a reader is told about a rule's handling, a sentence per entry; a false flag says nothing."""
    told = []
    for key, value in handling.items():
        kind, sentence = HANDLING.get(key, ("words", key.replace("_", " ").capitalize() + ": {}."))
        if kind == "flag" and not value:
            continue
        told.append(sentence.format(str(value).replace("_", " ").rstrip(".")))
    return told
