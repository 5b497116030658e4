"""Once a batch is merged: its rows, its results and what is written down of it."""

from typing import Any

from apps.intake.lines import FlagSent, ItemSent, ReportSent, SentScore, ViewsSent
from apps.intake.operations import statements as sql
from apps.intake.operations.batch import Batch, Work
from apps.intake.operations.drafts import Content
from apps.intake.operations.evident import write_evidence
from apps.intake.standing import THEIR_OWN, Terms, standing
from apps.ledger.operations import Entry

MediaStates = dict[tuple[int, int], list[str]]


def write(batch: Batch) -> list[Entry]:
    """Write the rows of a merged batch and fill in its results; what is to be recorded, in the order of the lines."""
    about_items = batch.about_items()
    media = _write_contents(batch)
    _write_readings(batch)
    _write_reports(batch)
    _write_flags(batch)
    write_evidence(batch, about_items)
    _settle_items(batch)
    for repeat, first in batch.repeats:
        repeat.result.id, repeat.result.item_id = first.result.id, first.result.item_id
    return _entries(batch, media)


def _write_contents(batch: Batch) -> MediaStates:
    written = [
        (batch.items[key]["id"], content)
        for key, draft in sorted(batch.drafts.items(), key=lambda pair: pair[0])
        for content in draft.contents
    ]
    if not written:
        return {}
    for statement, rows in (
        (sql.CONTENTS, [_content(id, one) for id, one in written if not one.base]),
        (sql.NEXT_CONTENTS, [_content(id, one) for id, one in written if one.base]),
    ):
        if rows:
            sql.run(statement, rows)
    given = [
        {
            "item_id": id, "revision": one.revision, "base": one.base, "position": n,
            "url": media.url or "", "upload_id": media.upload_id, "mime": media.mime,
            "sha256": media.sha256 or "", "pdq": media.pdq or "", "duration_s": media.duration_s,
            "alt": media.alt or "", "transcript": media.transcript or "",
        }
        for id, one in written for n, media in enumerate(one.media or ())
    ]  # fmt: skip
    carried = [
        {"item_id": id, "revision": one.revision, "base": one.base}
        for id, one in written
        if one.media is None and one.base
    ]
    states: MediaStates = {}
    for statement, rows in ((sql.MEDIA, given), (sql.CARRIED_MEDIA, carried)):
        for id, revision, state in sql.run(statement, rows) if rows else ():
            states.setdefault((id, revision), []).append(state)
    return states


def _content(item_id: int, one: Content) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "revision": one.revision,
        "base": one.base,
        "text": one.text,
        "context": one.context,
    }


def _write_readings(batch: Batch) -> None:
    rows = [
        {"item_id": batch.items[key]["id"], "views": views, "at": at}
        for key, draft in sorted(batch.drafts.items(), key=lambda pair: pair[0])
        for views, at in draft.readings
    ]
    new = set(sql.run(sql.READINGS, rows)) if rows else set()
    for work in batch.open(ViewsSent):
        item_id = batch.items[work.key]["id"]
        work.result.duplicate = (item_id, work.line.at) not in new
        _settle(batch, work, 200 if work.result.duplicate else 202, item_id)


def _write_reports(batch: Batch) -> None:
    works = batch.open(ReportSent)
    rows = [
        _row(batch, work)
        | {
            "reporter_id": work.reporter_id, "trusted": work.trusted, "reason": work.line.reason,
            "rule": work.line.rule or "", "comment": work.line.comment or "",
            "notice": work.line.notice and work.line.notice.model_dump(exclude_none=True),
        }
        for work in works
    ]  # fmt: skip
    ids = sorted(sql.run(sql.REPORTS, rows)) if rows else []
    for work, (id,) in zip(works, ids, strict=True):
        _settle(batch, work, 202, id)


def _write_flags(batch: Batch) -> None:
    works = batch.open(FlagSent)
    named = {(work.line.detector.name, work.line.detector.version) for work in works}
    terms = standing.ask(named) if named else {}
    rows = []
    for work in works:
        name, version = work.line.detector.name, work.line.detector.version
        agreed = terms.get((name, version), THEIR_OWN)
        scores = [_score(score, agreed) for score in work.line.scores]
        over = not agreed.shadow and any(score["score"] >= score["threshold"] for score in scores)
        work.over, work.shadow = over, agreed.shadow
        rows.append(
            _row(batch, work)
            | {"detector": name, "version": version, "scores": scores, "over": over, "shadow": agreed.shadow}
        )
    ids = sorted(sql.run(sql.FLAGS, rows)) if rows else []
    for work, (id,) in zip(works, ids, strict=True):
        _settle(batch, work, 202, id)


def _settle_items(batch: Batch) -> None:
    for work in batch.open(ItemSent):
        work.result.duplicate = not (work.changed or work.told)
        _settle(batch, work, 200 if work.before else 201, batch.items[work.key]["id"])


def _row(batch: Batch, work: Work) -> dict[str, Any]:
    return {
        "n": work.n, "item_id": batch.items[work.key]["id"], "revision": work.revision, "at": batch.at,
        "key_id": batch.owner_of(work), "idem": getattr(work.line, "idempotency_key", None),
    }  # fmt: skip


def _settle(batch: Batch, work: Work, status: int, id: int) -> None:
    work.result.status, work.result.id, work.result.created = (
        status,
        id,
        not work.before and work.revision > 0,
    )
    work.result.item_id = batch.items[work.key]["id"]


def _entries(batch: Batch, media: MediaStates) -> list[Entry]:
    entries: list[Entry] = []

    def note(work: Work, event: str, **data: Any) -> None:
        by = {"key": batch.key_id} if batch.key_id else {}
        entries.append(Entry(event, item_id=work.result.item_id, data=data | by))

    for work in batch.works:
        if (work.result.duplicate and not isinstance(work.line, ItemSent)) or work.result.status >= 400:
            continue
        if work.revision > work.before:
            states = media.get((work.result.item_id, work.revision), [])
            about = {"revision": work.revision, "media": len(states)}
            if work.before:
                note(work, "item.changed", **about)
            else:
                note(work, "item.received", kind=work.line.item.kind, **about)
            if states and "preparing" not in states:
                note(work, "item.prepared", revision=work.revision)
        if work.counted:
            counted = work.line if isinstance(work.line, ViewsSent) else work.line.item
            note(work, "views.counted", views=counted.views)
        if work.told and not work.shadow:
            note(work, "account.evidence_told", parts=work.told)
        if isinstance(work.line, ReportSent):
            note(work, "report.received", report=work.result.id, trusted=work.trusted)
        elif isinstance(work.line, FlagSent):
            note(work, "flag.received", flag=work.result.id, over=work.over, shadow=work.shadow)
    return entries


def _score(sent: SentScore, agreed: Terms) -> dict[str, Any]:
    """A score as it is kept: where the house has a threshold of its own, that one counts."""
    ours = agreed.thresholds.get(sent.rule)
    return (
        sent.model_dump()
        if ours is None
        else {**sent.model_dump(), "threshold": ours, "sent": sent.threshold}
    )
