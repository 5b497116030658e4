"""The case she holds, as the desk shows it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Hold
from apps.decisions.verdict import RATIONALE
from apps.desk import guidance
from apps.desk.account_evidence import told_of_account
from apps.desk.hearing import hearing
from apps.desk.queries import case_file
from apps.desk.seen import seen_before
from apps.desk.veils import REVEALS, dressed
from apps.guidelines.queries import Edition, Rule, in_force, rules_likely
from apps.intake.credibility import credibility
from apps.quality.queries import both_sides
from apps.queues.models import Case, Claim
from apps.queues.queries import BLIND, reach_ask
from apps.queues.reach_words import in_words
from apps.strikes.ladder import Step, step
from apps.wellbeing.veil.ladder import Veil
from apps.wellbeing.veil.queries import veils_in_force

KEYS = {"no_action": "A", "remove": "R", "limit_distribution": "L", "age_restrict": "G", "label": "B"}
OUTCOMES = {"violates": "Breaks a rule", "no_violation": "No violation", "unsure": "Not sure"}
LANGUAGES = {"en": "English", "km": "Khmer", "vi": "Vietnamese"}
EXPOSURE = {0: "nothing to fear", 1: "mild", 2: "moderate", 3: "high", 4: "extreme"}
HEAVINESS = {
    0: "Nothing distressing is expected.",
    1: "Mild: may be unpleasant.",
    2: "Moderate: may be upsetting. It stays covered until you uncover it.",
    3: "High: likely distressing. Read the description first; you may skip it.",
    4: "Extreme. Take it only if you are ready; nobody asks why not.",
}
SOURCES = {
    "user_report": "People reported it",
    "trusted_flagger": "A trusted flagger sent a notice",
    "auto_flag": "A detector found it",
    "hash": "It matches a bank",
    "virality": "It became widely seen",
}  # what was drawn at random says so to nobody who decides: it came in


def case_screen(
    user: User,
    claim: Claim,
    *,
    shown: bool,
    chosen: Sequence[str] = (),
    file: dict[str, Any] | None = None,
    veils: dict[str, Veil] | None = None,
) -> dict[str, Any]:
    """Everything about the case she holds. `chosen`: ids of rules she chose before, likely ones or not.

    `file` and `veils` are asked for here where the caller has not read them already.
    """
    case, item, edition = claim.case, claim.case.item, in_force()
    if file is None:
        file = case_file(item.pk, case.pk)
    if veils is None:
        veils = veils_in_force(claim.holder_id, case.exposure)
    told = guidance.guidance(user, edition)
    heard = hearing(user, case, veils) if case.purpose == Case.Purpose.APPEAL else None
    blind = heard is not None and heard.blind
    # What was cited before is no hint to somebody who judges an appeal first.
    suspected = [] if blind else case.rule_codes
    if heard is not None and not chosen:
        chosen = heard.typed.get("rules", [])
    likely = _likely(suspected, file, edition)
    found = [
        edition.rules_by_id[int(rule)]
        for rule in chosen
        if rule.isdigit() and int(rule) in edition.rules_by_id
    ]
    likely = list({rule.id: rule for rule in [*likely, *found]}.values())
    author = item.author
    kind = str(item.get_kind_display())
    return {
        "case": _case(case, suspected, file, edition),
        "claim": {
            "id": claim.pk,
            "expires_at": claim.expires_at,
            "seconds_left": max(0, int((claim.expires_at - now()).total_seconds())),
            "renewable": True,
        },
        "elapsed_ms": max(0, int((now() - claim.started_at).total_seconds() * 1000)),
        "item": {
            "id": item.pk,
            "kind": item.kind,
            "kind_label": kind,
            "language": item.language,
            "language_label": LANGUAGES.get(item.language, item.language),
            "country": item.country,
            "posted_at": item.posted_at and item.posted_at + file["later_by"],
            "views": item.views,
            "views_per_hour": item.views_per_hour,
            "url": item.url,
            "text": file["text"],
            "erased_at": file["erased_at"],
            "text_veiled": bool(veils["text"].mask_text) and not shown,
            "text_reveal": REVEALS[veils["text"].reveal],
            "context": file["context"],
            "media": [_media(media, veils, claim) for media in file["media"]],
            "author": {
                "handle": author.handle if author else "",
                "external_id": author.external_id if author else "",
                "followers": author.followers if author else None,
                "public_figure": bool(author and author.public_figure),
                **({} if blind else file["author"]),
                "next_strike": "" if blind else _next_strike(file["author"], file["ladder"]),
            },
        },
        "reports": [_report(report) for report in file["reports"]],
        "reports_total": file["reports_total"],
        "flags": _flags(file["flags"], edition),
        "account": told_of_account(file["account"], later_by=file["later_by"]),
        "hearing": heard,
        "earlier": [] if blind else [_earlier(one, edition) for one in file["earlier"]],
        "siblings": file["siblings"],
        **seen_before(item, matched=file["matched"], clustered=file["clustered"]),
        "notes": [] if blind else file["notes"],
        # Worked out only when the form's own part is not at hand as it was rendered before.
        "rules": lambda: [
            guidance.worded(
                rule_row(rule, edition, number if number <= 9 else None), rule, told["text"], told["fresh"]
            )
            for number, rule in enumerate(likely, start=1)
        ],
        "guidelines": told["guidelines"],
        # Names the rendering of the form's own part: the same rules of the same version in the same words, nothing typed.
        "kept": f"{edition.id}:{guidance.key_of(told)}:{','.join(str(rule.id) for rule in likely)}",
        "all_rules_url": "/desk/rules",
        "actions": [
            {"code": code, "title": action.title, "key": KEYS.get(code, "")}
            for code, action in edition.actions.items()
            if not code.startswith("escalate_")
        ],
        "rationale_codes": [{"code": code, "label": label} for code, label in RATIONALE.items()],
        "held": _held(case, edition) if case.purpose == Case.Purpose.APPROVAL else None,
        "sides": _sides(case, edition) if case.purpose == Case.Purpose.ADJUDICATION else None,
    }


def _case(case: Case, suspected: Sequence[str], file: dict[str, Any], edition: Edition) -> dict[str, Any]:
    purpose = file["purpose"] if case.purpose in BLIND else case.shown_purpose
    return {
        "id": case.pk,
        "purpose": purpose,
        "purpose_label": Case.Purpose(purpose).label,
        "queue_name": case.queue.name,
        "severity": case.severity,
        "exposure": case.exposure,
        "severity_mark": _level("severity", case.severity),
        "exposure_mark": _level("exposure", case.exposure, EXPOSURE[case.exposure]),
        "priority": case.priority,
        "due_at": case.due_at,
        "overdue": case.due_at < now(),
        "opened_at": case.opened_at,
        "breakdown": case.breakdown,
        "may_be": [edition.rules[code].title for code in suspected if code in edition.rules],
        "why": _why(case, file),
        "heaviness": HEAVINESS[case.exposure],
    }


def _next_strike(author: dict[str, Any], ladder: Sequence[Step]) -> str:
    """What one more strike would provide for, in words; she decides it."""
    following = step(author["strikes"] + 1, ladder)
    return following.words if following else ""


@lru_cache(maxsize=64)
def _level(kind: str, value: int, label: str = "") -> SafeString:
    """A level as squares or rounds; there are few, and each is rendered once."""
    return render_to_string("components/level.html", {"kind": kind, "value": value, "label": label})


def _why(case: Case, file: dict[str, Any]) -> str:
    people = file["reports_total"]
    parts = [SOURCES.get(case.detection_source, "It came in")]
    if people and case.detection_source != "user_report":
        parts.append("1 person reported it" if people == 1 else f"{people} reports came in")
    elif people > 1:
        parts[0] = f"{people} reports came in"
    if ask := reach_ask(case):
        parts = [in_words(ask), *parts]
    if case.due_because and not case.due_because.startswith("severity"):
        parts.append(f"due soon because of a {case.due_because}")
    return "; ".join(parts) + "."


def _media(media: dict[str, Any], veils: dict[str, Veil], claim: Claim) -> dict[str, Any]:
    """A file is named by its place in the case: numbers that all media share would tell how long one is known."""
    frames = range(1, (media["frames"] or 0) + 1)
    at = f"/desk/claims/{claim.pk}/media/{media['position']}"
    media = {**media, "id": media["position"], "at": at}
    return {
        **media,
        "kind": (media["mime"] or "").split("/")[0] or "image",
        "src": f"{at}/original",
        "frames": [f"{at}/frame-{number}" for number in frames],
        **dressed(media, veils),
    }


def _report(report: dict[str, Any]) -> dict[str, Any]:
    known = report["judged"] is not None
    return {
        **report,
        "comment": report["comment"] or "",
        "credibility": round(100 * credibility(int(report["upheld"]), int(report["judged"])))
        if known
        else None,
    }


def _flags(flags: list[dict[str, Any]], edition: Edition) -> list[dict[str, Any]]:
    rows = [
        {
            "detector": flag["detector"],
            "version": flag["version"],
            "rule_code": score["rule"],
            "rule_title": edition.rules[score["rule"]].title if score["rule"] in edition.rules else "",
            "score": score["score"],
            "threshold": score["threshold"],
            "over": score["score"] >= score["threshold"],
            "at": flag["at"],
        }
        for flag in flags
        for score in flag["scores"]
    ]
    return sorted(rows, key=lambda row: -row["score"])[:8]


def _earlier(one: dict[str, Any], edition: Edition) -> dict[str, Any]:
    titles = [edition.actions[code].title if code in edition.actions else code for code in one["actions"]]
    return {
        **one,
        "outcome_label": OUTCOMES[one["outcome"]],
        "actions": titles,
        "by": one["by"] or "automatic means",
    }


def _likely(suspected: Sequence[str], file: dict[str, Any], edition: Edition) -> list[Rule]:
    scored = sorted(
        ((score["score"], score["rule"]) for flag in file["flags"] for score in flag["scores"]), reverse=True
    )
    named = [report["rule_code"] for report in file["reports"] if report["rule_code"]]
    return rules_likely([*suspected, *named, *(rule for _, rule in scored)], limit=9, edition=edition)


def rule_row(rule: Rule, edition: Edition, number: int | None = None) -> dict[str, Any]:
    """One rule to choose, as the page shows it. Escalations are a way out of the case, not an action."""
    actions = [code for code in rule.actions if not code.startswith("escalate_")]
    return {
        "id": rule.id,
        "number": number,
        "code": rule.code,
        "title": rule.title,
        "severity": rule.severity,
        "description": rule.description,
        "violating": rule.violating_examples,
        "allowed": rule.allowed_examples,
        "usual_action": actions[0] if actions else "",
        "actions": [
            {"code": code, "title": edition.actions[code].title, "key": KEYS.get(code, "")}
            for code in actions
        ],
        "dual_review": rule.needs_second_person,
        "questions": [
            {"name": f"answer-{rule.id}-{one.key}", "text": one.text, "options": one.options}
            for one in rule.questions
        ],
    }


def _sides(case: Case, edition: Edition) -> list[dict[str, Any]]:
    """What two people said of it, with the words of the rules and actions in force; never who they were."""
    return [
        {
            "said": side,
            "rules": [edition.rules[code] for code in side.rule_codes if code in edition.rules],
            "actions": [
                edition.actions[code].title if code in edition.actions else code for code in side.actions
            ],
        }
        for side in both_sides(case)
    ]


def _held(case: Case, edition: Edition) -> dict[str, Any] | None:
    hold = (
        Hold.objects.filter(decision_id=case.about_decision_id or 0)
        .select_related("decision__decider", "decision__words")
        .first()
    )
    if hold is None:
        return None
    decision = hold.decision
    return {
        "outcome_label": OUTCOMES[decision.outcome],
        "decider": decision.decider.pseudonym if decision.decider else "",
        "rules": [edition.rules[code] for code in decision.rule_codes if code in edition.rules],
        "actions": [edition.actions[code].title for code in decision.actions if code in edition.actions],
        "explanation": decision.words.explanation,
        "because": hold.because,
        "at": decision.decided_at,
    }
