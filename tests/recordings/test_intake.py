"""Whose turn it is to write an upload, and what of it counts after a break or a kill."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.kernel.refusals import Fault, Refused
from liuhen.recordings import receiving, running_digest
from liuhen.recordings.growing import BLOCK
from liuhen.recordings.intake import IntakeFile, TurnLostError, copy_in
from liuhen.recordings.receiving import receive
from liuhen.recordings.running_digest import RunningDigest

MIB = 1 << 20


class Recorded:
    """Stands for the row: the offset that was recorded last, and the digest with it."""

    def __init__(self) -> None:
        self.offset, self.sha256 = 0, ""

    def __call__(self, offset: int, digest: RunningDigest | None) -> None:
        self.offset, self.sha256 = offset, digest.hexdigest() if digest else ""


@pytest.fixture
def intake(tmp_path: Path) -> IntakeFile:
    made = IntakeFile(tmp_path, uuid4())
    made.create()
    return made


def line(data: bytes, breaks_at: int | None = None) -> Callable[[int], bytes]:
    """A line that gives `data`; broken, it ends as politely as if that were all."""
    left = memoryview(data[:breaks_at])

    def read(size: int) -> bytes:
        nonlocal left
        piece, left = bytes(left[:size]), left[size:]
        return piece

    return read


def test_what_was_received_is_recorded_only_after_it_is_on_disk(intake: IntakeFile) -> None:
    row, data = Recorded(), os.urandom(3 * MIB + 17)
    turn = intake.take_turn(0, row)
    assert receive(turn, line(data), len(data), RunningDigest()) == len(data)
    turn.close()
    assert row.offset == len(data)
    assert intake.path.read_bytes() == data
    assert row.sha256 == hashlib.sha256(data).hexdigest()


def test_a_broken_line_that_looks_like_an_end_is_told_by_its_length(intake: IntakeFile) -> None:
    row, data = Recorded(), os.urandom(2 * MIB)
    turn = intake.take_turn(0, row)
    came = receive(turn, line(data, breaks_at=MIB + 5), len(data), RunningDigest())
    turn.close()
    assert came == MIB + 5 == row.offset


def test_a_line_that_breaks_with_an_error_keeps_what_came_too(intake: IntakeFile) -> None:
    row, pieces = Recorded(), [b"x" * 1000]

    def read(size: int) -> bytes:
        if pieces:
            return pieces.pop()
        raise ConnectionResetError(errno.ECONNRESET, "reset")

    turn = intake.take_turn(0, row)
    assert receive(turn, read, 5000, RunningDigest()) == 1000
    turn.close()
    assert row.offset == 1000


def test_after_a_kill_every_block_written_in_this_boot_counts(intake: IntakeFile) -> None:
    row = Recorded()
    killed = intake.take_turn(0, row)
    killed.write(b"a" * (2 * BLOCK + 100))
    # No sync, no record: the process is gone here, its descriptors and its last block with it.
    killed.close()
    again = intake.take_turn(row.offset, row)
    again.close()
    assert again.offset == row.offset == 2 * BLOCK


def test_after_a_power_cut_only_what_was_fsynced_and_recorded_counts(intake: IntakeFile) -> None:
    row = Recorded()
    turn = intake.take_turn(0, row)
    turn.write(b"a" * 100)
    turn.record(turn.sync())
    turn.write(b"b" * 100)
    turn.close()
    note = bytearray(intake.turn_path.read_bytes())
    note[16:32] = uuid4().bytes  # the note is of another boot
    intake.turn_path.write_bytes(note)
    again = intake.take_turn(row.offset, row)
    again.close()
    assert again.offset == 100
    assert intake.path.stat().st_size == 100, "what does not count is cut off"


def test_a_file_shorter_than_its_record_is_believed_over_the_record(intake: IntakeFile) -> None:
    turn = intake.take_turn(500, Recorded())
    turn.close()
    assert turn.offset == 0


def test_the_newest_request_takes_the_turn_and_the_old_one_writes_no_more(
    intake: IntakeFile,
) -> None:
    row = Recorded()
    old = intake.take_turn(0, row)
    old.write(b"o" * BLOCK)
    old.sync()
    new = intake.take_turn(row.offset, row)
    assert new.offset == BLOCK, "what the old line brought is not lost"
    with pytest.raises(TurnLostError):
        old.write(b"late" * BLOCK)
    old.write(b"late")
    with pytest.raises(TurnLostError):
        old.sync()
    with pytest.raises(TurnLostError):
        old.record(BLOCK + 4)
    new.write(b"new")
    new.record(new.sync())
    old.close()
    new.close()
    assert intake.path.read_bytes() == b"o" * BLOCK + b"new"
    assert row.offset == BLOCK + 3


def test_bytes_that_await_their_checksum_do_not_count_for_the_next(intake: IntakeFile) -> None:
    row = Recorded()
    turn = intake.take_turn(0, row)
    turn.counts = False
    turn.write(b"unverified")
    turn.close()
    again = intake.take_turn(row.offset, row)
    again.close()
    assert again.offset == 0


def test_discarded_bytes_leave_no_trace(intake: IntakeFile) -> None:
    row = Recorded()
    turn = intake.take_turn(0, row)
    turn.write(b"good")
    turn.record(turn.sync())
    turn.counts = False
    turn.write(b"wrong")
    turn.discard()
    turn.close()
    assert intake.path.read_bytes() == b"good" and turn.offset == 4


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3 * MIB), st.booleans()), max_size=6))
def test_however_often_the_line_breaks_the_file_and_its_digest_come_out_whole(
    tmp_path_factory: pytest.TempPathFactory, breaks: list[tuple[int, bool]]
) -> None:
    data = os.urandom(2 * MIB + 4321)
    intake, row = IntakeFile(tmp_path_factory.mktemp("intake"), uuid4()), Recorded()
    intake.create()
    upload_id = uuid4()
    for at, forgets in [*breaks, (len(data), False)]:
        if forgets:
            upload_id = uuid4()  # as another process would: without the running digest
        turn = intake.take_turn(row.offset, row)
        digest = running_digest.take_out(upload_id, turn.offset)
        rest = data[turn.offset :]
        receive(turn, line(rest, at), len(rest), digest)
        running_digest.put_back(upload_id, digest)
        turn.close()
        assert row.offset == turn.offset
    finished = running_digest.take_out(upload_id, len(data))
    with intake.path.open("rb") as stream:
        finished.catch_up(len(data), lambda at, size: (stream.seek(at), stream.read(size))[1])
    assert finished.hexdigest() == hashlib.sha256(data).hexdigest()


def test_a_digest_ahead_of_the_file_is_not_used() -> None:
    ahead, upload_id = RunningDigest(), uuid4()
    ahead.feed(b"12345", 0, lambda at, size: b"")
    running_digest.put_back(upload_id, ahead)
    assert running_digest.take_out(upload_id, 4).position == 0
    running_digest.put_back(upload_id, ahead)
    assert running_digest.take_out(upload_id, 5).position == 5


def test_catching_up_reads_a_bounded_part_of_the_file_for_each_piece() -> None:
    reads: list[int] = []

    def read_back(at: int, size: int) -> bytes:
        reads.append(size)
        return bytes(size)

    behind = RunningDigest()
    behind.feed(b"x", 100 * MIB, read_back)
    assert sum(reads) == behind.position == 4 * MIB


def test_a_file_that_lost_bytes_is_a_fault_not_a_wrong_digest() -> None:
    with pytest.raises(Fault):
        RunningDigest().catch_up(10, lambda at, size: b"")


def test_a_copy_into_the_intake_is_hashed_as_it_is_read(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    source.write_bytes(os.urandom(MIB + 3))
    received = copy_in(source, "a.mp4")
    try:
        assert received.size == MIB + 3
        assert received.path.read_bytes() == source.read_bytes()
        assert received.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    finally:
        received.path.unlink()


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_a_full_disk_is_a_refusal(tmp_path: Path) -> None:
    intake = IntakeFile(tmp_path, UUID(int=7))
    intake.create()
    intake.path.unlink()
    intake.path.symlink_to(FULL)
    turn = intake.take_turn(0, Recorded())
    with pytest.raises(Refused) as refused:
        receive(turn, line(b"x" * 100), 100, RunningDigest())
    turn.close()
    assert refused.value.code == "storage.full"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("a file system can be mounted only by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_an_upload_stopped_by_a_full_disk_goes_on_when_there_is_room(small_disk: Path) -> None:
    intake, row, data = IntakeFile(small_disk, uuid4()), Recorded(), os.urandom(3 * MIB)
    intake.create()
    turn = intake.take_turn(0, row)
    with pytest.raises(Refused) as refused:
        receive(turn, line(data), len(data), RunningDigest())
    turn.close()
    assert refused.value.code == "storage.full"
    assert MIB <= row.offset < len(data)
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    turn = intake.take_turn(row.offset, row)
    receive(turn, line(data[turn.offset :]), len(data) - turn.offset, RunningDigest())
    turn.close()
    assert intake.path.read_bytes() == data


def test_nothing_is_written_after_bytes_for_which_there_was_no_room_for_a_moment(
    intake: IntakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "PIECE", 2048)
    row, data = Recorded(), os.urandom(4 * BLOCK)
    turn = intake.take_turn(0, row)
    pwrite, written = os.pwrite, list[int]()

    def with_no_room_once(descriptor: int, piece: memoryview, at: int) -> int:
        if len(piece) == BLOCK:
            written.append(at)
            if len(written) == 2:
                raise OSError(errno.ENOSPC, "no room")
        return pwrite(descriptor, piece, at)

    monkeypatch.setattr(os, "pwrite", with_no_room_once)
    with pytest.raises(Refused) as refused:
        receive(turn, line(data), len(data), RunningDigest())
    turn.close()
    assert refused.value.code == "storage.full"
    assert intake.path.read_bytes() == data[: row.offset]
    assert row.offset == written[1]


def test_a_long_stream_records_its_progress_on_the_way(
    intake: IntakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "RECORD_EVERY_S", 0.0)
    monkeypatch.setattr(receiving, "SYNC_AT_MOST", MIB)
    recorded: list[int] = []
    data = os.urandom(8 * MIB)
    turn = intake.take_turn(0, lambda offset, digest: recorded.append(offset))
    receive(turn, line(data), len(data), RunningDigest())
    turn.close()
    assert recorded == sorted(recorded) and len(recorded) > 1
    assert recorded[-1] == len(data)


def test_a_database_that_is_away_in_mid_stream_does_not_break_the_line(
    intake: IntakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "RECORD_EVERY_S", 0.0)
    monkeypatch.setattr(receiving, "SYNC_AT_MOST", MIB)
    tries: list[int] = []

    def record(offset: int, digest: RunningDigest | None) -> None:
        tries.append(offset)
        if len(tries) == 1:
            raise OperationalError("the connection is closed")

    data = os.urandom(8 * MIB)
    turn = intake.take_turn(0, record)
    assert receive(turn, line(data), len(data), RunningDigest()) == len(data)
    turn.close()
    assert tries[-1] == len(data) and len(tries) > 1
