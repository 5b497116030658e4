"""What the platform is told. Built from decisions alone: never who decided, who reported, or private notes."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Prefetch

from apps.authority.models import ContestLetter, Ending
from apps.decisions.models import Decision, DecisionRule, Enforcement
from apps.feedback.labels import cited_of, label_of
from apps.lawful.models import LawLetter

OWN = [field.attname for field in Decision._meta.concrete_fields]
# A guideline version carries the principles of the whole set: only its number is told.
BESIDE = (
    "guideline_version__number",
    "item__source", "item__external_id", "item__author__source", "item__author__external_id",
)  # fmt: skip
AUTOMATED_DETECTION = {"auto_flag", "hash"}
AUTOMATED_DECISION = {
    "human": "not_automated",
    "auto": "fully_automated",
    "hash_propagated": "partially_automated",
}


def decision_data(decision: Decision, *, supersedes: int | None) -> dict[str, Any]:
    """A decision as the platform needs it: item, rules as they were worded, what is to be done, the notices.

    Expects item and guideline version selected, and citations, enforcements and notices prefetched.
    """
    number = decision.guideline_version.number
    return {
        "decision_id": decision.pk,
        "decided_at": decision.decided_at.isoformat(),
        "item": item_data(decision),
        "outcome": decision.outcome,
        "ground": decision.ground,
        "language": decision.language,
        "rules": [
            {
                "code": cited.rule_version.code,
                "title": cited.rule_version.title,
                "guideline_version": number,
                "url": f"{settings.PUBLIC_URL}/community-guidelines/versions/{number}/rules/{cited.rule_version.code}/",
            }
            for cited in decision.cited.all()
        ],
        "actions": [
            {"action": one.action, "parameters": one.parameters, "enforcement_id": one.pk}
            for one in decision.enforcements.all()
            if one.reverses_id is None
        ],
        "reversed": [
            {"action": one.action, "enforcement_id": one.reverses_id}
            for one in decision.enforcements.all()
            if one.reverses_id is not None
        ],
        "notices": [
            {"audience": notice.audience, "language": notice.language, "text": notice.text}
            for notice in decision.notices.all()
        ],
        "detection_source": decision.detection_source,
        "automated_detection": decision.detection_source in AUTOMATED_DETECTION,
        "automated_decision": AUTOMATED_DECISION[decision.origin],
        "supersedes": supersedes,
    }


def superseded_data(decision: Decision, *, superseded: int) -> dict[str, Any]:
    """That an earlier decision no longer stands, with the whole of the one that stands instead."""
    return {
        "decision_id": superseded,
        "item": item_data(decision),
        "superseded_by": decision_data(decision, supersedes=superseded),
    }


def enforcement_data(enforcement: Enforcement) -> dict[str, Any]:
    """What is to be done, to what. Its effect is told back at /api/v1/enforcements/{enforcement_id}/effective."""
    data = {
        "enforcement_id": enforcement.pk,
        "decision_id": enforcement.decision_id,
        "item": item_data(enforcement.decision),
        "action": enforcement.action,
        "parameters": enforcement.parameters,
        "due_at": enforcement.due_at.isoformat(),
    }
    author = enforcement.decision.item.author
    if enforcement.parameters.get("target") == "account" and author is not None:
        data["account"] = {"source": author.source, "external_id": author.external_id}
    return data


def reversal_data(enforcement: Enforcement) -> dict[str, Any]:
    """What is no longer to be done, and is to be undone where it was."""
    return {**enforcement_data(enforcement), "reverses": enforcement.reverses_id}


def label_data(decision: Decision, *, state: str, superseded_by: int | None) -> dict[str, Any]:
    """What a decision teaches, and where its label stands: no content, nobody's name."""
    codes = cited_of(decision.rule_codes, decision.ground)
    number = decision.guideline_version.number
    return {
        "decision_id": decision.pk,
        "decided_at": decision.decided_at.isoformat(),
        "item": item_data(decision),
        "label": label_of(decision.outcome, decision.ground),
        "label_status": state,
        "rule_code": codes[0] if codes else None,
        "rule_codes": codes,
        "rule_version": f"{codes[0]}@{number}" if codes else None,
        "guideline_version": number,
        "ground": decision.ground,
        "language": decision.language or None,
        "superseded_by": superseded_by,
    }


def ended_data(said: dict[str, Any], decision: Decision) -> dict[str, Any]:
    """That the time of a suspension is over; it was ordered for so long from the beginning."""
    data = {
        "enforcement_id": said["enforcement"],
        "decision_id": decision.pk,
        "item": item_data(decision),
        "action": said["action"],
    }
    author = decision.item.author
    if author is not None:
        data["account"] = {"source": author.source, "external_id": author.external_id}
    return data


def appeal_data(said: dict[str, Any], appealed: Decision, heard: Decision) -> dict[str, Any]:
    """What an appeal came to, and why. The words for those concerned came with the decision that settled it."""
    return {
        "appeal_id": said["appeal"],
        "decision_id": appealed.pk,
        "item": item_data(appealed),
        "by": said["by"],
        "outcome": said["outcome"],
        "decided_by": heard.pk,
        "decided_at": heard.decided_at.isoformat(),
        "reasons": {"outcome": heard.outcome, "rules": heard.rule_codes, "rationale": heard.rationale},
    }


def notice_data(decision: Decision, notice_id: int) -> dict[str, Any]:
    """Words for the author that came later than their decision. Expects the notices prefetched."""
    notice = next(one for one in decision.notices.all() if one.pk == notice_id)
    return {
        "decision_id": decision.pk,
        "item": item_data(decision),
        "audience": notice.audience,
        "language": notice.language,
        "text": notice.text,
    }


def answer_data(decision: Decision, letter: ContestLetter) -> dict[str, Any]:
    """What came of contesting a measure of local law, in the author's words: handed on as any notice to an author is."""
    return _to_author(decision, letter.contest.language, letter.text)


def ending_data(decision: Decision, ending: Ending) -> dict[str, Any]:
    """That a measure of local law has ended, handed on as any notice to an author is."""
    return _to_author(decision, ending.language, ending.text)


def _to_author(decision: Decision, language: str, text: str) -> dict[str, Any]:
    return {
        "decision_id": decision.pk,
        "item": item_data(decision),
        "audience": "author",
        "language": language,
        "text": text,
    }


def letter_data(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Words for one side of a notice of law, by letter; nothing of the other side, and no address of anybody."""
    found = LawLetter.objects.filter(pk__in=list(ids)).select_related("notice__item")
    return {
        letter.pk: {
            "law_notice_id": letter.notice_id,
            "item": {"source": letter.notice.item.source, "external_id": letter.notice.item.external_id}
            if letter.notice.item
            else None,
            "side": letter.side,
            "about": letter.about,
            "language": letter.language,
            "text": letter.text,
        }
        for letter in found
    }


def item_data(decision: Decision) -> dict[str, Any]:
    return {
        "source": decision.item.source,
        "external_id": decision.item.external_id,
        "revision": decision.item_revision,
    }


def prefetched(ids: Iterable[int]) -> dict[int, Decision]:
    """The decisions with everything that `decision_data` reads, in a fixed number of queries."""
    cited = DecisionRule.objects.select_related("rule_version").only(
        "decision_id", "rule_version__code", "rule_version__title"
    )
    found = (
        Decision.objects.filter(pk__in=set(ids))
        .select_related("item__author", "guideline_version")
        .only(*OWN, *BESIDE)
        .prefetch_related(Prefetch("cited", cited), "enforcements", "notices")
    )
    return {decision.pk: decision for decision in found}
