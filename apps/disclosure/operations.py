"""Drafting, publishing and correcting reports; and counting the reports that come in, by the day."""

import hashlib
import json
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.timezone import localdate, now

from apps.accounts.models import User
from apps.disclosure.answering import fold_answers
from apps.disclosure.cells import from_sums
from apps.disclosure.errors import (
    DraftedAlready,
    DraftMoved,
    PeriodNotOver,
    PublishedAlready,
    SomebodyElsePublishes,
)
from apps.disclosure.figures import figures
from apps.disclosure.models import Edition, NoticesFolded, Period
from apps.disclosure.periods import SETTLED_AFTER
from apps.errors import Invalid
from apps.ledger.operations import record

__all__ = ["count_anew", "draft", "fold_answers", "fold_notices", "publish", "put_aside"]

THE_ONE = 1
WORDS_AT_MOST = 8_000


@transaction.atomic
def draft(
    *,
    actor: User,
    kind: str,
    begins: date,
    ends: date,
    reason: str = "",
    recipients: int | None = None,
    words: str = "",
) -> Edition:
    """Count a period's figures into a draft: its first edition, or a correction, which says why (`reason`).

    `recipients`: active recipients of the service, if it says so; `words`: what the service did, in its own words.
    Raises PeriodNotOver, DraftedAlready, or Invalid for a correction without a reason.
    """
    if ends > localdate():
        raise PeriodNotOver
    if len(words) > WORDS_AT_MOST:
        raise Invalid(errors=[{"field": "words", "reason": f"At most {WORDS_AT_MOST} characters."}])
    Period.objects.bulk_create([Period(kind=kind, begins=begins, ends=ends)], ignore_conflicts=True)
    # The period's row is the lock: editions of it are numbered one after the other.
    period = Period.objects.select_for_update(no_key=True).get(kind=kind, begins=begins)
    if period.editions.filter(state=Edition.State.DRAFT).exists():
        raise DraftedAlready
    last = period.editions.aggregate(last=Max("number"))["last"] or 0
    if last and not reason.strip():
        raise Invalid(
            errors=[{"field": "reason", "reason": "A correction of what is published says what was wrong."}]
        )
    found = _counted(period)
    edition = Edition.objects.create(
        period=period, number=last + 1, reason=reason.strip()[:500], recipients=recipients, words=words.strip(),
        figures=found, sha256=digest(found), drafted_by=actor, drafted_at=now(),
    )  # fmt: skip
    record("disclosure.drafted", actor=actor, edition=edition.pk, period=period.slug, number=edition.number)
    return edition


@transaction.atomic
def count_anew(*, actor: User, edition_id: int) -> Edition:
    """Count a draft's figures again, as they are now. Whoever does so has drafted it. Raises PublishedAlready."""
    edition = _locked(edition_id)
    edition.figures = _counted(edition.period)
    edition.sha256 = digest(edition.figures)
    edition.drafted_by, edition.drafted_at = actor, now()
    edition.save(update_fields=["figures", "sha256", "drafted_by", "drafted_at"])
    record("disclosure.counted_anew", actor=actor, edition=edition.pk, sha256=edition.sha256)
    return edition


@transaction.atomic
def publish(*, actor: User, edition_id: int, seen: str) -> Edition:
    """Publish a draft, for ever. `seen` is the digest of the figures she read.

    Raises SomebodyElsePublishes for whoever drafted it, DraftMoved when it was counted anew meanwhile,
    PublishedAlready.
    """
    edition = _locked(edition_id)
    if edition.drafted_by_id == actor.pk:
        raise SomebodyElsePublishes
    if edition.sha256 != seen:
        raise DraftMoved
    edition.state = Edition.State.PUBLISHED
    edition.published_by, edition.published_at = actor, now()
    edition.save(update_fields=["state", "published_by", "published_at"])
    record(
        "disclosure.published", actor=actor, edition=edition.pk, period=edition.period.slug, number=edition.number,
        sha256=edition.sha256,
    )  # fmt: skip
    return edition


@transaction.atomic
def put_aside(*, actor: User, edition_id: int) -> None:
    """Take a draft away. Its number is free again. Raises PublishedAlready."""
    edition = _locked(edition_id)
    record(
        "disclosure.put_aside",
        actor=actor,
        edition=edition.pk,
        period=edition.period.slug,
        number=edition.number,
    )
    edition.delete()


def digest(found: dict[str, Any]) -> str:
    """SHA-256 of figures in one way of writing: sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(
        json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def _counted(period: Period) -> dict[str, Any]:
    return figures(
        from_sums(period.begins, period.ends),
        period.begins,
        period.ends,
        smallest=settings.TRANSPARENCY_SMALLEST,
    )


def _locked(edition_id: int) -> Edition:
    edition = Edition.objects.select_for_update(of=("self",)).select_related("period").get(pk=edition_id)
    if edition.state == Edition.State.PUBLISHED:
        raise PublishedAlready
    return edition


FOLD = """
    WITH next AS MATERIALIZED (
        SELECT id, received_at, rule_code, trusted FROM intake_report WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
    ), taken AS (
        -- None is passed over: what may not be settled yet ends the round, though history with later ids lies behind it.
        SELECT id, (received_at AT TIME ZONE %(zone)s)::date AS day, rule_code, trusted FROM next
        WHERE id < COALESCE((SELECT min(id) FROM next WHERE received_at >= %(before)s), 9223372036854775807)
    ), added AS (
        INSERT INTO disclosure_noticeday AS known (day, rule_code, n, trusted)
        SELECT day, rule_code, count(*), count(*) FILTER (WHERE trusted) FROM taken GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (day, rule_code) DO UPDATE SET n = known.n + excluded.n, trusted = known.trusted + excluded.trusted
    )
    SELECT count(*), max(id) FROM taken
"""


@transaction.atomic
def fold_notices(*, limit: int = 100_000) -> int:
    """Add reports that came in to the sums of their days, in the order of their ids, each once; how many."""
    NoticesFolded.objects.get_or_create(pk=THE_ONE)
    last = NoticesFolded.objects.select_for_update().get(pk=THE_ONE)
    with connection.cursor() as cursor:
        cursor.execute(
            FOLD,
            {
                "after": last.report_id, "before": now() - SETTLED_AFTER, "limit": limit, "zone": settings.TIME_ZONE,
            },
        )  # fmt: skip
        counted, upto = cursor.fetchone()
    if upto is not None:
        NoticesFolded.objects.filter(pk=THE_ONE).update(report_id=upto)
    return int(counted)
