"""Whatever is written where, the file holds just that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.recordings.direct_file import BLOCK, BUFFER, DirectFile

lengths = st.one_of(
    st.integers(1, 3 * BLOCK), st.sampled_from([BLOCK, BUFFER - 1, BUFFER, BUFFER + BLOCK + 1])
)


@settings(max_examples=30, deadline=None)
@given(pieces=st.lists(lengths, min_size=1, max_size=6), is_direct=st.booleans())
def test_pieces_of_any_length_come_out_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[int], is_direct: bool
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
            while view:
                done = written.put(view, at)
                assert done > 0
                view, at = view[done:], at + done
            expected += piece
        assert path.read_bytes() == expected
    finally:
        written.close()
        path.unlink()
