"""Bytes from a line into the intake folder: written, hashed and made durable as they come.

Each piece goes to the file (`recordings.growing`) and into the digest at once; beside the line
another thread makes what came earlier durable, in long stretches. Progress is recorded now and
then, so that a killed server loses little of what it hadn't acknowledged yet. Not for HTTP
(`api.uploads`) or rows (`recordings.uploads`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import InterfaceError, OperationalError, connection

from liuhen.kernel import clock
from liuhen.recordings.intake import TurnLostError
from liuhen.recordings.running_digest import RunningDigest
from liuhen.recordings.staging import AnyTurn

log = logging.getLogger(__name__)

MIB = 1 << 20
# What the server reads at once (`host.server.READ_BUFFER`): larger pieces were no faster, and eight
# lines left the process 30 MB larger with pieces of half a MiB.
PIECE = MIB // 8
# fsync begins when this much waits, and the line has to wait when this much does.
SYNC_EVERY, SYNC_AT_MOST = 32 * MIB, 128 * MIB
RECORD_EVERY_S = 5.0

_syncing = ThreadPoolExecutor(max_workers=8, thread_name_prefix="fsync")

Read = Callable[[int], bytes]


def receive(turn: AnyTurn, read: Read, length: int, digest: RunningDigest) -> int:
    """Write up to `length` bytes at the turn's offset; returns how many came.

    Fewer than `length` means that the line broke, however politely it said so. Whatever came is
    durable and recorded, unless it awaits a checksum (`turn.counts`). After an error the digest
    is worth nothing.

    Raises:
        TurnLostError: another request has taken over.
        Refused: `storage.full`; what came before is kept.
    """
    left, progress = length, _Progress(turn)
    try:
        while left and (piece := _next(read, min(PIECE, left))):
            at = turn.offset
            turn.write(piece)
            digest.feed(piece, at, turn.read)
            left -= len(piece)
            progress.after(len(piece))
    except BaseException as error:
        if not isinstance(error, TurnLostError):
            progress.rescue()
        raise
    progress.finish(digest)
    return length - left


def _next(read: Read, size: int) -> bytes:
    """The next bytes; none when the line is broken, whichever way the server tells it."""
    try:
        return read(size)
    except OSError as error:
        log.info("line broken: %s", error)
        return b""


class _Progress:
    """What of a turn is durable and recorded, beside the line."""

    def __init__(self, turn: AnyTurn) -> None:
        self._turn = turn
        self._unsynced = 0
        self._syncing: Future[int] | None = None
        self._recorded_at = clock.monotonic()

    def after(self, length: int) -> None:
        """Note that `length` more bytes were written."""
        self._unsynced += length
        if not self._turn.counts:
            return
        if self._syncing is not None and (self._syncing.done() or self._unsynced >= SYNC_AT_MOST):
            self._settle()
        is_due = clock.monotonic() - self._recorded_at >= RECORD_EVERY_S
        if self._syncing is None and (self._unsynced >= SYNC_EVERY or is_due):
            # A fast line need not wait for the rest of a block; of a slow one that is much.
            self._syncing = _syncing.submit(self._turn.sync, whole=is_due)
            self._unsynced = 0

    def finish(self, digest: RunningDigest | None = None) -> None:
        """Make the rest durable and record it, with its digest where that is known."""
        if self._syncing is not None:
            self._syncing.result()
        if self._turn.counts and self._turn.offset > self._turn.durable:
            self._turn.record(self._turn.sync(), digest)

    def rescue(self) -> None:
        """After an error: keep what can be kept, and let the error be the one that is told."""
        try:
            self.finish()
        except Exception as error:  # noqa: BLE001 - the first error matters, this one is logged
            log.warning("progress not recorded: %s", error)

    def _settle(self) -> None:
        assert self._syncing is not None
        reached, self._syncing = self._syncing.result(), None
        if clock.monotonic() - self._recorded_at < RECORD_EVERY_S:
            return
        self._recorded_at = clock.monotonic()
        try:
            self._turn.record(reached)
        except (OperationalError, InterfaceError) as error:
            log.warning("progress waits for the database: %s", error)
        # A stream may last for hours; it must not sit on a connection between two records.
        connection.close()
