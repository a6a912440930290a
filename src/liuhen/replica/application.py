"""The replica's own door, as a WSGI application: a witness, its monitor's page, and repairs.

    POST /add-checkpoint                 C2SP tlog-witness, no sign-in: the note's signature counts
    GET  /<sha256 of origin>/checkpoint  the checkpoint cosigned last
    GET  /originals/<sha256>             bytes for a repair; asks for the repair token
    GET  /healthz

Not for starting it (`commands.replica`) and not for what is signed (`witness`).
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from liuhen.host.disk import refusing
from liuhen.kernel.digests import is_sha256
from liuhen.kernel.refusals import Refused
from liuhen.replica.folder import ReplicaFolder
from liuhen.replica.witness import TEXT, Answer, answer, witnessed_note
from liuhen.tlog.witnessing import MAX_REQUEST_BYTES

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
    503: "Service Unavailable",
}


class ReplicaApplication:
    """Answers for one replica."""

    def __init__(self, folder: ReplicaFolder) -> None:
        self.folder = folder
        self._monitor = f"/{sha256(folder.facts.origin.encode()).hexdigest()}/checkpoint"

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if path.startswith("/originals/") and method == "GET":
            return self._original(environ, path.rpartition("/")[2], start_response)
        try:
            with refusing(self.folder.path):
                told = self._answer(method, path, environ)
        except Refused as refused:
            told = Answer(503, f"{refused.code}\n")
        return _sent(told, start_response)

    def _answer(self, method: str, path: str, environ: Environ) -> Answer:
        if path == "/add-checkpoint":
            if method != "POST":
                return Answer(405)
            body = environ["wsgi.input"].read(MAX_REQUEST_BYTES + 1)
            return Answer(413) if len(body) > MAX_REQUEST_BYTES else answer(self.folder, body)
        if method not in ("GET", "HEAD"):
            return Answer(405)
        if path == self._monitor:
            note = witnessed_note(self.folder)
            return Answer(200, note) if note else Answer(404)
        return Answer(200, "ok\n") if path == "/healthz" else Answer(404)

    def _original(
        self, environ: Environ, name: str, start_response: StartResponse
    ) -> Iterable[bytes]:
        given = str(environ.get("HTTP_AUTHORIZATION", "")).removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.folder.repair_token().encode()):
            return _sent(Answer(401), start_response)
        if not is_sha256(name) or not self.folder.store.has(name):
            return _sent(Answer(404), start_response)
        size = self.folder.store.place(name).stat().st_size
        headers = [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))]
        start_response("200 OK", headers)
        return self.folder.store.chunks(name, 0, size)


def _sent(told: Answer, start_response: StartResponse) -> Iterable[bytes]:
    body = told.body.encode()
    headers = [("Content-Type", told.content_type or TEXT), ("Content-Length", str(len(body)))]
    start_response(f"{told.status} {_REASONS[told.status]}", headers)
    return [body]


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The application for a server that imports it by name; LIUHEN_HOME names the folder."""
    served = ReplicaApplication(ReplicaFolder(Path(os.environ["LIUHEN_HOME"])))
    return served(environ, start_response)
