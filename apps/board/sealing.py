"""The sealed file: evidence as it stands at this moment, each part hashed, the manifest signed."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.crypto import salted_hmac

from apps.decisions.models import Decision
from apps.feedback.queries import restricted_codes
from apps.intake.media.places import full_path
from apps.intake.models import ItemContent, Media

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same contents give the same file


@dataclass(frozen=True)
class Sealed:
    content: bytes
    manifest: str
    signature: str
    public_key: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def seal(decision: Decision, *, question: str, reference: str) -> Sealed:
    """Freeze the evidence of a decision into one file. It names nobody who decided or reported.

    Content under a rule whose content never leaves (extreme exposure, child abuse) is there as hashes alone.
    """
    parts = _parts(decision, question, reference)
    listed = [
        {"name": name, "sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
        for name, body in sorted(parts.items())
    ]
    manifest = json.dumps(
        {"schema": "reviewqueue-board-file/1", "reference": reference, "files": listed},
        ensure_ascii=False,
        sort_keys=True,
    )
    key = _key()
    signature = key.sign(manifest.encode()).hex()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in [
            *sorted(parts.items()),
            (MANIFEST, manifest.encode()),
            (SIGNATURE, f"{signature}\n{public}\n".encode()),
        ]:
            file.writestr(zipfile.ZipInfo(name, LONG_AGO), body)
    return Sealed(written.getvalue(), manifest, signature, public)


def opens(content: bytes) -> bool:
    """Whether a sealed file is whole: every part as the manifest says, and the manifest as it was signed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            manifest = file.read(MANIFEST)
            signature, public = file.read(SIGNATURE).decode().split()
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
                bytes.fromhex(signature), manifest
            )
            listed = {one["name"]: one["sha256"] for one in json.loads(manifest)["files"]}
            there = set(file.namelist()) - {MANIFEST, SIGNATURE}
            return there == set(listed) and all(
                hashlib.sha256(file.read(name)).hexdigest() == sha256 for name, sha256 in listed.items()
            )
    except Exception:
        return False


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "board" / sha256


def _key() -> Ed25519PrivateKey:
    """Made from the house's secret: the same as long as that is, and nowhere else."""
    return Ed25519PrivateKey.from_private_bytes(
        salted_hmac("board.seal", "ed25519", algorithm="sha256").digest()
    )


def _parts(decision: Decision, question: str, reference: str) -> dict[str, bytes]:
    item = decision.item
    withheld = bool(set(decision.rule_codes) & restricted_codes()) or decision.case.exposure == 4
    words = getattr(decision, "words", None)
    content = ItemContent.objects.filter(item=item, revision=decision.item_revision).first()
    media = list(Media.objects.filter(item=item, revision=decision.item_revision).order_by("position"))
    facts: dict[str, Any] = {
        "reference": reference,
        "question": question,
        "item": {
            "kind": item.kind,
            "language": item.language,
            "country": item.country,
            "posted_at": item.posted_at.isoformat() if item.posted_at else None,
            "revision": decision.item_revision,
        },
        "decision": {
            "outcome": decision.outcome,
            "ground": decision.ground,
            "rules": decision.rule_codes,
            "guidelines": decision.guideline_version.number,
            "actions": decision.actions,
            "rationale": decision.rationale,
            "explanation": words.explanation if words else "",
            "decided_at": decision.decided_at.isoformat(),
            "evidence_sha256": decision.evidence_sha256,
        },
        "rules": [
            {
                "code": one.rule_version.code,
                "title": one.rule_version.title,
                "text": one.rule_version.description,
            }
            for one in decision.cited.select_related("rule_version")
        ],
        "media": [{"sha256": one.sha256, "mime": one.mime, "pdq": one.pdq} for one in media],
        "content_withheld": withheld,
    }
    evidence = dict(words.evidence) if words else {}
    if withheld:
        evidence.pop("text", None)
    parts = {
        "case.json": _json(facts),
        "evidence.json": _json(evidence),
    }
    if not withheld:
        shown = {"text": content.text, "context": content.context} if content else {}
        parts["content.json"] = _json(shown)
        for one in media:
            if one.file and full_path(one.file).exists():
                parts[f"media/{one.position}-{one.sha256}"] = full_path(one.file).read_bytes()
    return parts


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=str).encode()
