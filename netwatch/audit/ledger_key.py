"""The key that signs checkpoints: STATE_DIR/ledger.key, made at the first start, readable by nobody else.

In: the state directory. Out: the key. Beside it stands the public half, to be kept where the box's administrator cannot
change it; it is told in the ledger too.
"""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from netwatch.core.errors import StoreError

KEY_NAME = "ledger.key"
PUBLIC_NAME = "ledger.pub"


def signing_key(directory: Path) -> Ed25519PrivateKey:
    """The key that is there, else a new one. StoreError: it cannot be read or written, or is none."""
    path = directory / KEY_NAME
    try:
        if not path.exists():
            _write(path, _private(Ed25519PrivateKey.generate()), 0o600)
        path.chmod(0o600)
        key = _read(path)
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        beside = directory / PUBLIC_NAME
        if not beside.exists() or beside.read_bytes() != public:
            _write(beside, public, 0o644)
    except OSError as error:
        raise StoreError(f"{error.filename or path}: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise StoreError(
            f"{path} is no key that signs checkpoints: put yours back, or move it away for a new one"
        ) from error
    return key


def _read(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("a key of another kind")
    return key


def _private(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all."""
    staged = path.with_name(f".{path.name}.new")
    staged.unlink(missing_ok=True)
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)
