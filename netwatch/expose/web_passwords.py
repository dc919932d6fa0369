"""Authorization header -> whether to let in. bcrypt in a thread of its own, at most one at a time.

A scrape each second must not cost a bcrypt each second, so outcomes are kept under a keyed digest of user, hash and
password: right ones and wrong ones apart, so that no flood of guesses can push the scraper's own out. A name that is
not known costs the same work as one that is.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections import Counter, OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto

import bcrypt

from netwatch.inventory.findings import nfc

MOST_KEPT = 256
MOST_WAITING = 32
MOST_WAITING_PER_PEER = 4
_SIGNIFICANT = 72  # octets of a password that bcrypt looks at


class Answer(Enum):
    """What becomes of a request."""

    RIGHT = auto()
    WRONG = auto()
    BUSY = auto()  # too many guesses wait for the one thread


class _Kept:
    """The latest digests, as many as `MOST_KEPT`."""

    def __init__(self) -> None:
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    def __contains__(self, digest: bytes) -> bool:
        if digest not in self._digests:
            return False
        self._digests.move_to_end(digest)
        return True

    def add(self, digest: bytes) -> None:
        self._digests[digest] = None
        if len(self._digests) > MOST_KEPT:
            self._digests.popitem(last=False)


class Passwords:
    """Remembers over reloads: what was found depends on user, hash and password, and they are all in the digest."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right = _Kept()
        self._wrong = _Kept()
        self._waiting: dict[bytes, asyncio.Future[bool]] = {}
        self._per_peer: Counter[str] = Counter()
        self._thread = ThreadPoolExecutor(1, "bcrypt")

    def close(self) -> None:
        """Check nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def check(self, users: Mapping[str, bytes], header: str, peer: str) -> Answer:
        """`header` is that of the request, empty where it has none; `users` are names in NFC and their hashes."""
        try:
            user, password = _given(header)
        except ValueError:
            return Answer.WRONG
        stored = users.get(user)
        digest = self._digest(user.encode("utf-8"), stored or b"", password)
        if digest in self._right:
            return Answer.RIGHT
        if digest in self._wrong:
            return Answer.WRONG
        if digest not in self._waiting:
            if len(self._waiting) >= MOST_WAITING or self._per_peer[peer] >= MOST_WAITING_PER_PEER:
                return Answer.BUSY
            self._begin(digest, password, stored or _decoy(users), peer)
        matches = await asyncio.shield(self._waiting[digest])
        is_right = matches and stored is not None
        (self._right if is_right else self._wrong).add(digest)
        return Answer.RIGHT if is_right else Answer.WRONG

    def _begin(self, digest: bytes, password: bytes, stored: bytes, peer: str) -> None:
        loop = asyncio.get_running_loop()
        self._waiting[digest] = future = loop.run_in_executor(self._thread, bcrypt.checkpw, password, stored)
        self._per_peer[peer] += 1

        def end(_future: asyncio.Future[bool]) -> None:
            del self._waiting[digest]
            self._per_peer[peer] -= 1
            if not self._per_peer[peer]:
                del self._per_peer[peer]

        future.add_done_callback(end)

    def _digest(self, *parts: bytes) -> bytes:
        told = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self._key, told, hashlib.sha256).digest()


def user_of(header: str) -> str:
    """Whose name a header bears that was found RIGHT."""
    return _given(header)[0]


def known_user_of(header: str, users: Mapping[str, bytes]) -> str:
    """The name that a refused header bears, if it is one of `users`: else somebody may have typed a password there."""
    try:
        user = user_of(header)
    except ValueError:
        return ""
    return user if user in users else ""


def _given(header: str) -> tuple[str, bytes]:
    """Name and password of RFC 7617. Raises ValueError, UnicodeError included."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise ValueError("another scheme")
    user, colon, password = base64.b64decode(encoded.strip(" "), validate=True).partition(b":")
    if not colon:
        raise ValueError("no colon")
    return nfc(user.decode("utf-8")), password[:_SIGNIFICANT]


def _decoy(users: Mapping[str, bytes]) -> bytes:
    """The costliest hash there is: whoever guesses names learns nothing from the time it takes."""
    return max(users.values(), key=lambda stored: stored[4:6])
