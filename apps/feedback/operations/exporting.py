"""Exporting decisions as training data."""

import contextlib
import json
import shutil
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import Invalid
from apps.feedback import queries
from apps.feedback.card import card
from apps.feedback.checking import sha256_of_file
from apps.feedback.croissant import croissant
from apps.feedback.errors import NothingToExport, PlaceNotUsable
from apps.feedback.facts import facts
from apps.feedback.keying import TEST_IS_THE_LAST, Pseudonyms, Split
from apps.feedback.labels import FINAL_AFTER
from apps.feedback.manifest import Reach, Tally, file_entry, iso, manifest_of
from apps.feedback.models import SplitVersion
from apps.feedback.operations.splitting import freeze_split, settle_clusters, settle_groups
from apps.feedback.opinions import RARE, Around, Export, Golden
from apps.feedback.reading import Range, batches
from apps.feedback.rows import as_json, rows_of
from apps.feedback.signing import sign
from apps.feedback.writers import FORMATS, Writer
from apps.guidelines.queries import edition
from apps.ledger.operations import record
from apps.quality.queries import golden_content

# Batches of rows that wait for their writers, who keep most of them and then write all at once.
UNWRITTEN = 3


@dataclass(frozen=True)
class Exported:
    """What was written: the manifest, and the export that lay in the folder before, if any."""

    manifest: dict[str, Any]
    replaced: str


def export(
    out: Path,
    *,
    formats: Sequence[str],
    actor: User | None,
    since: int | None = None,
    split: str = "",
    split_seed: str | None = None,
    test_from: datetime | None = None,
    progress: Callable[[int, int], None] = lambda done, all_: None,
    settle: Callable[[dict[str, Any], str], None] = lambda manifest, sha256: None,
    place_first: bool = False,
) -> Exported:
    """Write every settled decision of a person to `out`, once for each format, with card, tombstones and signed manifest.

    With `since`, the cursor of an earlier manifest, only decisions whose label moved after it. The rows are the same
    in every format. `split` names a frozen split, by default the newest; one that does not exist yet is frozen now.
    Reads by ranges of ids in many short queries; another run has other pseudonyms and the same split. An
    earlier export in `out` is replaced at the end, files it listed and no others. Leaves the event
    `feedback.exported`. `progress` hears of rows done and rows expected; `settle` of the manifest and its SHA-256, in
    the transaction of the event. `place_first`: files are put in place before that, for a folder nobody knows yet.
    Raises NothingToExport, PlaceNotUsable, SplitIsFrozen, Invalid, or what `progress` and `settle` raise.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise Invalid(errors=[{"field": "format", "reason": f"Known formats: {', '.join(FORMATS)}."}])
    cursor = queries.cursor()
    if since is not None and not 0 <= since <= cursor:
        raise Invalid(errors=[{"field": "since", "reason": f"No export has the cursor {since} yet."}])
    reach = Reach(queries.last_settled(), since, cursor)
    volume = queries.volume(reach.upto)
    if not volume.languages:
        raise NothingToExport()
    newest = queries.latest_split()
    frozen = freeze_split(
        actor=actor, name=split or (newest.name if newest else "1"), seed=split_seed, test_from=test_from,
        last=lambda: volume.hour_reached(1 - TEST_IS_THE_LAST),
    )  # fmt: skip
    shared = _shared(volume.languages, frozen)
    with _workshop(out) as place:
        tally = Tally()
        with _writers(place, formats) as write:
            asked = Range(reach.upto, shared.restricted, reach.since, reach.cursor)
            for batch in batches(asked):
                rows = rows_of(batch, _around(batch, reach.upto), shared)
                write(rows)
                tally.add(rows)
                progress(tally.rows, sum(volume.languages.values()))
        if not tally.rows and since is None:
            raise NothingToExport()
        manifest = _describe(place, shared, frozen, tally, formats, reach)
        sha256 = sha256_of_file(place / "manifest.json")
        if place_first:
            _put_in_place(place, out)
        with transaction.atomic():
            settle(manifest, sha256)
            record(
                "feedback.exported",
                actor=actor,
                export=shared.id,
                rows=tally.rows,
                formats=list(formats),
                upto=reach.upto,
                since=reach.since,
                cursor=reach.cursor,
                manifest_sha256=sha256,
            )
        return Exported(manifest, "" if place_first else _put_in_place(place, out))


def _shared(languages: Mapping[str, int], split: SplitVersion) -> Export:
    return Export(
        id=str(uuid.uuid4()),
        created_at=now(),
        pseudonyms=Pseudonyms(),
        split=Split(split.seed, split.test_from, split.train, split.validation),
        split_version=split.name,
        common_languages=frozenset(code for code, number in languages.items() if number >= RARE),
        common_reasons=frozenset(reason for reason, number in queries.reasons().items() if number >= RARE),
        edition=edition,
        restricted=queries.restricted_codes(),
        golden=Golden.of(golden_content()),
        final_after=facts.appeal_window() if facts.appeal_window else FINAL_AFTER,
    )


def _around(batch: pa.Table, upto: int) -> Around:
    """What the rows of a batch need beside themselves, in a few queries whatever its size."""
    several = pa.compute.filter(batch["item_id"], batch["several"]).unique().to_pylist()
    unsettled = pa.compute.filter(batch["item_id"], pa.compute.is_null(batch["key"])).unique().to_pylist()
    groups = settle_groups(sorted(unsettled)) if unsettled else {}
    clusters, keys = None, {}
    cases, decisions = (batch[name].to_numpy().tolist() for name in ("case_id", "id"))
    if facts.clusters_of:
        items = batch["item_id"].to_numpy().tolist()
        clusters = facts.clusters_of(items)
        if clusters:
            settled = zip(items, batch["key"].to_pylist(), strict=True)
            members = {
                item: (clusters[item], key or groups[item][1]) for item, key in settled if item in clusters
            }
            keys = settle_clusters(members[item] for item in sorted(members))
    return Around(
        said=queries.said_of(several, upto) if several else {},
        groups=groups,
        clusters=clusters,
        keys=keys,
        inclusions=facts.inclusions(cases) if facts.inclusion_of else {},
        appeals=facts.appeals(decisions) if facts.appeals_of else None,
    )


def _describe(
    place: Path, shared: Export, split: SplitVersion, tally: Tally, formats: Sequence[str], reach: Reach
) -> dict[str, Any]:
    """Write everything that lies beside the data: tombstones, card, Croissant, and the signed manifest over all of it."""
    with (place / "tombstones.jsonl").open("w", encoding="utf-8") as file:
        for decision, because, at in queries.tombstones(reach.since or 0, reach.cursor):
            file.write(as_json({"decision_id": decision, "because": because, "at": iso(at)}) + "\n")
    data = sorted(path for path in (place / "data").rglob("*") if path.is_file())
    files = [file_entry(place, path) for path in data]
    manifest = manifest_of(shared, split, tally, list(dict.fromkeys(formats)), reach, files)
    (place / "README.md").write_text(card(manifest, sorted(shared.restricted)), encoding="utf-8")
    described = json.dumps(croissant(manifest), indent=1, ensure_ascii=False)
    (place / "croissant.json").write_text(described + "\n", encoding="utf-8")
    for name in ("tombstones.jsonl", "README.md", "croissant.json"):
        manifest["files"].append(file_entry(place, place / name))
    written = (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    (place / "manifest.json").write_bytes(written)
    (place / "manifest.sig.json").write_text(json.dumps(sign(written), indent=1) + "\n")
    return manifest


@contextlib.contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """A folder inside `out` to work in; whatever is left in it at the end is removed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        place = out / f".being-written-{uuid.uuid4().hex[:8]}"
        (place / "data").mkdir(parents=True)
    except OSError as trouble:
        raise PlaceNotUsable(f"{out} cannot be used: {trouble.strerror}. Nothing was written.") from None
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def _writers(place: Path, formats: Sequence[str]) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """A function that has a batch written in every format, while the next ones are worked on; few wait at a time."""
    with contextlib.ExitStack() as stack:
        writers: list[Writer] = []
        for name in dict.fromkeys(formats):
            writer = FORMATS[name](place / "data")
            stack.callback(writer.close)
            writers.append(writer)
        hand = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="export-writer"))
        waiting: deque[Future[None]] = deque()

        def write_all(rows: pa.RecordBatch) -> None:
            for writer in writers:
                writer.write(rows)

        def write(rows: pa.RecordBatch) -> None:
            if len(waiting) == UNWRITTEN:
                waiting.popleft().result()
            waiting.append(hand.submit(write_all, rows))

        yield write
        for one in waiting:
            one.result()


def _put_in_place(place: Path, out: Path) -> str:
    """Replace the export that lay here; the manifest comes last, so a half-placed one has none."""
    replaced = ""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        earlier = json.loads((out / "manifest.json").read_text())
        (out / "manifest.json").unlink()
        for file in earlier["files"]:
            path = (out / file["path"]).resolve()
            if path.is_relative_to(out.resolve()):
                path.unlink(missing_ok=True)
                _remove_empty(path.parent, out.resolve())
        replaced = str(earlier["export_id"])
    for path in sorted(path for path in place.rglob("*") if path.is_file()):
        if path.name not in ("manifest.json", "manifest.sig.json"):
            target = out / path.relative_to(place)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    (place / "manifest.sig.json").replace(out / "manifest.sig.json")
    (place / "manifest.json").replace(out / "manifest.json")
    return replaced


def _remove_empty(folder: Path, out: Path) -> None:
    while folder != out and folder.is_relative_to(out) and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
