"""An upload on its way in where the bucket comes first: no machine holds what only it has.

Bytes lie in pieces: first in a file here, then in the bucket, then as rows of the upload. Only
what has its row counts, whichever machine asks; whose turn it is to add, the upload's row says.
The same as `recordings.intake` does with one disk. Not for rows of uploads (`recordings.uploads`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F, QuerySet

from liuhen.kernel import clock
from liuhen.kernel.digests import CHUNK, sha256_file
from liuhen.kernel.refusals import Fault, Refused
from liuhen.recordings.intake import Record, Turn, TurnLostError, disk_errors
from liuhen.recordings.models import Upload, UploadPiece
from liuhen.recordings.running_digest import ReadBack, RunningDigest
from liuhen.vault.s3 import S3Store
from liuhen.vault.store import STAGED

# Large enough that a request to the bucket costs little, small enough to be sent anew.
PIECE = 16 << 20
STRAYS_LAST = dt.timedelta(days=30)

log = logging.getLogger(__name__)


class Unhashed(RunningDigest):
    """Counts only: where an upload may go on on any machine, the whole is hashed in the end."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self.position = position

    def copy(self) -> Unhashed:
        """The same place again."""
        return Unhashed(self.position)

    def feed(self, piece: bytes | memoryview, at: int, read_back: ReadBack) -> None:
        """Go on by a piece."""
        self.position = at + len(piece)


class _Piece:
    """Bytes of an upload from `start` on, in a file of this machine until they have a row."""

    def __init__(self, path: Path, start: int) -> None:
        self.path, self.start, self.size = path, start, 0
        self._hash = hashlib.sha256()
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._stream = path.open("xb")

    @property
    def sha256(self) -> str:
        """The digest of what was added."""
        return self._hash.hexdigest()

    def add(self, some: memoryview) -> None:
        """Write and hash more."""
        self._stream.write(some)
        self._hash.update(some)
        self.size += len(some)

    def close(self) -> None:
        """Nothing more comes."""
        self._stream.close()

    def drop(self) -> None:
        """It counts for nothing."""
        self.close()
        self.path.unlink(missing_ok=True)


class StagedFile:
    """The bytes of one upload so far, in the bucket, and the right to add to them.

    `path` is where `gather` brings them together; `folder` holds pieces of this machine.
    """

    def __init__(self, folder: Path, upload_id: UUID, bucket: S3Store) -> None:
        self._id, self._bucket = upload_id, bucket
        self.path = folder / str(upload_id)
        self.folder = folder / STAGED / str(upload_id)
        # nothing stands there: turns are in the upload's row
        self.turn_path = folder / f"{upload_id}.turn"

    @property
    def prefix(self) -> str:
        """How the names of its pieces in the bucket begin."""
        return f"{STAGED}/{self._id}/"

    def create(self) -> None:
        """Nothing has to be made before the first bytes come."""

    def remove(self) -> None:
        """Delete the pieces here and in the bucket; of an upload under way all has to come again.

        What the bucket does not delete now is cleared later (`clear_staged`).
        """
        names = list(self._upload_pieces().values_list("name", flat=True))
        with transaction.atomic():
            under_way = Upload.objects.filter(
                id=self._id, result__isnull=True, refusal__isnull=True
            )
            under_way.update(offset=0, turn=uuid4())
            self._upload_pieces().delete()
        self.let_go()
        try:
            for name in names:
                self._bucket.remove_named(name)
        except Refused as refused:
            log.warning("pieces of upload %s stay for now: %s", self._id, refused)

    def unlist(self) -> None:
        """Delete what nobody would find once the upload's row is gone: its pieces."""
        self.remove()

    def forget(self) -> None:
        """These bytes serve nobody any more."""
        self.remove()

    def settle(self) -> None:
        """Keep nothing of an upload that has become a recording."""
        self.remove()

    def set_aside(self) -> None:
        """The pieces belong to no row from now on; they are cleared in their time."""
        self.let_go()

    def let_go(self) -> None:
        """Keep nothing of it on this machine: what counts lies in the bucket."""
        self.path.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the upload across all machines, as long as the database holds our line."""
        held = connection.copy()
        try:
            with held.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [str(self._id)])
            yield 0
        finally:
            held.close()

    def end_turn(self, locked: int) -> None:
        """Take the turn from whoever writes, and give it to nobody; `locked` is held."""
        Upload.objects.filter(id=self._id).update(turn=uuid4())

    def take_turn(self, durable: int, record: Record) -> StagedTurn:
        """Become the one writer; what another wrote without its row is not counted.

        Raises:
            Refused: `record.not_found`.
        """
        turn = StagedTurn(self._id, self, self._bucket, record)
        turn.begin()
        return turn

    def gather(self, known: str, length: int) -> str:
        """Bring the whole together in `path`, durably; returns its digest, whatever was `known`.

        Pieces that lie here are taken from here, the others from the bucket.

        Raises:
            Refused: `storage.full`, `s3.away`, `s3.refused`.
            Fault: a piece is gone, or gives other bytes.
        """
        whole, end = hashlib.sha256(), 0
        fresh = self.path.with_suffix(".gathering")
        with disk_errors(), fresh.open("wb") as sink:
            for piece in self._upload_pieces().order_by("start"):
                if piece.start != end:
                    raise Fault(f"upload {self._id}: no piece from byte {end} on")
                with self._file_of(piece).open("rb") as stream:
                    while chunk := stream.read(CHUNK):
                        whole.update(chunk)
                        sink.write(chunk)
                end += piece.size
            sink.flush()
            os.fsync(sink.fileno())
        fresh.rename(self.path)
        return whole.hexdigest()

    def _file_of(self, piece: UploadPiece) -> Path:
        """A file of this machine with a piece's proven bytes."""
        place = self.folder / piece.name.rpartition("/")[2]
        if place.is_file() and sha256_file(place) == piece.sha256:
            return place
        place.unlink(missing_ok=True)
        place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        if self._bucket.fetch_named(piece.name, place) != piece.sha256:
            place.unlink()
            raise Fault(f"upload {self._id}: acknowledged piece {piece.name} is gone")
        return place

    def _upload_pieces(self) -> QuerySet[UploadPiece]:
        return UploadPiece.objects.filter(upload=self._id)


class StagedTurn:
    """The right to add to one upload, until another request takes it. Close it in the end.

    `offset` is where the next byte goes; `durable` is what has its rows.
    """

    def __init__(self, upload_id: UUID, file: StagedFile, bucket: S3Store, record: Record) -> None:
        self._id, self._file, self._bucket, self._record = upload_id, file, bucket, record
        self._token = uuid4()
        # Bytes are written and sent by different threads.
        self._alone = Lock()
        self._open: _Piece | None = None
        self._whole: list[_Piece] = []
        self._sent: list[_Piece] = []
        self.offset = self.durable = 0
        # Bytes that still await their checksum are neither sent nor recorded.
        self.counts = True

    def begin(self) -> None:
        """Take the turn. Raises `Refused("record.not_found")`."""
        with transaction.atomic():
            row = Upload.objects.select_for_update().filter(id=self._id).first()
            if row is None:
                raise Refused("record.not_found")
            Upload.objects.filter(id=self._id).update(turn=self._token)
        self.offset = self.durable = row.offset

    def digest(self) -> RunningDigest:
        """What follows the bytes while they come."""
        return Unhashed(self.offset)

    def write(self, piece: bytes | memoryview) -> None:
        """Add bytes. Raises `Refused("storage.full")`."""
        view = memoryview(piece)
        with self._alone, disk_errors():
            while view:
                self._open = self._open or self._fresh()
                some = view[: PIECE - self._open.size]
                self._open.add(some)
                self.offset += len(some)
                view = view[len(some) :]
                if self._open.size == PIECE:
                    self._end_piece()

    def sync(self, *, whole: bool = True) -> int:
        """Put everything written so far into the bucket; returns how much that is.

        Without `whole`, what waits for the rest of its piece goes on waiting and doesn't count.

        Raises:
            Refused: `storage.full`, `s3.away`, `s3.refused`.
        """
        with self._alone, disk_errors():
            if whole and self._open is not None:
                self._end_piece()
            reached = self.offset - (self._open.size if self._open else 0)
        while self._whole:
            piece = self._whole[0]
            self._bucket.put_named(self._name(piece), piece.path, piece.sha256)
            with self._alone:
                self._sent.append(self._whole.pop(0))
        return reached

    def record(self, reached: int, digest: RunningDigest | None = None) -> None:
        """Give what `sync` sent its rows: it is acknowledged. Raises `TurnLostError`.

        No digest is known here: `gather` makes it.
        """
        sent = [piece for piece in self._sent if piece.start < reached]
        if sum(piece.size for piece in sent) != reached - self.durable:
            raise Fault(f"upload {self._id}: not everything up to {reached} was sent")
        with transaction.atomic():
            row = Upload.objects.select_for_update().filter(id=self._id).first()
            if row is None or row.turn != self._token:
                raise TurnLostError
            UploadPiece.objects.bulk_create(
                UploadPiece(
                    upload_id=self._id,
                    start=piece.start,
                    size=piece.size,
                    sha256=piece.sha256,
                    name=self._name(piece),
                )
                for piece in sent
            )
            self._record(reached, None)
        with self._alone:
            self._sent = self._sent[len(sent) :]
        self.durable = reached

    def discard(self) -> None:
        """Go back to the recorded offset: the bytes since then were not what was sent."""
        self._drop()
        self.offset = self.durable

    def read(self, start: int, length: int) -> bytes:
        """Nothing is read back: `StagedFile.gather` reads the whole."""
        raise Fault(f"upload {self._id}: asked for bytes {start} to {start + length}")

    def close(self) -> None:
        """Let go; what was recorded stays."""
        self._drop()

    def _drop(self) -> None:
        with self._alone:
            for piece in [*self._whole, *self._sent, *filter(None, [self._open])]:
                piece.drop()
            self._open, self._whole, self._sent = None, [], []

    def _fresh(self) -> _Piece:
        return _Piece(self._file.folder / f"{self.offset:015d}-{self._token}", self.offset)

    def _end_piece(self) -> None:
        assert self._open is not None
        self._open.close()
        self._whole.append(self._open)
        self._open = None

    def _name(self, piece: _Piece) -> str:
        return f"{self._file.prefix}{piece.path.name}"


AnyTurn = Turn | StagedTurn


def stage_file(upload: Upload, source: Path, bucket: S3Store) -> None:
    """Put the acknowledged bytes of an upload, from a file, into the bucket as its pieces.

    Pieces that are there already are left. Raises `Fault` for a file that is shorter.
    """
    done = sum(UploadPiece.objects.filter(upload=upload).values_list("size", flat=True))
    file = StagedFile(source.parent, upload.id, bucket)
    with source.open("rb") as stream:
        stream.seek(done)
        while done < upload.offset:
            bytes_ = stream.read(min(PIECE, upload.offset - done))
            if not bytes_:
                raise Fault(f"upload {upload.id}: acknowledged bytes from {done} on are gone")
            piece = _Piece(file.folder / f"{done:015d}-{uuid4()}", done)
            piece.add(memoryview(bytes_))
            piece.close()
            name = f"{file.prefix}{piece.path.name}"
            bucket.put_named(name, piece.path, piece.sha256)
            UploadPiece.objects.create(
                upload=upload, start=done, size=piece.size, sha256=piece.sha256, name=name
            )
            done += piece.size


def move_pieces(part: Upload, whole: Upload, begin: int) -> None:
    """Let the pieces of a part be pieces of the whole from byte `begin` on."""
    pieces = UploadPiece.objects.filter(upload=part)
    pieces.update(upload=whole, start=F("start") + begin)


def clear_staged(bucket: S3Store) -> int:
    """Delete pieces in the bucket that have no row and have had none for a month; how many.

    Kills left them, or uploads that nobody came back for.

    Raises:
        Refused: `s3.away`, `s3.refused`.
    """
    late = clock.of_machine() - STRAYS_LAST
    old = [name for name, put_at in bucket.named(f"{STAGED}/") if put_at < late]
    known = set(UploadPiece.objects.filter(name__in=old).values_list("name", flat=True))
    strays = [name for name in old if name not in known]
    for name in strays:
        bucket.remove_named(name)
        log.info("bucket: removed %s, a piece without an upload", name)
    return len(strays)
