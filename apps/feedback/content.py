"""What was decided about: hashes, redacted text and scores, as the snapshot of the decision has them."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from apps.feedback.columnar import TEXT, listed, or_null, sha256_of
from apps.feedback.columns import HASHES, MOMENT, SCORE
from apps.feedback.reading import FLAGS, MEDIA, parsed
from apps.feedback.redaction import SUSPECT, redact


def content_of(read: dict[str, pa.Array], shows: pa.Array, *, texts: bool = True) -> dict[str, pa.Array]:
    """Hashes, text and scores as the snapshot has them: the item may have changed since.

    `first` and `text_sha256`, SHA-256 of the first file and of the text, are beside them, and no columns of a row.
    Without `texts` that of a text is told only where it stands for the content, because there is no file.
    """
    kept = pc.fill_null(read["kept"], False)
    gone = pc.invert(kept).to_numpy(zero_copy_only=False)
    media, flags = parsed(read["media"], MEDIA), parsed(read["flags"], FLAGS)
    text = pc.if_else(kept, read["text"], pa.scalar(None, TEXT))
    counts = pc.fill_null(pc.list_value_length(media), 0).to_numpy()
    files = pc.list_flatten(media)
    hashes = pa.StructArray.from_arrays(
        [
            or_null(pc.struct_field(files, 0)),
            or_null(pc.struct_field(files, 1)),
            pc.struct_field(files, 2),
        ],
        fields=list(HASHES),
    )
    starts = np.concatenate([[0], np.cumsum(counts)])
    first = hashes.take(pa.array(starts[:-1], mask=counts == 0))
    bare = pa.array(counts == 0)
    text_sha256 = sha256_of(text if texts else pc.if_else(bare, text, pa.scalar(None, TEXT)))
    of_text = pc.if_else(bare, text_sha256, pa.scalar(None, TEXT))
    sha = pc.coalesce(pc.struct_field(first, 0), of_text)
    known = (counts > 0) | of_text.is_valid().to_numpy(zero_copy_only=False)
    content = pa.StructArray.from_arrays(
        [sha, pc.struct_field(first, 1), pc.struct_field(first, 2)],
        fields=list(HASHES),
        mask=pa.array(~known),
    )
    file = pc.struct_field(first, 0)
    return {
        "first": file,
        "text_sha256": text_sha256,
        "content_hashes": content,
        "media_hashes": listed(hashes, counts, gone),
        "media_ref": pc.if_else(
            shows, pc.binary_join_element_wise("sha256:", file, ""), pa.scalar(None, TEXT)
        ),
        "text_redacted": _redacted(pc.if_else(shows, text, pa.scalar(None, TEXT))),
        "detectors": _scores(flags, gone),
    }


def _redacted(texts: pa.Array) -> pa.Array:
    """Only what may hold something to take out is read by the patterns."""
    suspect = pc.fill_null(pc.match_substring_regex(texts, SUSPECT), False)
    return pc.replace_with_mask(
        texts, suspect, pa.array([redact(text) for text in texts.filter(suspect).to_pylist()], TEXT)
    )


def _scores(flags: pa.Array, gone: Any) -> pa.Array:
    """The scores known when it was decided, each with its threshold then."""
    flag, row = pc.list_flatten(flags), pc.list_parent_indices(flags)
    scores = pc.struct_field(flag, 3)
    score, of_flag = pc.list_flatten(scores), pc.list_parent_indices(scores)
    at = or_null(pc.struct_field(flag, 2))
    values = pa.StructArray.from_arrays(
        [
            pc.struct_field(flag, 0).take(of_flag),
            pc.struct_field(flag, 1).take(of_flag),
            pc.struct_field(score, 0),
            pc.struct_field(score, 1),
            pc.struct_field(score, 2),
            pc.cast(at, MOMENT).take(of_flag),
        ],
        fields=list(SCORE),
    )
    rows = row.take(of_flag).to_numpy()
    return listed(values, np.bincount(rows, minlength=len(flags)), gone)
