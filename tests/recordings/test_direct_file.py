"""Whatever is written where, the file holds just that."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.recordings.direct_file import BLOCK, DirectFile

LARGE = 256 * BLOCK
lengths = st.one_of(
    st.integers(1, 3 * BLOCK), st.sampled_from([BLOCK, LARGE - 1, LARGE, LARGE + BLOCK + 1])
)


def in_memory_as_in_the_file(piece: bytes, at: int) -> memoryview:
    place = at % BLOCK
    memory = memoryview(mmap.mmap(-1, place + len(piece)))
    memory[place:] = piece
    return memory[place:]


@settings(max_examples=30, deadline=None)
@given(
    pieces=st.lists(lengths, min_size=1, max_size=6),
    is_direct=st.booleans(),
    is_aligned=st.booleans(),
)
def test_pieces_of_any_length_come_out_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[int], is_direct: bool, is_aligned: bool
) -> None:
    # /dev/shm keeps everything in memory: on most kernels nothing can be written past it.
    folder = tmp_path_factory.mktemp("direct") if is_direct else Path("/dev/shm")
    path = folder / f"liuhen-{os.getpid()}"
    path.touch()
    written, expected = DirectFile(path), b""
    try:
        for length in pieces:
            piece = os.urandom(length)
            view, at = memoryview(piece), len(expected)
            if is_aligned:
                view = in_memory_as_in_the_file(piece, at)
            while view:
                done = written.put(view, at)
                assert done > 0
                view, at = view[done:], at + done
            expected += piece
        assert path.read_bytes() == expected
    finally:
        written.close()
        path.unlink()
