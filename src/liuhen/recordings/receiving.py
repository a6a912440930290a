"""Bytes from a line into the intake folder: written, hashed and made durable as they come.

Disk and processor are kept busy beside the line: while one tray of memory is filled, other
threads write and hash those before, and fsync what came earlier. Progress is recorded now and
then, so that a killed server loses little of what it hadn't acknowledged yet. A few trays are all
the memory one line takes, however far the disk is behind. Not for HTTP (`api.uploads`) or rows
(`recordings.uploads`).
"""

from __future__ import annotations

import logging
import mmap
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import InterfaceError, OperationalError, connection

from liuhen.kernel import clock
from liuhen.recordings.intake import TurnLostError
from liuhen.recordings.running_digest import RunningDigest
from liuhen.recordings.staging import AnyTurn

log = logging.getLogger(__name__)

MIB = 1 << 20
TRAY, TRAYS = MIB // 2, 4
# Small enough for the processor's cache, and well below what the C library takes from the system
# anew each time (`host.server.FRUGAL`).
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
    left, progress, trays = length, _Progress(turn), _Trays(turn, digest)
    try:
        while left and (piece := _next(read, min(PIECE, left))):
            trays.put(piece)
            left -= len(piece)
            progress.after(len(piece))
        trays.empty()
    except BaseException as error:
        trays.let_go()
        if not isinstance(error, TurnLostError):
            progress.rescue()
        raise
    progress.finish()
    return length - left


def _next(read: Read, size: int) -> bytes:
    """The next bytes; none when the line is broken, whichever way the server tells it."""
    try:
        return read(size)
    except OSError as error:
        log.info("line broken: %s", error)
        return b""


class _Trays:
    """Some pieces of memory: one is filled while those before it are written and hashed.

    A byte lies in its tray where it will lie in the file, counted from a multiple of `TRAY`, so
    that whole blocks can be written past the cache without another copy. One thread writes and
    one hashes, in the order in which the bytes came; nothing is written after what could not be.
    """

    def __init__(self, turn: AnyTurn, digest: RunningDigest) -> None:
        self._turn, self._digest = turn, digest
        self._free = [memoryview(mmap.mmap(-1, TRAY)) for _ in range(TRAYS)]
        self._filling = self._free.pop()
        # The tray being filled holds these bytes of the file.
        self._begin = self._end = turn.offset
        self._full = deque[tuple[memoryview, list[Future[None]]]]()
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="hash")
        self._has_failed = False

    def put(self, piece: bytes) -> None:
        """Add bytes. Raises what writing and hashing earlier ones raised."""
        view = memoryview(piece)
        while view:
            place = self._end % TRAY
            size = min(len(view), TRAY - place)
            self._filling[place : place + size] = view[:size]
            self._end += size
            view = view[size:]
            if self._end % TRAY == 0:
                self._hand_over()

    def empty(self) -> None:
        """Write and hash the rest. Raises as `put`."""
        if self._end > self._begin:
            self._hand_over()
        while self._full:
            self._settle_one()
        self.let_go()

    def let_go(self) -> None:
        """Wait until nobody uses this memory any more."""
        for thread in (self._writing, self._hashing):
            thread.shutdown()

    def _hand_over(self) -> None:
        at, place = self._begin, self._begin % TRAY
        full = self._filling[place : place + self._end - at]
        written = self._writing.submit(self._write, full)
        hashed = self._hashing.submit(self._hash, full, at, written)
        self._full.append((self._filling, [written, hashed]))
        if not self._free:
            self._settle_one()
        self._filling = self._free.pop()
        self._begin = self._end

    def _settle_one(self) -> None:
        tray, under_way = self._full.popleft()
        for one in under_way:
            one.result()
        self._free.append(tray)

    def _write(self, full: memoryview) -> None:
        if self._has_failed:
            return  # it would land where the bytes before it belong
        try:
            self._turn.write(full)
        except BaseException:
            self._has_failed = True
            raise

    def _hash(self, full: memoryview, at: int, written: Future[None]) -> None:
        if self._digest.position != at:
            written.result()  # what it lags behind is read back from the file
        self._digest.feed(full, at, self._turn.read)


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
            self._syncing, self._unsynced = _syncing.submit(self._turn.sync), 0

    def finish(self) -> None:
        """Make the rest durable and record it."""
        if self._syncing is not None:
            self._syncing.result()
        if self._turn.counts and self._turn.offset > self._turn.durable:
            self._turn.record(self._turn.sync())

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
