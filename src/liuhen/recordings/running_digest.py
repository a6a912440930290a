"""The SHA-256 of an upload while it comes in, kept between its requests.

Bytes are hashed as received. A process that lacks the running digest (another process had the
upload, or this one was started again) reads what is already in the file, a few pieces for each
piece that comes, so that no request has to wait for the whole file at once. Not for files that
lie in the vault.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from uuid import UUID

from liuhen.kernel.digests import CHUNK
from liuhen.kernel.refusals import Fault

# How many pieces of the file are read for each piece received while catching up.
_CATCH_UP = 4
_KEPT = 1024

ReadBack = Callable[[int, int], bytes]


class RunningDigest:
    """SHA-256 of the first `position` bytes."""

    def __init__(self) -> None:
        self.position = 0
        self._sha = hashlib.sha256()

    def copy(self) -> RunningDigest:
        """The same state, apart: to come back to when bytes turn out wrong."""
        other = RunningDigest()
        other.position, other._sha = self.position, self._sha.copy()
        return other

    def feed(self, piece: bytes | memoryview, at: int, read_back: ReadBack) -> None:
        """Take a piece that was just written at `at`; catch up a little if behind."""
        if self.position == at:
            self._sha.update(piece)
            self.position += len(piece)
            return
        self.catch_up(at + len(piece), read_back, _CATCH_UP * CHUNK)

    def catch_up(self, end: int, read_back: ReadBack, limit: int | None = None) -> None:
        """Read and hash up to `end`, at most `limit` bytes.

        Raises:
            Fault: the file is shorter than what was recorded of it.
        """
        if limit is not None:
            end = min(end, self.position + limit)
        while self.position < end:
            piece = read_back(self.position, min(CHUNK, end - self.position))
            if not piece:
                raise Fault(f"upload shorter than recorded: {self.position} of {end}")
            self._sha.update(piece)
            self.position += len(piece)

    def hexdigest(self) -> str:
        """The digest so far, 64 hexadecimal digits."""
        return self._sha.hexdigest()


_lock = Lock()
_kept: OrderedDict[UUID, RunningDigest] = OrderedDict()


def take_out(upload_id: UUID, position: int) -> RunningDigest:
    """This process's digest of an upload, or a fresh one; never ahead of `position`."""
    with _lock:
        kept = _kept.pop(upload_id, None)
    return kept if kept is not None and kept.position <= position else RunningDigest()


def put_back(upload_id: UUID, digest: RunningDigest) -> None:
    """Keep the digest for the next request of this upload."""
    with _lock:
        _kept[upload_id] = digest
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
