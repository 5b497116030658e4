"""Several files as one, while they are read: a tar, whose size is known before its first byte."""

import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

CHUNK = 256 * 1024
BLOCK = tarfile.BLOCKSIZE

Files = Sequence[tuple[Path, dict[str, Any]]]  # (where it lies, {"path", "bytes", …})


def size_of(files: Files, folder: str) -> int:
    """How many bytes `tar_of` gives."""
    heads = sum(len(_head(folder, file)) for _, file in files)
    return heads + sum(-(-file["bytes"] // BLOCK) * BLOCK for _, file in files) + 2 * BLOCK


def tar_of(files: Files, folder: str) -> Iterator[bytes]:
    """The files as a tar that unpacks into `folder`, a piece at a time. A file that changed its size ends it early."""
    for path, file in files:
        yield _head(folder, file)
        left = file["bytes"]
        with path.open("rb") as lying:
            while piece := lying.read(min(CHUNK, left)):
                left -= len(piece)
                yield piece
        if left:
            raise OSError(f"{file['path']} is shorter than it was")
        yield bytes(-file["bytes"] % BLOCK)
    yield bytes(2 * BLOCK)


def _head(folder: str, file: dict[str, Any]) -> bytes:
    about = tarfile.TarInfo(f"{folder}/{file['path']}")
    about.size = file["bytes"]
    return about.tobuf(tarfile.PAX_FORMAT)
