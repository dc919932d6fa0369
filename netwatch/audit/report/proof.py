"""A report -> what proves it: its digest, the ledger's newest checkpoint, and a signature where the key can be read.

The checkpoint attests the rows, the signature the report made of them. Signed is the digest of the document as
canonical JSON, so any of the formats can be held against it.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from netwatch.audit.ledger_key import KEY_NAME
from netwatch.core.errors import StoreError

_CONTEXT = b"netwatch report 1\n"  # the key signs nothing that could be taken for something else


def digest(text: str) -> str:
    """SHA-256 of the document as canonical JSON, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def proof(text: str, checkpoint: str, key: Ed25519PrivateKey | None) -> Mapping[str, Any]:
    """Of the report as canonical JSON. `checkpoint` is the ledger's own line, empty where nothing was signed yet."""
    told: dict[str, Any] = {
        "report_sha256": digest(text),
        "checkpoint": json.loads(checkpoint) if checkpoint else None,
        "key": None,
        "signature": None,
    }
    if key is not None:
        told["key"] = key.public_key().public_bytes_raw().hex()
        told["signature"] = key.sign(_CONTEXT + bytes.fromhex(told["report_sha256"])).hex()
    return told


def is_signed_by(told: Mapping[str, Any]) -> bool:
    """Whether the signature is that of the key it names, over the digest it names."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(told["key"]))
        public.verify(bytes.fromhex(told["signature"]), _CONTEXT + bytes.fromhex(told["report_sha256"]))
    except (InvalidSignature, ValueError, TypeError, KeyError):
        return False
    return True


def readable_key(directory: Path) -> Ed25519PrivateKey | None:
    """The ledger's key, if whoever asks may read it. StoreError where it is none."""
    path = directory / KEY_NAME
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError:
        return None  # another account's: the report says that it is not signed
    except (ValueError, TypeError) as error:
        raise StoreError(f"{path} is no key that signs checkpoints") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreError(f"{path} is no key that signs checkpoints")
    return key
