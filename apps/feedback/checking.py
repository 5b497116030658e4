"""Whether an export is what was signed: for whoever receives one."""

import hashlib
import json
from pathlib import Path
from typing import Any

from apps.feedback.errors import ExportNotAsSigned
from apps.feedback.signing import is_signed, public_key


def check_export(folder: Path, *, key: str = "") -> dict[str, Any]:
    """The manifest of an export, after checking its signature under `key` (this installation's by default) and every file.

    Raises ExportNotAsSigned with what does not fit.
    """
    try:
        manifest = (folder / "manifest.json").read_bytes()
        signature = json.loads((folder / "manifest.sig.json").read_text())["signature"]
    except (OSError, ValueError, KeyError):
        raise ExportNotAsSigned(f"{folder} holds no signed export.") from None
    if not is_signed(manifest, signature, key or public_key()):
        raise ExportNotAsSigned("The signature does not fit the manifest or the key.")
    told: dict[str, Any] = json.loads(manifest)
    for file in told["files"]:
        try:
            found = sha256_of_file(folder / file["path"])
        except OSError:
            raise ExportNotAsSigned(f"{file['path']} is missing.") from None
        if found != file["sha256"]:
            raise ExportNotAsSigned(f"{file['path']} is not as it was signed.")
    return told


def sha256_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
