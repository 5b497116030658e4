"""The statements of `receive`: each writes or reads for a whole batch at once, in the order of the keys.

Rows go over as one JSON array and are unfolded by PostgreSQL. `ORDER BY` source and external id
makes concurrent batches lock rows in the same order.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from apps.statements import Statement


def run(statement: Statement, rows: Sequence[dict[str, Any]]) -> list[Any]:
    """Execute over these rows, and give what it returns, if anything."""
    return statement.rows({"rows": _as_json(rows)})


def named(statement: Statement, rows: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The same, each row by the names of its columns."""
    return statement.dicts({"rows": _as_json(rows)})


def _as_json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str, ensure_ascii=False)


KNOWN_PEOPLE = Statement(
    "intake_known_people",
    """
SELECT 'author', source, external_id, id, handle, followers, public_figure, NULL::timestamptz FROM intake_author
WHERE (source, external_id) IN (SELECT * FROM unnest(%(author_sources)s::text[], %(authors)s::text[]))
UNION ALL
SELECT 'reporter', source, external_id, id, NULL, NULL, trusted_flagger, paused_until FROM intake_reporter
WHERE (source, external_id) IN (SELECT * FROM unnest(%(reporter_sources)s::text[], %(reporters)s::text[]))
""",
)

# A rival may have inserted the same person meanwhile: what either of us knows stays known.
NEW_AUTHORS = Statement(
    "intake_new_authors",
    """
INSERT INTO intake_author AS a (source, external_id, handle, followers, public_figure)
SELECT source, external_id, COALESCE(handle, ''), followers, COALESCE(public_figure, false)
FROM json_to_recordset(%(rows)s::json) AS g (source text, external_id text, handle text, followers bigint, public_figure boolean)
ORDER BY source, external_id
ON CONFLICT (source, external_id) DO UPDATE SET handle = COALESCE(NULLIF(EXCLUDED.handle, ''), a.handle),
    followers = COALESCE(EXCLUDED.followers, a.followers), public_figure = a.public_figure OR EXCLUDED.public_figure
RETURNING source, external_id, id
""",
)

CHANGED_AUTHORS = Statement(
    "intake_changed_authors",
    """
UPDATE intake_author a SET handle = COALESCE(g.handle, a.handle), followers = COALESCE(g.followers, a.followers),
    public_figure = COALESCE(g.public_figure, a.public_figure)
FROM json_to_recordset(%(rows)s::json) AS g (id bigint, handle text, followers bigint, public_figure boolean) WHERE a.id = g.id
""",
)

NEW_REPORTERS = Statement(
    "intake_new_reporters",
    """
INSERT INTO intake_reporter AS r (source, external_id, trusted_flagger)
SELECT source, external_id, COALESCE(trusted_flagger, false)
FROM json_to_recordset(%(rows)s::json) AS g (source text, external_id text, trusted_flagger boolean)
ORDER BY source, external_id
ON CONFLICT (source, external_id) DO UPDATE SET trusted_flagger = r.trusted_flagger OR EXCLUDED.trusted_flagger
RETURNING source, external_id, id
""",
)

CHANGED_REPORTERS = Statement(
    "intake_changed_reporters",
    """
UPDATE intake_reporter r SET trusted_flagger = g.trusted_flagger
FROM json_to_recordset(%(rows)s::json) AS g (id bigint, trusted_flagger boolean) WHERE r.id = g.id
""",
)

_ITEM_COLUMNS = """kind text, author_id bigint, language text, country text, url text, parent text, minors boolean,
    posted_at timestamptz, views bigint, views_at timestamptz, views_per_hour float, revision int,
    content_sha256 text, text_sha256 text, media_sha256 text, context_sha256 text"""
_ITEM_NAMES = """kind, author_id, language, country, url, parent, minors, posted_at, views, views_at, views_per_hour,
    revision, content_sha256, text_sha256, media_sha256, context_sha256"""

# One pass inserts what is new and locks what is there; for the latter the stored values come back.
ITEMS = Statement(
    "intake_items",
    f"""
INSERT INTO intake_item AS i (source, external_id, {_ITEM_NAMES}, demo, received_at, updated_at)
SELECT source, external_id, {_ITEM_NAMES}, demo, at, at
FROM json_to_recordset(%(rows)s::json) AS g (source text, external_id text, {_ITEM_COLUMNS}, demo boolean, at timestamptz)
ORDER BY source, external_id
ON CONFLICT (source, external_id) DO UPDATE SET updated_at = GREATEST(i.updated_at, EXCLUDED.updated_at)
RETURNING i.id, (i.xmax = 0) AS fresh, i.source, i.external_id, {_ITEM_NAMES}
""",  # noqa: S608  (constants above)
)

LOCK_ITEMS = Statement(
    "intake_lock_items",
    f"""
SELECT i.id, false AS fresh, i.source, i.external_id, {_ITEM_NAMES}
FROM intake_item i JOIN json_to_recordset(%(rows)s::json) AS g (source text, external_id text) USING (source, external_id)
ORDER BY i.source, i.external_id FOR NO KEY UPDATE OF i
""",  # noqa: S608
)

UPDATE_ITEMS = Statement(
    "intake_update_items",
    f"""
UPDATE intake_item i SET ({_ITEM_NAMES}) = (SELECT g.kind, g.author_id, g.language, g.country, g.url, g.parent,
    g.minors, g.posted_at, g.views, g.views_at, g.views_per_hour, g.revision, g.content_sha256, g.text_sha256,
    g.media_sha256, g.context_sha256)
FROM json_to_recordset(%(rows)s::json) AS g (id bigint, {_ITEM_COLUMNS}) WHERE i.id = g.id
""",  # noqa: S608
)

CONTENTS = Statement(
    "intake_contents",
    """
INSERT INTO intake_itemcontent (item_id, revision, text, context)
SELECT item_id, revision, COALESCE(text, ''), COALESCE(context, '[]')
FROM json_to_recordset(%(rows)s::json) AS g (item_id bigint, revision int, text text, context jsonb)
""",
)

# What a revision does not say anew is as it was at the revision before.
NEXT_CONTENTS = Statement(
    "intake_next_contents",
    """
INSERT INTO intake_itemcontent (item_id, revision, text, context)
SELECT g.item_id, g.revision, COALESCE(g.text, base.text, ''), COALESCE(g.context, base.context, '[]')
FROM json_to_recordset(%(rows)s::json) AS g (item_id bigint, revision int, base int, text text, context jsonb)
LEFT JOIN intake_itemcontent base ON base.item_id = g.item_id AND base.revision = g.base
""",
)

_PREPARED = "state, refused_reason, file, veil, frames, width, height, pdq_quality, frame_pdqs, frame_offsets"

# A file prepared for the revision before, at the same address, is not fetched again.
MEDIA = Statement(
    "intake_media",
    f"""
INSERT INTO intake_media (item_id, revision, position, url, upload_id, mime, sha256, pdq, duration_s, alt, transcript,
    {_PREPARED})
SELECT g.item_id, g.revision, g.position, g.url, g.upload_id, COALESCE(base.mime, g.mime),
    COALESCE(base.sha256, g.sha256), COALESCE(base.pdq, g.pdq), COALESCE(base.duration_s, g.duration_s),
    g.alt, g.transcript, COALESCE(base.state, 'preparing'), '', COALESCE(base.file, ''), COALESCE(base.veil, ''),
    COALESCE(base.frames, 0), base.width, base.height, base.pdq_quality,
    COALESCE(base.frame_pdqs, '[]'), base.frame_offsets
FROM json_to_recordset(%(rows)s::json) AS g (item_id bigint, revision int, base int, position int, url text, upload_id bigint,
    mime text, sha256 text, pdq text, duration_s float, alt text, transcript text)
LEFT JOIN LATERAL (
    SELECT * FROM intake_media m
    WHERE m.item_id = g.item_id AND m.revision = g.base AND m.state = 'ready' AND m.url = g.url
        AND m.upload_id IS NOT DISTINCT FROM g.upload_id AND m.mime = g.mime
        AND (g.sha256 = '' OR m.sha256 = g.sha256)
    LIMIT 1
) base ON true
RETURNING item_id, revision, state
""",  # noqa: S608
)

CARRIED_MEDIA = Statement(
    "intake_carried_media",
    f"""
INSERT INTO intake_media (item_id, revision, position, url, upload_id, mime, sha256, pdq, duration_s, alt, transcript,
    {_PREPARED})
SELECT m.item_id, g.revision, m.position, m.url, m.upload_id, m.mime, m.sha256, m.pdq, m.duration_s, m.alt,
    m.transcript, m.state, m.refused_reason, m.file, m.veil, m.frames, m.width, m.height, m.pdq_quality,
    m.frame_pdqs, m.frame_offsets
FROM json_to_recordset(%(rows)s::json) AS g (item_id bigint, revision int, base int)
JOIN intake_media m ON m.item_id = g.item_id AND m.revision = g.base
RETURNING item_id, revision, state
""",  # noqa: S608
)

# Serial ids follow the order of the rows, so the n-th smallest id returned is the n-th row written.
REPORTS = Statement(
    "intake_reports",
    """
INSERT INTO intake_report (item_id, item_revision, reporter_id, trusted, reason, rule_code, comment, notice,
    key_id, idempotency_key, received_at)
SELECT g.item_id, g.revision, g.reporter_id, g.trusted, g.reason, g.rule, g.comment, g.notice, g.key_id, g.idem, g.at
FROM json_to_recordset(%(rows)s::json) AS g (n int, item_id bigint, revision int, reporter_id bigint, trusted boolean,
    reason text, rule text, comment text, notice jsonb, key_id bigint, idem text, at timestamptz)
ORDER BY g.n
RETURNING id
""",
)

FLAGS = Statement(
    "intake_flags",
    """
INSERT INTO intake_flag (item_id, item_revision, detector, detector_version, scores, over_threshold, shadow, key_id,
    idempotency_key, received_at)
SELECT g.item_id, g.revision, g.detector, g.version, g.scores, g.over, g.shadow, g.key_id, g.idem, g.at
FROM json_to_recordset(%(rows)s::json) AS g (n int, item_id bigint, revision int, detector text, version text, scores jsonb,
    over boolean, shadow boolean, key_id bigint, idem text, at timestamptz)
ORDER BY g.n
RETURNING id
""",
)

# The same told again by the same is kept once.
ACCOUNT_EVIDENCE = Statement(
    "intake_account_evidence",
    """
INSERT INTO intake_accountevidence (item_id, item_revision, part, facts, told_with, detector, detector_version, shadow,
    sha256, key_id, received_at)
SELECT g.item_id, g.revision, g.part, g.facts, g.told_with, g.detector, g.version, g.shadow, g.sha256, g.key_id, g.at
FROM json_to_recordset(%(rows)s::json) AS g (n int, item_id bigint, revision int, part text, facts jsonb, told_with text,
    detector text, version text, shadow boolean, sha256 text, key_id bigint, at timestamptz)
ORDER BY g.n
ON CONFLICT (item_id, sha256) DO NOTHING
RETURNING item_id, sha256
""",
)

READINGS = Statement(
    "intake_readings",
    """
INSERT INTO intake_viewcount (item_id, views, at)
SELECT g.item_id, g.views, g.at
FROM json_to_recordset(%(rows)s::json) AS g (item_id bigint, views bigint, at timestamptz)
ON CONFLICT (item_id, at) DO NOTHING
RETURNING item_id, at
""",
)

KNOWN_KEYS = Statement(
    "intake_known_keys",
    """
SELECT 'report', r.idempotency_key, r.id, i.id, i.source, i.external_id
FROM unnest(%(keys)s::bigint[], %(idem)s::text[]) AS asked (key_id, idem)
JOIN intake_report r ON r.key_id = asked.key_id AND r.idempotency_key = asked.idem
JOIN intake_item i ON i.id = r.item_id
UNION ALL
SELECT 'flag', f.idempotency_key, f.id, i.id, i.source, i.external_id
FROM unnest(%(keys)s::bigint[], %(idem)s::text[]) AS asked (key_id, idem)
JOIN intake_flag f ON f.key_id = asked.key_id AND f.idempotency_key = asked.idem
JOIN intake_item i ON i.id = f.item_id
""",
)
