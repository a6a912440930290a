"""A file on its way in: its bytes in the intake folder, and whose turn it is to write them.

A line that breaks leaves a request behind that still waits for bytes; the client comes back by
another line, perhaps to another process. So the newest request takes the turn and the old one
finds it lost at its next write. Not for rows (`recordings.uploads`) or for the vault.

The file `<id>.turn` holds the token of the writer, the boot it wrote in, and how many bytes of
the file count. After a power cut that number says nothing and only fsynced progress counts.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from uuid import UUID, uuid4

from liuhen.host.flushing import begin_writing_back
from liuhen.kernel.digests import CHUNK
from liuhen.kernel.refusals import Refused
from liuhen.recordings import running_digest
from liuhen.recordings.growing import GrowingFile
from liuhen.recordings.running_digest import RunningDigest
from liuhen.vault.keeping import intake_path
from liuhen.vault.store import fsync_folder

_LAYOUT = struct.Struct("<16s16sQ")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


Record = Callable[[int, RunningDigest | None], None]


class TurnLostError(Exception):
    """Another request has taken over this upload."""


@cache
def _boot() -> bytes:
    try:
        return UUID(_BOOT_ID.read_text().strip()).bytes
    except (OSError, ValueError):
        return uuid4().bytes  # unknown: then nothing outlives this process


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn a full disk into `Refused("storage.full")`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refused("storage.full") from error
        raise


@dataclass(frozen=True)
class ReceivedFile:
    """A whole, fsynced file in the intake folder, hashed as it was received."""

    path: Path
    sha256: str
    size: int
    name: str


class IntakeFile:
    """The bytes of one upload so far, and the right to add to them."""

    def __init__(self, folder: Path, upload_id: UUID) -> None:
        self._id = upload_id
        self.path = folder / str(upload_id)
        self.turn_path = folder / f"{upload_id}.turn"

    def create(self) -> None:
        """Make both files, durably, or none. Raises `Refused("storage.full")`."""
        try:
            with disk_errors():
                for path in (self.path, self.turn_path):
                    path.open("xb").close()
                fsync_folder(self.path.parent)
        except BaseException:
            self.remove()
            raise

    def exists(self) -> bool:
        """Whether the bytes are still here."""
        return self.path.exists()

    def remove(self) -> None:
        """Delete both files; missing ones are no matter."""
        self.path.unlink(missing_ok=True)
        self.turn_path.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the upload across all processes; yields the turn file's descriptor."""
        descriptor = os.open(self.turn_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def gather(self, known: str, length: int) -> str:
        """The digest of the whole, of `length` bytes, that lie in `path`; `known` when it is.

        Raises:
            Fault: the file is shorter.
        """
        if known:
            return known
        running = running_digest.take_out(self._id, length)
        with self.path.open("rb", buffering=0) as stream:

            def read_back(start: int, size: int) -> bytes:
                stream.seek(start)
                return stream.read(size)

            running.catch_up(length, read_back)
        return running.hexdigest()

    def unlist(self) -> None:
        """Delete what nobody would find once the upload's row is gone: nothing here."""

    def let_go(self) -> None:
        """The bytes stay until the upload is over: they lie nowhere else."""

    def forget(self) -> None:
        """These bytes serve nobody any more; the upload's turn stays until it is over."""
        self.path.unlink(missing_ok=True)

    def settle(self) -> None:
        """Keep nothing of an upload that has become a recording."""
        self.turn_path.unlink(missing_ok=True)

    def set_aside(self) -> None:
        """Move bytes that belong to no row into quarantine; never delete them unasked."""
        if self.path.exists() and self.path.stat().st_size:
            folder = self.path.parent / "quarantine"
            folder.mkdir(mode=0o750, exist_ok=True)
            self.path.rename(folder / self.path.name)
        self.remove()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one who fills this file from others on this disk.

        Raises:
            Refused: `upload.taken_over`, `record.not_found`.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise Refused("record.not_found") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise Refused("upload.taken_over") from None
        finally:
            os.close(descriptor)

    def end_turn(self, locked: int) -> None:
        """Take the turn from whoever writes, and give it to nobody; `locked` is held."""
        os.pwrite(locked, _LAYOUT.pack(uuid4().bytes, bytes(16), 0), 0)

    def take_turn(self, durable: int, record: Record) -> Turn:
        """Become the one writer. What an earlier writer left is made durable and recorded first.

        Args:
            durable: the recorded offset; the file holds at least that much.
            record: stores a new durable offset, with the digest of what came up to there where
                that is known; called while the upload is locked.

        Raises:
            FileNotFoundError: the bytes are gone.
            Refused: `storage.full`.
        """
        taken = Turn(self._id, self.path, self.turn_path, record)
        try:
            taken.begin(durable)
        except BaseException:
            taken.close()
            raise
        return taken


class Turn:
    """The right to write one upload, until another request takes it. Close it in the end.

    `offset` is where the next byte goes; `durable` is what was recorded after an fsync.
    """

    def __init__(self, upload_id: UUID, path: Path, turn_path: Path, record: Record) -> None:
        self._upload_id, self._record = upload_id, record
        self._file = GrowingFile(path, self._put)
        self._turn = os.open(turn_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        self._token = uuid4().bytes
        # The lock of the turn file knows processes, not the threads of this one.
        self._alone = Lock()
        self.durable = self._written = 0
        # Bytes that still await their checksum don't count for whoever takes over.
        self.counts = True

    @property
    def offset(self) -> int:
        """Where the next byte goes."""
        return self._file.size

    def begin(self, durable: int) -> None:
        """Take the turn and settle where it begins."""
        with self._lock():
            _, boot, counted = self._read()
            size = os.fstat(self._file.descriptor).st_size
            known = counted if boot == _boot() else 0
            offset = min(max(durable, known), size)
            with disk_errors():
                self._file.cut(offset)
                if offset > durable:
                    self._file.sync()
            if offset > durable:
                self._record(offset, None)
            self.durable = self._written = offset
            self._note()

    def digest(self) -> RunningDigest:
        """What follows the bytes while they come, as far as this process has it."""
        return running_digest.take_out(self._upload_id, self.offset)

    def write(self, piece: bytes | memoryview) -> None:
        """Add bytes. Raises `TurnLostError`, `Refused("storage.full")`."""
        self._file.write(memoryview(piece))

    def _put(self, descriptor: int, some: memoryview, at: int) -> None:
        with self._held(), disk_errors():
            while some:
                done = os.pwrite(descriptor, some, at)
                at += done
                some = some[done:]
            self._written = at
            if self.counts:
                self._note()

    def sync(self, *, whole: bool = True) -> int:
        """Make everything written so far durable; returns how much that is. Records nothing.

        Without `whole`, what waits for its block goes on waiting and doesn't count.
        """
        with disk_errors():
            return self._file.sync(whole=whole)

    def record(self, reached: int, digest: RunningDigest | None = None) -> None:
        """Record what `sync` made durable. Raises `TurnLostError`."""
        with self._held():
            self._note()
            self._record(reached, digest)
            self.durable = reached

    def discard(self) -> None:
        """Go back to the recorded offset: the bytes since then were not what was sent."""
        self._file.flush()
        with self._held():
            self._file.cut(self.durable)
            self._written = self.durable
            self._note()

    def read(self, start: int, length: int) -> bytes:
        """Bytes written before."""
        return self._file.read(start, length)

    def close(self) -> None:
        """Let go; what was written stays."""
        self._file.close()
        os.close(self._turn)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with self._alone:
            fcntl.flock(self._turn, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._turn, fcntl.LOCK_UN)

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock():
            if self._read()[0] != self._token:
                raise TurnLostError
            yield

    def _read(self) -> tuple[bytes, bytes, int]:
        raw = os.pread(self._turn, _LAYOUT.size, 0)
        if len(raw) < _LAYOUT.size:
            return b"", b"", 0
        token, boot, counted = _LAYOUT.unpack(raw)
        return token, boot, counted

    def _note(self) -> None:
        os.pwrite(self._turn, _LAYOUT.pack(self._token, _boot(), self._written), 0)


def copy_in(source: Path, name: str) -> ReceivedFile:
    """Copy a file into the intake folder and fsync it. `OSError` of the source passes through.

    Raises:
        Refused: `storage.full`.
    """
    target = intake_path()
    with source.open("rb", buffering=0) as stream:
        try:
            received = copy_stream(stream.readinto, target, name, fresh_tray())
            with disk_errors():
                fsync_file(target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return received


def fresh_tray() -> memoryview:
    """Memory for copying by `copy_stream`, one file after the other."""
    return memoryview(bytearray(CHUNK))


def copy_stream(
    read_into: Callable[[memoryview], int | None], target: Path, name: str, tray: memoryview
) -> ReceivedFile:
    """Write what `read_into` gives to a fresh file, hashing as received. Not yet durable.

    Raises:
        Refused: `storage.full`. Errors of `read_into` pass through.
    """
    digest, size = hashlib.sha256(), 0
    with target.open("xb", buffering=0) as sink:
        while length := read_into(tray):
            view = tray[:length]
            digest.update(view)
            with disk_errors():
                while view:
                    done = sink.write(view)
                    view, size = view[done:], size + done
        begin_writing_back(sink.fileno())
    return ReceivedFile(target, digest.hexdigest(), size, name)


def fsync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
