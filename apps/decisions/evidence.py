"""What was known of an item at one moment: kept with the decision, hashed on it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.statements import Statement

SNAPSHOT = Statement(
    "decisions_evidence",
    """
SELECT item.revision, item.kind, item.language, item.country, item.posted_at, item.views,
    COALESCE(author.public_figure, false), author.followers,
    (SELECT min(received_at) FROM intake_report r WHERE r.item_id = item.id),
    (SELECT min(received_at) FROM intake_flag f WHERE f.item_id = item.id AND f.over_threshold),
    (SELECT content.text FROM intake_itemcontent content
     WHERE content.item_id = item.id AND content.revision = item.revision),
    (SELECT jsonb_agg(jsonb_build_object('mime', m.mime, 'sha256', m.sha256, 'pdq', m.pdq,
                                         'pdq_quality', m.pdq_quality) ORDER BY m.position)
     FROM intake_media m WHERE m.item_id = item.id AND m.revision = item.revision),
    (SELECT jsonb_agg(jsonb_build_object('detector', f.detector, 'version', f.detector_version,
                                         'scores', f.scores, 'at', f.received_at) ORDER BY f.id)
     FROM (SELECT * FROM intake_flag WHERE item_id = item.id ORDER BY id DESC LIMIT 50) f),
    (SELECT jsonb_build_object('count', count(*), 'reporters', count(DISTINCT reporter_id),
                               'trusted', count(*) FILTER (WHERE trusted),
                               'reasons', COALESCE(jsonb_agg(DISTINCT reason), '[]'))
     FROM (SELECT * FROM intake_report WHERE item_id = item.id ORDER BY id LIMIT 1000) r),
    (SELECT d.id FROM decisions_decision d
     WHERE d.item_id = item.id AND NOT d.measures AND d.purpose <> 'authority_request'
       AND NOT EXISTS (SELECT 1 FROM decisions_decision later WHERE later.supersedes_id = d.id)
     ORDER BY d.id DESC LIMIT 1),
    (SELECT jsonb_agg(jsonb_build_object('part', e.part, 'facts', e.facts, 'told_with', e.told_with, 'detector', e.detector,
                                         'version', e.detector_version, 'sha256', e.sha256, 'at', e.received_at) ORDER BY e.id)
     FROM (SELECT * FROM intake_accountevidence WHERE item_id = item.id AND NOT shadow AND erased_at IS NULL
           ORDER BY id DESC LIMIT 50) e),
    (SELECT jsonb_agg(jsonb_build_object('match', m.id, 'entry', m.entry_id, 'signal', m.signal, 'distance', m.distance,
                                         'share', m.share, 'quality', m.quality, 'at_ms', m.at_ms,
                                         'opinion', m.opinion) ORDER BY m.id)
     FROM (SELECT * FROM matching_match WHERE item_id = item.id AND revision = item.revision ORDER BY id LIMIT 50) m)
FROM intake_item item LEFT JOIN intake_author author ON author.id = item.author_id
WHERE item.id = %(item)s
FOR NO KEY UPDATE OF item
""",
)


@dataclass(frozen=True)
class Evidence:
    """A snapshot under the item's lock. `head` is the end of the item's chain of decisions, which a new one
    supersedes; what local law alone asked for stands beside that chain."""

    revision: int
    kind: str
    language: str
    posted_at: datetime | None
    views: int | None
    public_figure: bool
    first_report_at: datetime | None
    first_flag_at: datetime | None
    reported: bool
    head: int | None
    snapshot: dict[str, Any]

    @property
    def sha256(self) -> str:
        """Of the snapshot in a fixed form; stays on the decision when the snapshot is erased."""
        text = json.dumps(self.snapshot, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def take(item_id: int) -> Evidence:
    """Lock the item and take the snapshot: one query. Last lock of the order shift, case, claim, item."""
    row = SNAPSHOT.run({"item": item_id})
    assert row is not None
    (
        revision, kind, language, country, posted_at, views, public_figure, followers, first_report, first_flag,
        text, media, flags, reports, head, account, matches,
    ) = row  # fmt: skip
    reports = _json(reports) or {}
    return Evidence(
        revision=revision,
        kind=kind,
        language=language,
        posted_at=posted_at,
        views=views,
        public_figure=public_figure,
        first_report_at=first_report,
        first_flag_at=first_flag,
        reported=bool(reports.get("count")),
        head=head,
        snapshot={
            "text": text,
            "media": _json(media) or [],
            "flags": _json(flags) or [],
            "reports": reports,
            "views": views,
            "item": {
                "kind": kind,
                "language": language,
                "country": country,
                "posted_at": posted_at.isoformat() if posted_at else None,
                "revision": revision,
            },
            "author": {"followers": followers, "public_figure": public_figure},
            **({"account": told} if (told := _json(account)) else {}),
            **({"matches": found} if (found := _json(matches)) else {}),
        },
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
