"""A small client of Liuhen's API, of the standard library alone: copy the file where it is needed.

    from liuhen_client import Liuhen

    liuhen = Liuhen("https://records.example.org", token, ca_file="authority.pem")
    for case in liuhen.cases(is_open=True):
        print(case["number"], case["stage"])
    kept = liuhen.hand_in(Path("VID_0001.mp4"), device="BODY-001")
    print(kept["recording"], kept["receipt"])

A refusal is raised as `LiuhenError`, with the code, the message and the remedy the server gave. A
line that breaks is tried again; an upload goes on from what the server had durably stored.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import ssl
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

API = "/api/v1"
PIECE = 8 << 20
_BUSY = (429, 503)


class LiuhenError(Exception):
    """The server said no. `code` is stable (`noun.reason`); message and remedy are for people."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("title", ""))
        self.message = str(problem.get("detail", ""))
        self.remedy = str(problem.get("remedy", ""))
        self.data: dict[str, str] = problem.get("data", {})
        super().__init__(f"{status} {self.code}: {self.message}{self.remedy}")


class Liuhen:
    """One server, spoken to with one token."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        ca_file: str | None = None,
        tries: int = 5,
        pause_s: float = 1.0,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"no http address: {address}")
        self._host, self._port = parts.hostname, parts.port
        self._tls = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None
        self._token, self._tries, self._pause_s = token, tries, pause_s

    def me(self) -> dict[str, Any]:
        """Whom the token acts for, its scope, how long it is good, the server's instant."""
        return self._json("GET", "/me")

    def cases(self, **wanted: object) -> Iterator[dict[str, Any]]:
        """Every case the token's person may see, newest first; `number=…`, `is_open=True`."""
        return self._all("/cases/", wanted)

    def case(self, case_id: str) -> dict[str, Any]:
        """One case."""
        return self._json("GET", f"/cases/{case_id}")

    def state(self, case_id: str, at: str | None = None) -> dict[str, Any]:
        """A case as it stood at an instant (RFC 3339 with its offset), or as it stands now."""
        query = f"?{urlencode({'at': at})}" if at else ""
        return self._json("GET", f"/cases/{case_id}/state{query}")

    def recordings(self, **wanted: object) -> Iterator[dict[str, Any]]:
        """Every recording the token's person may see, the last first; `case=…`, `sha256=…`."""
        return self._all("/recordings/", wanted)

    def recording(self, recording_id: str) -> dict[str, Any]:
        """One recording, with the signed receipt for its bytes."""
        return self._json("GET", f"/recordings/{recording_id}")

    def clock_offset(self, serial: str, offset_ms: int) -> dict[str, Any]:
        """Tell how far a device's clock is ahead of the true time just now."""
        told = json.dumps({"offset_ms": offset_ms}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        return self._json("POST", f"/devices/{serial}/clock", told, headers)

    def hand_in(self, path: Path, *, name: str = "", **metadata: str) -> dict[str, Any]:
        """Upload a file whole; returns the server's word on it, with `recording` and `receipt`.

        `metadata`: device, started_at, returned_at, case, activity. The file's SHA-256 is sent
        along, so that what arrives damaged is refused. A file the vault holds already is
        `LiuhenError` with the code `recording.duplicate`.
        """
        length, told = path.stat().st_size, {"filename": name or path.name, **metadata}
        told.setdefault("sha256", _digest(path))
        place = self._begin(length, told)
        with path.open("rb") as stream:
            self._send(stream, place, length)
        return self._json("GET", place)

    def _begin(self, length: int, metadata: dict[str, str]) -> str:
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(length),
            "Upload-Metadata": ",".join(
                f"{key} {base64.b64encode(value.encode()).decode()}"
                for key, value in metadata.items()
            ),
            "Idempotency-Key": str(uuid.uuid4()),
        }
        _, answered, _ = self._ask("POST", "/uploads/", None, headers)
        return answered["location"].removeprefix(API)

    def _send(self, stream: Any, place: str, length: int) -> None:
        offset, broken = 0, 0
        while offset < length:
            stream.seek(offset)
            headers = {
                "Tus-Resumable": "1.0.0",
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": str(offset),
            }
            try:
                piece = stream.read(PIECE)
                _, answered, _ = self._once("PATCH", place, piece, headers)
                offset, broken = int(answered["upload-offset"]), 0
            except (OSError, http.client.HTTPException, LiuhenError) as error:
                broken += 1
                is_final = isinstance(error, LiuhenError) and error.status not in (*_BUSY, 409, 423)
                if is_final or broken >= self._tries:
                    raise
                time.sleep(self._pause_s)
                _, answered, _ = self._ask("HEAD", place, None, {"Tus-Resumable": "1.0.0"})
                offset = int(answered["upload-offset"])

    def _all(self, path: str, wanted: dict[str, object]) -> Iterator[dict[str, Any]]:
        query = {key: str(value).lower() for key, value in wanted.items() if value is not None}
        while True:
            page = self._json("GET", f"{path}?{urlencode(query)}")
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def _json(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        _, _, said = self._ask(method, path, body, headers or {})
        return json.loads(said)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask, and again while the line breaks or the server is busy."""
        for left in range(self._tries - 1, -1, -1):
            try:
                return self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                if not left:
                    raise
            except LiuhenError as error:
                if not left or error.status not in _BUSY:
                    raise
            time.sleep(self._pause_s)
        raise AssertionError("unreachable")

    def _once(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        line: http.client.HTTPConnection = (
            http.client.HTTPSConnection(self._host, self._port, timeout=60, context=self._tls)
            if self._tls
            else http.client.HTTPConnection(self._host, self._port, timeout=60)
        )
        try:
            told = {"Authorization": f"Bearer {self._token}", **headers}
            line.request(method, API + path, body, told)
            answer = line.getresponse()
            said = answer.read()
        finally:
            line.close()
        answered = {key.lower(): value for key, value in answer.getheaders()}
        if answer.status >= 400:
            raise LiuhenError(answer.status, _problem(said))
        return answer.status, answered, said


def _problem(said: bytes) -> dict[str, Any]:
    try:
        told = json.loads(said)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
