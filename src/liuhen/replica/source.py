"""The primary as the replica sees it: an address, a token, bytes that prove nothing by themselves.

Not for judging what comes: `pulling` does that.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

from liuhen.host.disk import refusing
from liuhen.kernel.digests import CHUNK
from liuhen.kernel.refusals import Refused
from liuhen.tlog.notes import MAX_NOTE_BYTES
from liuhen.tlog.tiles import MAX_ENTRY_BYTES, TILE_WIDTH, BundleId

_TIMEOUT = urllib3.Timeout(connect=5.0, read=60.0)
_RETRIES = urllib3.Retry(3, backoff_factor=0.3, status_forcelist=(502, 503, 504), redirect=0)
_LONGEST_BUNDLE = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)
_LONGEST_IMAGES = 1 << 30
_LONGEST_ANSWER = 1 << 16
_AWAY = (urllib3.exceptions.HTTPError, OSError)


class Primary:
    """The replica's door at the primary; its lines are closed with the block it is used in.

    Every method raises `Refused`: `primary.away`, `primary.untrusted` for a certificate that does
    not hold, `primary.refused` with `status`, `primary.too_long`.
    """

    def __init__(self, address: str, token: str, ca_file: str | None = None) -> None:
        self._prefix = f"{address.rstrip('/')}/api/v1/replica"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=_RETRIES, ca_certs=ca_file)

    def __enter__(self) -> Primary:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.clear()

    def checkpoint(self) -> bytes:
        """The newest checkpoint."""
        return self._get("/log/checkpoint", MAX_NOTE_BYTES)

    def bridges(self) -> list[str]:
        """The checkpoints that first covered a change of the log's key, oldest first."""
        try:
            notes = json.loads(self._get("/log/bridges", _LONGEST_IMAGES))
        except ValueError:
            notes = None
        if not isinstance(notes, list) or not all(isinstance(one, str) for one in notes):
            raise Refused("primary.refused", status="bridges")
        return notes

    def bundle(self, bundle: BundleId) -> bytes:
        """A bundle of entries."""
        return self._get(f"/log/{bundle.path}", _LONGEST_BUNDLE)

    def images(self, bundle: BundleId) -> bytes:
        """The images of a bundle's entries."""
        return self._get(f"/images/{bundle.path.removeprefix('tile/entries/')}", _LONGEST_IMAGES)

    def unbound(self) -> bytes:
        """What no image holds."""
        return self._get("/unbound", _LONGEST_IMAGES)

    def fetch_original(self, sha256: str, target: Path) -> str:
        """Fetch an original into a file, going on where an earlier try broke off; its digest.

        The file is durable when the digest is returned. What it should be, the caller knows.
        Raises as `host.disk.refusing`, too.
        """
        digest, start = hashlib.sha256(), 0
        if target.exists():
            with target.open("rb") as stream:
                while piece := stream.read(CHUNK):
                    digest.update(piece)
                    start += len(piece)
        headers = {"Range": f"bytes={start}-"} if start else {}
        with self._asked("GET", f"/originals/{sha256}", headers=headers) as answer:
            if start and answer.status != 206:
                digest, start = hashlib.sha256(), 0
            # what our own disk refuses is not the primary's doing
            with refusing(target), target.open("r+b" if start else "wb") as stream:
                stream.seek(start)
                for piece in answer.stream(CHUNK):
                    digest.update(piece)
                    stream.write(piece)
                stream.flush()
                os.fsync(stream.fileno())
        return digest.hexdigest()

    def post(self, path: str, told: Mapping[str, Any]) -> None:
        """Tell the primary something as JSON."""
        headers = {"Content-Type": "application/json"}
        with self._asked("POST", path, json.dumps(told).encode(), headers) as answer:
            answer.read(_LONGEST_ANSWER)

    def _get(self, path: str, longest: int) -> bytes:
        with self._asked("GET", path) as answer:
            pieces, size = [], 0
            for piece in answer.stream(CHUNK):
                size += len(piece)
                if size > longest:
                    raise Refused("primary.too_long", path=path)
                pieces.append(piece)
            return b"".join(pieces)

    @contextmanager
    def _asked(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """A good answer, to be read in the block; its line is closed unless that went well."""
        told = {**self._headers, **(headers or {})}
        try:
            answer = self._pool.request(
                method, f"{self._prefix}{path}", body=body, headers=told, preload_content=False
            )
            try:
                if answer.status not in (200, 206):
                    raise Refused("primary.refused", status=answer.status)
                yield answer
            except BaseException:
                answer.close()
                raise
            answer.release_conn()
        except _AWAY as error:
            raise _refusal(error) from error


def _refusal(error: BaseException) -> Refused:
    """A primary that can't be reached, or one whose certificate proves nothing."""
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, urllib3.exceptions.SSLError):
        return Refused("primary.untrusted", said=str(cause)[:200])
    return Refused("primary.away", said=type(cause).__name__)
