"""Bytes that go past the system's cache: however they come, the file is what was added."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.recordings import growing
from liuhen.recordings.growing import AHEAD, BLOCK, GrowingFile

DATA = os.urandom(3 * BLOCK + 4321)
SIZES = st.integers(1, BLOCK + 3) | st.sampled_from([BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK])
STEPS = st.lists(SIZES | st.sampled_from(["flush", "sync", "again", "read"]), max_size=12)


class Writer:
    """A file that grows, and where each of its writes began and how long it was."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "growing"
        self.path.touch()
        self.writes: list[tuple[int, int]] = []
        self.refusing: OSError | None = None
        self.file = self.open()

    def open(self) -> GrowingFile:
        return GrowingFile(self.path, self.put)

    def put(self, descriptor: int, some: memoryview, at: int) -> None:
        refused, self.refusing = self.refusing, None
        if refused is not None:
            raise refused
        self.writes.append((at, len(some)))
        assert os.pwrite(descriptor, some, at) == len(some)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path)


@pytest.fixture(params=[True, False], ids=["past the cache", "through the cache"])
def is_direct(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if not request.param:
        monkeypatch.setattr(growing, "_opened_directly", lambda path: None)
    return bool(request.param)


@pytest.mark.usefixtures("is_direct")
@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_in_whatever_pieces_bytes_come_each_is_written_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int | str]
) -> None:
    writer, added = Writer(tmp_path_factory.mktemp("growing")), 0
    for step in steps:
        if isinstance(step, int):
            piece = DATA[added : added + step]
            writer.file.write(memoryview(piece))
            added += len(piece)
        elif step == "again":
            writer.file.flush()
            writer.file.close()
            writer.file = writer.open()
            writer.file.cut(added)
        elif step == "read":
            assert writer.file.read(0, added) == DATA[:added]
        else:
            assert getattr(writer.file, step)() == added
    assert writer.file.flush() == added == writer.file.size
    writer.file.close()
    assert writer.path.read_bytes() == DATA[:added]
    ends = [at + length for at, length in writer.writes]
    assert [at for at, _ in writer.writes] == [0, *ends][: len(ends)]


@pytest.mark.parametrize(
    ("size", "writes"),
    [
        (BLOCK - 1, [BLOCK - 1]),
        (BLOCK, [BLOCK]),
        (BLOCK + 1, [BLOCK, 1]),
        (2 * BLOCK, [BLOCK, BLOCK]),
    ],
)
def test_whole_blocks_are_written_whole_and_the_rest_when_asked(
    writer: Writer, size: int, writes: list[int]
) -> None:
    for at in range(0, size, 1000):
        writer.file.write(memoryview(DATA[at : min(at + 1000, size)]))
    writer.file.flush()
    writer.file.close()
    assert [length for _, length in writer.writes] == writes


def test_what_was_flushed_in_mid_block_is_not_written_again(writer: Writer) -> None:
    writer.file.write(memoryview(DATA[:10]))
    writer.file.sync()
    writer.file.write(memoryview(DATA[10 : 2 * BLOCK]))
    writer.file.flush()
    writer.file.close()
    assert writer.writes == [(0, 10), (10, BLOCK - 10), (BLOCK, BLOCK)]


def test_what_came_before_a_failed_block_is_kept_and_nothing_lies_behind_it(
    writer: Writer,
) -> None:
    writer.file.write(memoryview(DATA[:BLOCK]))
    writer.file.flush()
    writer.refusing = OSError(errno.ENOSPC, "no room")
    with pytest.raises(OSError, match="no room"):
        writer.file.write(memoryview(DATA[BLOCK : 3 * BLOCK]))
        writer.file.flush()
    assert writer.file.size == writer.file.flush() == BLOCK
    writer.file.write(memoryview(DATA[BLOCK : 2 * BLOCK + 5]))
    writer.file.sync()
    writer.file.close()
    assert writer.path.read_bytes() == DATA[: 2 * BLOCK + 5]


def test_a_tail_that_found_no_room_does_not_count(writer: Writer) -> None:
    writer.file.write(memoryview(DATA[:7]))
    writer.refusing = OSError(errno.ENOSPC, "no room")
    with pytest.raises(OSError, match="no room"):
        writer.file.flush()
    assert writer.file.size == 0
    writer.file.close()
    assert writer.path.read_bytes() == b""


def test_a_disk_that_wants_other_lengths_is_written_through_the_cache(writer: Writer) -> None:
    writer.refusing = OSError(errno.EINVAL, "odd")
    writer.file.write(memoryview(DATA[: 2 * BLOCK]))
    writer.file.flush()
    writer.file.close()
    assert writer.path.read_bytes() == DATA[: 2 * BLOCK]


def test_bytes_that_are_cut_leave_no_trace(writer: Writer) -> None:
    writer.file.write(memoryview(DATA[: BLOCK + 9]))
    writer.file.cut(5)
    writer.file.write(memoryview(DATA[5:20]))
    writer.file.flush()
    writer.file.close()
    assert writer.path.read_bytes() == DATA[:20]


def test_a_line_goes_on_while_two_blocks_wait_for_the_disk_and_no_further(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, put, size = Event(), writer.put, AHEAD * BLOCK + BLOCK

    def put_late(descriptor: int, some: memoryview, at: int) -> None:
        assert may_end.wait(30)
        put(descriptor, some, at)

    monkeypatch.setattr(writer.file, "_put", put_late)
    writer.file.write(memoryview(DATA[: size - 1]))
    assert writer.file.sync(whole=False) == 0
    line = Thread(target=writer.file.write, args=(memoryview(DATA[size - 1 : size]),))
    line.start()
    line.join(0.2)
    assert line.is_alive()
    assert writer.writes == []
    may_end.set()
    line.join(30)
    writer.file.flush()
    writer.file.close()
    assert writer.path.read_bytes() == DATA[:size]


def test_what_waits_for_its_block_may_go_on_waiting_when_the_rest_is_made_durable(
    writer: Writer,
) -> None:
    writer.file.write(memoryview(DATA[:BLOCK]))
    writer.file.flush()
    writer.file.write(memoryview(DATA[BLOCK : BLOCK + 7]))
    assert writer.file.sync(whole=False) == BLOCK
    writer.file.write(memoryview(DATA[BLOCK + 7 : 2 * BLOCK]))
    assert writer.file.sync() == 2 * BLOCK
    writer.file.close()
    assert writer.writes == [(0, BLOCK), (BLOCK, BLOCK)]
