"""Bytes from a line into the intake folder: written, hashed and made durable as they come.

Disk and processor are kept busy beside the line: while it fills a ring of memory, other threads
write and hash what is in it, and fsync what came earlier. Progress is recorded now and then, so
that a killed server loses little of what it hadn't acknowledged yet. The ring is all the memory
one line takes, however far the disk is behind. Not for HTTP (`api.uploads`) or rows
(`recordings.uploads`).
"""

from __future__ import annotations

import logging
import mmap
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition, Lock

from django.db import InterfaceError, OperationalError, connection

from liuhen.kernel import clock
from liuhen.recordings.direct_file import BLOCK
from liuhen.recordings.intake import TurnLostError
from liuhen.recordings.running_digest import RunningDigest
from liuhen.recordings.staging import AnyTurn

log = logging.getLogger(__name__)

MIB = 1 << 20
# The memory of a line. The more is written at once the faster is a disk that is written directly;
# one line of a process may have much, for many at once fill the disk's queue with little each.
MUCH, RING, AT_LEAST = 6 * MIB, 2 * MIB, MIB
# Small enough for the processor's cache, and well below what the C library takes from the system
# anew each time (`host.server.FRUGAL`).
PIECE = MIB // 8
# fsync begins when this much waits, and the line has to wait when this much does.
SYNC_EVERY, SYNC_AT_MOST = 32 * MIB, 128 * MIB
RECORD_EVERY_S = 5.0

_syncing = ThreadPoolExecutor(max_workers=8, thread_name_prefix="fsync")
_much = Lock()

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
    with _memory() as size:
        left, progress, ring = length, _Progress(turn), _Ring(turn, digest, size)
        try:
            while left and (piece := _next(read, min(PIECE, left))):
                ring.put(piece)
                left -= len(piece)
                progress.after(len(piece))
            ring.empty()
        except BaseException as error:
            ring.let_go()
            if not isinstance(error, TurnLostError):
                progress.rescue()
            raise
    progress.finish()
    return length - left


@contextmanager
def _memory() -> Iterator[int]:
    """How much memory a line gets for as long as it is open."""
    if _much.acquire(blocking=False):
        try:
            yield MUCH
        finally:
            _much.release()
    else:
        yield RING


def _next(read: Read, size: int) -> bytes:
    """The next bytes; none when the line is broken, whichever way the server tells it."""
    try:
        return read(size)
    except OSError as error:
        log.info("line broken: %s", error)
        return b""


class _Ring:
    """Some memory that one line fills while one thread writes and another hashes what is in it.

    A byte lies where it will lie in the file, counted from a multiple of the ring's size, so that
    whole blocks can be written past the cache without another copy. Both take whatever has come:
    the slower the disk, the more at once, which is what it is fast at. Nothing is written after
    what could not be.
    """

    def __init__(self, turn: AnyTurn, digest: RunningDigest, size: int) -> None:
        self._turn, self._digest = turn, digest
        self._size, self._memory = size, memoryview(mmap.mmap(-1, size))
        # How far in the file each of them is; what lies between is in memory.
        self._came = self._written = self._hashed = turn.offset
        self._moved = Condition()
        self._is_over = self._has_failed = False
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="line")
        self._at_work = [self._threads.submit(each) for each in (self._write_all, self._hash_all)]

    def put(self, piece: bytes) -> None:
        """Add bytes, once there is room. Raises what writing and hashing earlier ones raised."""
        view = memoryview(piece)
        while view:
            with self._moved:
                self._moved.wait_for(lambda: self._has_failed or self._room())
                size = min(len(view), self._room(), self._size - self._came % self._size)
            if self._has_failed:
                self.empty()
            place = self._came % self._size
            self._memory[place : place + size] = view[:size]
            with self._moved:
                self._came += size
                self._moved.notify_all()
            view = view[size:]

    def empty(self) -> None:
        """Write and hash the rest. Raises as `put`."""
        self.let_go()
        for each in self._at_work:
            each.result()

    def let_go(self) -> None:
        """Wait until nobody uses this memory any more."""
        with self._moved:
            self._is_over = True
            self._moved.notify_all()
        self._threads.shutdown()

    def _room(self) -> int:
        return self._size - (self._came - min(self._written, self._hashed))

    def _ready(self) -> int:
        """How far whole blocks have come; in the end everything counts."""
        return self._came if self._is_over else self._came // BLOCK * BLOCK

    def _is_worth_it(self, at: int) -> bool:
        # With no room left nothing more comes, and hashing may wait for what is to be written.
        return self._ready() - at >= (AT_LEAST if self._room() else 1)

    def _write_all(self) -> None:
        with self._telling_failure():
            while full := self._next(self._written):
                self._turn.write(full)
                with self._moved:
                    self._written += len(full)
                    self._moved.notify_all()

    def _hash_all(self) -> None:
        with self._telling_failure():
            while full := self._next(self._hashed):
                if self._digest.position != self._hashed:
                    self._await_written(self._hashed + len(full))
                self._digest.feed(full, self._hashed, self._turn.read)
                with self._moved:
                    self._hashed += len(full)
                    self._moved.notify_all()

    def _next(self, at: int) -> memoryview:
        """What lies in memory from `at` on, in whole blocks while more may come; in the end none.

        Once something could not be written there is none either.
        """
        with self._moved:
            self._moved.wait_for(lambda: self._is_over or self._has_failed or self._is_worth_it(at))
            end = self._ready()
        place = at % self._size
        size = 0 if self._has_failed else min(end - at, self._size - place)
        return self._memory[place : place + size]

    def _await_written(self, end: int) -> None:
        """What the digest lags behind is read back from the file."""
        with self._moved:
            self._moved.wait_for(lambda: self._has_failed or self._written >= end)

    @contextmanager
    def _telling_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with self._moved:
                self._has_failed = True
                self._moved.notify_all()
            raise


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
