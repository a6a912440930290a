"""The tus 1.0.0 protocol's headers: reading and writing them. Not for what an upload becomes.

Source: tus resumable upload protocol 1.0.0 with the extensions creation, creation-with-upload,
checksum, expiration, termination and concatenation (https://tus.io/protocols/resumable-upload).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from liuhen.kernel.refusals import Refused
from liuhen.recordings.concatenation import MOST_PARTS
from liuhen.recordings.uploads import MAX_LENGTH

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination,concatenation"
BODY_TYPE = "application/offset+octet-stream"
_ALGORITHMS: dict[str, Callable[[], Any]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
_LONGEST_METADATA = 16_384


class Checksum:
    """The sender's digest of one request's body, and the digest of what came."""

    def __init__(self, algorithm: str, expected: bytes) -> None:
        self._digest = _ALGORITHMS[algorithm]()
        self._expected = expected

    def reading(self, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
        """`read`, with what it gives taken into the digest."""

        def read_on(size: int) -> bytes:
            piece = read(size)
            self._digest.update(piece)
            return piece

        return read_on

    def is_met(self) -> bool:
        """Whether what came is what the sender meant."""
        return hmac.compare_digest(self._digest.digest(), self._expected)


def require_version(request: HttpRequest) -> None:
    """Raises `Refused("upload.version")` unless the client speaks 1.0.0."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Refused("upload.version")


def require_body_type(request: HttpRequest) -> None:
    """Raises `Refused("upload.content_type")`."""
    if request.content_type != BODY_TYPE:
        raise Refused("upload.content_type")


def whole_number(request: HttpRequest, header: str) -> int:
    """A header that must be a whole number. Raises `Refused("upload.protocol")`."""
    raw = request.headers.get(header, "")
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 18):
        raise Refused("upload.protocol", problem=header)
    return int(raw)


def upload_length(request: HttpRequest) -> int:
    """The declared length of a new upload.

    Raises:
        Refused: `upload.protocol`, also for a length that is to be told later.
    """
    if "Upload-Defer-Length" in request.headers:
        raise Refused("upload.protocol", problem="Upload-Defer-Length")
    return whole_number(request, "Upload-Length")


def body_length(request: HttpRequest) -> int | None:
    """How many bytes the request says it carries; None when it comes in chunks and doesn't say."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return None
    return whole_number(request, "Content-Length") if "Content-Length" in request.headers else 0


def metadata(request: HttpRequest) -> dict[str, str]:
    """Upload-Metadata as text; a value that is no UTF-8 is read with marks where it isn't.

    Raises:
        Refused: `upload.protocol`.
    """
    raw = request.headers.get("Upload-Metadata", "")
    if len(raw) > _LONGEST_METADATA:
        raise Refused("upload.protocol", problem="Upload-Metadata")
    told: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in raw.split(","))):
        key, _, value = pair.partition(" ")
        try:
            text = base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise Refused("upload.protocol", problem="Upload-Metadata") from None
        if not key.isascii() or key in told:
            raise Refused("upload.protocol", problem="Upload-Metadata")
        told[key] = text.replace("\x00", "")
    return told


def is_part(request: HttpRequest) -> bool:
    """Whether the new upload is only a part of a file."""
    return request.headers.get("Upload-Concat", "").strip() == "partial"


def named_parts(request: HttpRequest) -> list[UUID] | None:
    """The parts, in order, that a new upload puts together; None when it brings its own bytes.

    Clients name them by the addresses they were given, whole or without the host.

    Raises:
        Refused: `upload.protocol`.
    """
    raw = request.headers.get("Upload-Concat", "").strip()
    if not raw or raw == "partial":
        return None
    kind, _, listed = raw.partition(";")
    addresses = listed.split()
    if kind != "final" or not 0 < len(addresses) <= MOST_PARTS:
        raise Refused("upload.protocol", problem="Upload-Concat")
    try:
        return [UUID(urlsplit(address).path.rpartition("/")[2]) for address in addresses]
    except ValueError:
        raise Refused("upload.protocol", problem="Upload-Concat") from None


def checksum(request: HttpRequest) -> Checksum | None:
    """Upload-Checksum, None when the sender gives none. Raises `Refused("upload.protocol")`."""
    raw = request.headers.get("Upload-Checksum")
    if raw is None:
        return None
    algorithm, _, encoded = raw.strip().partition(" ")
    try:
        expected = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        expected = b""
    if algorithm not in _ALGORITHMS or not expected:
        raise Refused("upload.protocol", problem="Upload-Checksum")
    return Checksum(algorithm, expected)


def method_of(request: HttpRequest) -> str:
    """The method meant, for clients behind a firewall that lets only GET and POST pass."""
    return request.headers.get("X-HTTP-Method-Override", request.method or "").upper()


def signed(response: HttpResponse) -> HttpResponse:
    """Put on every answer what tus asks for."""
    response.headers["Tus-Resumable"] = VERSION
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def capabilities() -> HttpResponse:
    """The answer to OPTIONS."""
    response = HttpResponse(status=204)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Max-Size"] = str(MAX_LENGTH)
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Checksum-Algorithm"] = ",".join(_ALGORITHMS)
    return signed(response)


def put_expiry(response: HttpResponse, timestamp: float) -> None:
    """Upload-Expires."""
    response.headers["Upload-Expires"] = http_date(timestamp)
