"""What a moderator says of a case, and whether it can stand. Pure, but for the guidelines in force."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.decisions.errors import InvalidVerdict
from apps.guidelines.queries import Edition

RATIONALE = {
    "intent_clear": "The intent is clear",
    "target_identifiable": "A person or group can be identified",
    "repeated": "It is repeated behaviour",
    "minor_involved": "Someone under age is involved",
    "news": "News or documentation",
    "education": "Education, science or art",
    "satire": "Satire or humour",
    "condemns": "Quoted to condemn it",
    "self_reference": "About oneself or one's own group",
    "recovery": "Recovery or help, not promotion",
    "public_interest": "Criticism of power, public interest",
    "context_missing": "Context is missing",
}
CONFIDENCE = {"sure": "Sure", "fairly": "Fairly sure", "unsure": "Not very sure"}

NO_ACTION = "no_action"
ACCOUNT_ACTIONS = {"account_suspend", "account_terminate", "strike", "feature_suspend", "demonetise"}
LEGAL_POLICY = "LG"
TEXT_AT_MOST = 5_000


@dataclass(frozen=True)
class Verdict:
    """`rules` and `actions` are codes; `parameters` holds what an action needs (days, countries, label), and in
    "answers" what was said to the questions of a rule: code, key, answer."""

    outcome: str
    rules: Sequence[str] = ()
    actions: Sequence[str] = ()
    rationale: Sequence[str] = ()
    confidence: str = ""
    explanation: str = ""
    private_note: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def effective_actions(self) -> list[str]:
        """What is to be done: without "leave up", each once, in the order chosen."""
        return [action for action in dict.fromkeys(self.actions) if action != NO_ACTION]


def check(verdict: Verdict, edition: Edition) -> None:
    """Refuse a verdict that no written rule carries. Raises InvalidVerdict with one reason a field."""
    errors: list[dict[str, str]] = []

    def refuse(name: str, reason: str) -> None:
        errors.append({"field": name, "reason": reason})

    if verdict.outcome not in ("violates", "no_violation", "unsure"):
        refuse("outcome", "Choose whether it breaks a rule, does not, or you are not sure.")
    unknown = [code for code in verdict.rules if code not in edition.rules]
    if unknown:
        refuse("rules", f"{', '.join(unknown)} is not a rule of the guidelines in force.")
    cited = [edition.rules[code] for code in verdict.rules if code in edition.rules]
    if verdict.outcome == "violates":
        if not verdict.rules:
            refuse("rules", "Choose the rule it breaks. Nothing is restricted without a written rule.")
        if not verdict.actions:
            refuse("actions", "Choose what is to be done.")
        allowed = {action for rule in cited for action in rule.actions}
        for action in verdict.effective_actions:
            if action.startswith("escalate_"):
                refuse("actions", "To send this on, use Escalate; it is not a decision.")
            elif action not in allowed and not unknown:
                known = edition.actions.get(action)
                refuse(
                    "actions", f"None of the chosen rules provides for “{known.title if known else action}”."
                )
        for rule in cited:
            answers = verdict.parameters.get("answers", {}).get(rule.code, {})
            for question in rule.questions:
                if answers.get(question.key) not in question.options:
                    refuse("answers", f"{rule.code} asks: {question.text} Choose an answer.")
        if "geo_restrict" in verdict.actions and not verdict.parameters.get("countries"):
            refuse("countries", "Name the countries in which it is withheld.")
    elif verdict.effective_actions:
        refuse("actions", "Something can only be done when a rule is broken.")
    if "\x00" in verdict.explanation + verdict.private_note:
        refuse("explanation", "The text contains a character that cannot be stored.")
    for name, text in (("explanation", verdict.explanation), ("private_note", verdict.private_note)):
        if len(text) > TEXT_AT_MOST:
            refuse(name, f"At most {TEXT_AT_MOST:,} characters; this has {len(text):,}.")
    if set(verdict.rationale) - RATIONALE.keys():
        refuse("rationale", "One of the reasons is not in the list.")
    if verdict.confidence and verdict.confidence not in CONFIDENCE:
        refuse("confidence", "Choose one of the three.")
    if errors:
        raise InvalidVerdict(errors=errors)


def hold_because(verdict: Verdict, edition: Edition, *, public_figure: bool) -> str:
    """Why a second person must agree before anything is done; '' when nobody must."""
    if "account_terminate" in verdict.actions:
        return "account termination"
    if any(edition.rules[code].handling.get("dual_review") for code in verdict.rules):
        return "the rule asks for two people"
    if public_figure and verdict.effective_actions:
        return "public figure"
    return ""


def ground(verdict: Verdict, edition: Edition) -> str:
    """`legal_only` when nothing but the legal track carries the decision, else `guideline`."""
    policies = {edition.rules[code].policy_code for code in verdict.rules}
    return "legal_only" if policies == {LEGAL_POLICY} else "guideline"


def upholds(outcome: str, rules: Sequence[str], suspected: str, edition: Edition) -> bool | None:
    """Whether a verdict says that a suspected rule, or one of its policy, is broken; None when it broke only others."""
    if outcome == "no_violation":
        return False
    policies = {edition.rules[code].policy_code for code in rules if code in edition.rules}
    meant = edition.rules[suspected].policy_code if suspected in edition.rules else None
    return True if meant in policies else None
