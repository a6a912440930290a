"""The store of originals of a machine that holds none: the bucket, with a bounded cache here.

An original is in the bucket, locked and read back, before anybody is told that it is kept; what
lies in the vault's folder is a copy for reading and may go at any time. Not for pieces on their
way in (`recordings.staging`), nor for how long to lock in the end (`archive.locking`).
"""

from __future__ import annotations

import datetime as dt
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Fault, Refused
from liuhen.vault.cache import tidy, use_as_cache
from liuhen.vault.s3 import S3Store
from liuhen.vault.store import LocalStore

# A first lock, until the job has asked the records, minutes later. Bytes of an act that was
# refused in the end are kept no longer than this.
FIRST_LOCK = dt.timedelta(days=90)
_TIDY_EVERY_S = 60.0
# What was proved so short a time ago is not read back again: intake proves before its act.
_PROVED_S = 600.0


class BucketStore(LocalStore):
    """Originals in one bucket; `folder` is a cache of about `cache_bytes`.

    Every method may raise `Refused` `s3.away` and `s3.refused`.
    """

    def __init__(self, folder: Path, bucket: S3Store, cache_bytes: int) -> None:
        super().__init__(folder)
        self._bucket = bucket
        self._cache_bytes = cache_bytes
        self._proved: dict[str, float] = {}
        self._alone = Lock()
        self._tidied = clock.monotonic()
        use_as_cache(folder)

    def place(self, sha256: str) -> Path:
        """A file with the original's bytes, fetched and proved unless it is here.

        Where the bucket has nothing, the file is missing.

        Raises:
            Refused: `storage.full`.
            Fault: the bucket gives other bytes.
        """
        path = self.path(sha256)
        if not self._is_cached(path):
            self._fetch(sha256)
            self._tidy_now_and_then()
        return path

    def has(self, sha256: str) -> bool:
        """Whether the bucket holds an object of that name (what it gives, the scrub reads)."""
        return self._bucket.has(sha256)

    def digest(self, sha256: str) -> str | None:
        """The digest of what the bucket gives; None when that is nothing."""
        return self._bucket.digest(sha256)

    def chunks(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end), from here or as the bucket gives them."""
        if self._is_cached(self.path(sha256)):
            return super().chunks(sha256, start, end)
        return self._bucket.chunks(sha256, start, end)

    def secure(self, source: Path, sha256: str) -> None:
        """Put a file into the bucket, locked and read back; durable there on return.

        What is there already is read back and locked. Twice within minutes is done once.

        Raises:
            Refused: `s3.damaged`.
        """
        if clock.monotonic() - self._proved.get(sha256, -_PROVED_S) < _PROVED_S:
            return
        until = clock.of_machine() + FIRST_LOCK
        if self._bucket.digest(sha256) != sha256:
            self._bucket.put(source, sha256, until)
        self._bucket.lock(sha256, until)
        with self._alone:
            late = clock.monotonic() - _PROVED_S
            self._proved = {one: at for one, at in self._proved.items() if at > late}
            self._proved[sha256] = clock.monotonic()

    def adopt(self, temporary: Path, sha256: str) -> Path:
        """Put a file into the bucket as `secure` does; here it stays as a cached copy."""
        self.secure(temporary, sha256)
        self._tidy_now_and_then()
        path = super().adopt(temporary, sha256)
        os.utime(path)
        return path

    def _is_cached(self, path: Path) -> bool:
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        return True

    def _fetch(self, sha256: str) -> None:
        fresh = self.folder / f"{new_id()}.fetching"
        try:
            found = self._bucket.fetch(sha256, fresh)
            if found is None:
                return
            if found != sha256:
                raise Fault(f"the bucket gives {found} for original {sha256}")
            super().adopt(fresh, sha256)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Refused("storage.full") from error
            raise
        finally:
            fresh.unlink(missing_ok=True)

    def _tidy_now_and_then(self) -> None:
        with self._alone:
            if clock.monotonic() - self._tidied < _TIDY_EVERY_S:
                return
            self._tidied = clock.monotonic()
        tidy([self.folder], self._cache_bytes)
