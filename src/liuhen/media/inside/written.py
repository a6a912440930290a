"""The output as encoders see it: an open descriptor that can be written anywhere. Child only."""

from __future__ import annotations

import os

from liuhen.media.worker import OUTPUT_FD


class Written:
    """A seekable, write-only view of the output descriptor; emptied when it begins."""

    def __init__(self) -> None:
        os.ftruncate(OUTPUT_FD, 0)
        self._at = 0

    def write(self, data: bytes) -> int:
        """Write all of `data` at the present place."""
        view = memoryview(data)
        while view:
            done = os.pwrite(OUTPUT_FD, view, self._at)
            self._at, view = self._at + done, view[done:]
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}.get(whence)
        self._at = (os.fstat(OUTPUT_FD).st_size if base is None else base) + offset
        return self._at

    def tell(self) -> int:
        """The present place."""
        return self._at
