"""An appeal at the desk: first without the decision appealed, then with it and with what was said against it."""

from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import User
from apps.appeals.models import Appeal, FirstJudgement
from apps.decisions.models import Decision
from apps.decisions.verdict import RATIONALE
from apps.desk.veils import dressed
from apps.guidelines.queries import edition
from apps.intake.models import ItemContent
from apps.queues.models import Case
from apps.wellbeing.veil.ladder import Veil

OUTCOMES = {"violates": "Breaks a rule", "no_violation": "No violation", "unsure": "Not sure"}
ORIGINS = {
    "human": "by a person",
    "auto": "by automatic means",
    "hash_propagated": "carried over from the same content",
}
LISTED = 20  # statements shown; more of them join the same case and are counted


@dataclass(frozen=True)
class Hearing:
    """`blind` until she has judged the item herself; then what was decided, what was said, and her first judgement."""

    blind: bool
    then_text: str = ""
    decisions: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)
    more: int = 0
    first: str = ""
    typed: dict[str, Any] = field(default_factory=dict)


def hearing(user: User, case: Case, veils: dict[str, Veil]) -> Hearing:
    """What she may see of the appeal now."""
    then_text = _as_it_was(case)
    judged = FirstJudgement.objects.filter(case=case, person=user).first()
    if judged is None:
        return Hearing(blind=True, then_text=then_text)
    appeals = list(
        Appeal.objects.filter(case=case)
        .select_related("decision__words", "decision__guideline_version", "words")
        .prefetch_related("files")
        .order_by("id")[: LISTED + 1]
    )
    rules = f" ({', '.join(judged.rule_codes)})" if judged.rule_codes else ""
    return Hearing(
        blind=False,
        then_text=then_text,
        decisions=[
            _decision(one) for one in {appeal.decision_id: appeal.decision for appeal in appeals}.values()
        ],
        statements=[_statement(appeal, veils) for appeal in appeals[:LISTED]],
        more=max(0, len(appeals) - LISTED),
        first=f"{OUTCOMES[judged.outcome]}{rules}",
        typed=judged.verdict,
    )


def _as_it_was(case: Case) -> str:
    """The text that was decided, where the item says something else by now."""
    decided = (
        Decision.objects.filter(pk=case.about_decision_id or 0)
        .values_list("item_revision", flat=True)
        .first()
    )
    if decided is None or decided == case.item.revision:
        return ""
    text = ItemContent.objects.filter(item_id=case.item_id, revision=decided).values_list("text", flat=True)
    return text.first() or ""


def _decision(decision: Decision) -> dict[str, Any]:
    whole = edition(decision.guideline_version_id)
    return {
        "outcome_label": OUTCOMES[decision.outcome],
        "origin": ORIGINS[decision.origin],
        "at": decision.decided_at,
        "version": whole.number,
        "rules": [whole.rules[code] for code in decision.rule_codes if code in whole.rules],
        "actions": [whole.actions[code].title for code in decision.actions if code in whole.actions],
        "because": [RATIONALE.get(code, code) for code in decision.rationale],
        "explanation": decision.words.explanation,
        "note": decision.words.private_note,
    }


def _statement(appeal: Appeal, veils: dict[str, Veil]) -> dict[str, Any]:
    files = list(appeal.files.all())
    pictures = [file for file in files if file.mime.startswith("image/")]
    return {
        "id": appeal.pk,
        "by": appeal.get_by_display(),  # type: ignore[attr-defined]
        "at": appeal.lodged_at,
        "text": appeal.words.statement,
        "language": appeal.words.language,
        "pictures": [_picture(file, veils) for file in pictures],
        "documents": [
            {"url": f"/appeals/files/{file.pk}", "kilobytes": max(1, file.size // 1000)}
            for file in files
            if file not in pictures
        ],
    }


def _picture(file: Any, veils: dict[str, Veil]) -> dict[str, Any]:
    shown = {
        "id": f"appeal-{file.pk}", "mime": file.mime, "state": "ready", "veil_uri": file.veil, "transcript": "",
        "width": file.width, "height": file.height, "alt": "", "frames": [], "kind": "image",
        "src": f"/appeals/files/{file.pk}",
    }  # fmt: skip
    # The lightest cover is not made for evidence: it has the usual one.
    return {**shown, **dressed(shown, veils), "veil_uri": file.veil, "light": False}
