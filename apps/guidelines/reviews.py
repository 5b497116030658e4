"""What the review page shows: where a draft stands on its way, and what this person may do next."""

from typing import Any

from django.utils.timezone import now

from apps.accounts.models import User
from apps.guidelines.access import AUTHORS
from apps.guidelines.completeness import lacks
from apps.guidelines.drafts import planned_for, unseen
from apps.guidelines.models import Comment, GuidelineVersion, Schedule
from apps.guidelines.operations.publishing import EMERGENCY_STANDS
from apps.guidelines.operations.reviewing import authors, standing_approvals


def standing(version: GuidelineVersion, person: User) -> dict[str, Any]:
    """State, approvals, comments and plans of a draft, and what this person may do about them."""
    approvals = standing_approvals(version)
    wrote = authors(version)
    comments: dict[str, list[Comment]] = {}
    for one in version.comments.select_related("person", "resolved_by"):
        comments.setdefault(str(one.rule or ""), []).append(one)
    open_count = sum(1 for of_part in comments.values() for one in of_part if one.resolved_at is None)
    call = (
        version.emergency_calls.filter(
            ended_at=None, at__gt=now() - EMERGENCY_STANDS, revision=version.revision
        )
        .select_related("person")
        .first()
    )
    current = GuidelineVersion.objects.filter(state=GuidelineVersion.State.PUBLISHED).first()
    missing = lacks(version)
    in_review = version.state == GuidelineVersion.State.IN_REVIEW
    outdated = version.base_id != (current.pk if current else None)
    return {
        "approvals": approvals,
        "older_approvals": list(
            version.approvals.exclude(revision=version.revision, withdrawn_at=None).select_related("person")
        ),
        "authors": list(User.objects.filter(pk__in=wrote).order_by("pseudonym")),
        "wrote": person.pk in wrote,
        "approved": any(one.person_id == person.pk for one in approvals),
        "comments": comments,
        "open_comments": open_count,
        "call": call,
        "my_call": call is not None and call.person_id == person.pk,
        "current": current,
        "outdated": outdated,
        "missing": missing,
        "in_review": in_review,
        "planned": planned_for(version),
        "refused_plan": version.schedules.filter(state=Schedule.State.REFUSED).order_by("-id").first(),
        "ready": in_review and bool(approvals) and not open_count and not missing and not outdated,
        "lead_notices": unseen(person),
    }


def comparable(person: User) -> list[GuidelineVersion]:
    """The versions this person may compare, newest first; drafts lead for those who write."""
    versions = GuidelineVersion.objects.select_related("base")
    if not person.has_role(*AUTHORS):
        versions = versions.filter(published_at__isnull=False)
    return list(versions.order_by("-id"))
