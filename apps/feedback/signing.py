"""Signatures of manifests: Ed25519, so that whoever trains can check an export and cannot forge one.

An HMAC would need the same secret on both sides. The key is derived from SECRET_KEY (HKDF, RFC 5869), so that an
installation always has one and it is never stored; changing SECRET_KEY changes it.
"""

import base64
import functools
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def _private_key() -> Ed25519PrivateKey:
    return _derived(settings.SECRET_KEY)


@functools.lru_cache(maxsize=2)
def _derived(secret: str) -> Ed25519PrivateKey:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"reviewqueue: signing of training exports")
    return Ed25519PrivateKey.from_private_bytes(derive.derive(secret.encode()))


def public_key() -> str:
    """The public key of this installation, base64 of its 32 bytes."""
    return base64.b64encode(_private_key().public_key().public_bytes_raw()).decode()


def sign(manifest: bytes) -> dict[str, Any]:
    """What lies beside a manifest as `manifest.sig.json`: the signature of its bytes and the key that checks it."""
    signature = base64.b64encode(_private_key().sign(manifest)).decode()
    return {
        "algorithm": "Ed25519",
        "signs": "manifest.json",
        "public_key": public_key(),
        "signature": signature,
    }


def is_signed(manifest: bytes, signature: str, key: str) -> bool:
    """Whether these bytes were signed by the owner of a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(
            base64.b64decode(signature), manifest
        )
    except (InvalidSignature, ValueError):
        return False
    return True
